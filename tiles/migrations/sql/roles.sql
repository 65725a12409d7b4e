-- What the app role may do with tables made for tiles; run after every migration and after layers' own grants, which
-- give it all tables. {app} is a quoted role name from the settings.
DO $$
DECLARE made regclass;
BEGIN
  FOR made IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relname ~ '^tiles_[a-z]+_v\d+$' LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM {app}', made);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION portal_tile_tables, portal_drop_tiles, portal_stage_tiles, portal_seal_tiles, portal_show_tiles,
  portal_lock_rights, portal_build_working FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_drop_tiles, portal_stage_tiles, portal_seal_tiles, portal_show_tiles,
  portal_build_working TO {app};
