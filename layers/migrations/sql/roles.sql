-- What the app role and the tiles role may do; run after every migration, so that new tables are covered.
-- {app} and {tiles} are quoted role names from the settings.

GRANT USAGE ON SCHEMA public TO {app}, {tiles};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
-- Sealed rows are read, never written; private ones through the parent, where the policies are. Versions that are
-- being loaded are seen only by their own transaction, so every partition found here is a sealed one.
REVOKE INSERT, UPDATE, DELETE ON layers_feature, layers_privatevalue FROM {app};
DO $$
DECLARE partition regclass;
BEGIN
  FOR partition IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relname ~ '^layers_(feature_v\d+|written_v\d+_[0-9a-f]{12})$' LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM {app}', partition);
  END LOOP;
  FOR partition IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relname ~ '^layers_privatevalue_v\d+$' LOOP
    EXECUTE format('REVOKE ALL ON %s FROM {app}', partition);
  END LOOP;
END $$;
REVOKE INSERT, UPDATE, DELETE ON spatial_ref_sys, django_migrations, layers_searchword FROM {app};
REVOKE ALL ON FUNCTION portal_stage_version, portal_seal_version, portal_index_field, portal_attach_version,
  portal_hide_version, portal_withdraw_fields, portal_drop_version, portal_reassign_uids, portal_changed_private,
  portal_is_tiles_role, portal_collect_words, portal_stage_written, portal_seal_written, portal_drop_written,
  portal_units_renamed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_stage_version, portal_seal_version, portal_index_field, portal_attach_version,
  portal_hide_version, portal_withdraw_fields, portal_drop_version, portal_reassign_uids, portal_changed_private,
  portal_collect_words, portal_stage_written, portal_seal_written, portal_drop_written TO {app};
-- What a tile's statement asks: is this version live, is its layer public. Definitions and file names it need not see.
REVOKE ALL ON layers_layer, layers_layerversion FROM {tiles};
GRANT SELECT (id, slug, visibility, live_version_id) ON layers_layer TO {tiles};
