-- What the roles may do with questions of planners; run after every migration and after layers' own grants, which give
-- the app role all tables. {app} and {tiles} are quoted role names from the settings. Tiles of results are made by the
-- app, which knows who may see a run; the tiles role sees nothing of them.
REVOKE ALL ON planner_analysis, planner_run, planner_plannerarea FROM {tiles};
