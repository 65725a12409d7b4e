-- What the app role may do with tables made for tiles; run after every migration and after layers' own grants, which
-- give it all tables. {app} is a quoted role name from the settings.
DO $$
DECLARE made regclass; version text;
BEGIN
  FOR made, version IN
    SELECT oid::regclass, substring(relname FROM '_v(\d+)') FROM pg_class
    WHERE relkind = 'r' AND relname ~ '^tiles_[a-z]+_v\d+(_[0-9a-f]{12})?$'
  LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM {app}', made);
    -- Waiting to be thrown away: fields were withdrawn that it holds.
    IF EXISTS (SELECT FROM tiles_tileset WHERE version_id = version::bigint AND state = 'waiting') THEN
      EXECUTE format('REVOKE ALL ON %s FROM {app}', made);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION portal_tile_tables, portal_drop_tiles, portal_stage_tiles, portal_seal_tiles, portal_show_tiles,
  portal_lock_rights, portal_build_working FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_drop_tiles, portal_stage_tiles, portal_seal_tiles, portal_show_tiles,
  portal_build_working TO {app};
