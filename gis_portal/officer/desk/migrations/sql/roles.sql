-- What the app role may not do at the desk; run after every migration and after layers' own grants, which give it all
-- tables. {app} and {tiles} are quoted role names from the settings.
REVOKE UPDATE, DELETE ON officer_desk_step FROM {app};
REVOKE DELETE ON officer_desk_case FROM {app};
REVOKE ALL ON officer_desk_case, officer_desk_step FROM {tiles};
