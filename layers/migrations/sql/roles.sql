-- What the app role and the tiles role may do; run after every migration, so that new tables are covered.
-- {app} and {tiles} are quoted role names from the settings.

GRANT USAGE ON SCHEMA public TO {app}, {tiles};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
-- Sealed rows are read, never written; private ones through the parent, where the policies are.
REVOKE INSERT, UPDATE, DELETE ON layers_feature, layers_privatevalue FROM {app};
REVOKE INSERT, UPDATE, DELETE ON spatial_ref_sys, django_migrations FROM {app};
REVOKE ALL ON FUNCTION portal_stage_version, portal_seal_version, portal_index_field, portal_attach_version,
  portal_hide_version, portal_drop_version FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_stage_version, portal_seal_version, portal_index_field, portal_attach_version,
  portal_hide_version, portal_drop_version TO {app};
GRANT SELECT ON layers_layer, layers_layerversion TO {tiles};
