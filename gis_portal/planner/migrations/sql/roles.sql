-- What the roles may do with questions of planners; run after every migration and after layers' own grants, which give
-- the app role all tables. {app} and {tiles} are quoted role names from the settings. Tiles of results are made by the
-- app, which knows who may see a run; the tiles role sees nothing of them.
REVOKE ALL ON planner_analysis, planner_run, planner_plannerarea FROM {tiles};

-- Answers that are whole are read, never written; what makes them is for the app alone.
DO $$
DECLARE made regclass;
BEGIN
  FOR made IN SELECT c.oid::regclass FROM pg_class c WHERE c.relkind = 'r' AND c.relname ~ '^planner_(result|stage)_r[0-9a-f]{32}' LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM {app}', made);
    EXECUTE format('REVOKE ALL ON %s FROM {tiles}', made);
  END LOOP;
END $$;
REVOKE ALL ON planner_checked_shapes FROM {tiles};
REVOKE ALL ON FUNCTION portal_planner_table, portal_planner_tables, portal_planner_stage, portal_planner_index,
  portal_planner_seal, portal_planner_drop FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_planner_stage, portal_planner_index, portal_planner_seal, portal_planner_drop TO {app};
-- Made by a later migration than the first: this runs after each.
DO $$
BEGIN
  IF to_regclass('planner_runfile') IS NOT NULL THEN
    REVOKE ALL ON planner_runfile, planner_runaddress FROM {tiles};
  END IF;
END $$;
