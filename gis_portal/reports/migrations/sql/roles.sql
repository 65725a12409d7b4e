-- What the app role may not do with reports; run after every migration and after layers' own grants, which give it all
-- tables. {app} and {tiles} are quoted role names from the settings.
REVOKE UPDATE, DELETE ON reports_event FROM {app};
REVOKE UPDATE ON reports_contact FROM {app};
REVOKE DELETE ON reports_report FROM {app};
REVOKE ALL ON reports_report, reports_photo, reports_event, reports_contact FROM {tiles};
