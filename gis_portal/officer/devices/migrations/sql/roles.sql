-- What was read only grows; devices are revoked, never deleted but with their account. Run after every migration and
-- after layers' own grants, which give the app role all tables. {app} and {tiles} are quoted role names.
REVOKE UPDATE, DELETE ON officer_devices_reading FROM {app};
REVOKE ALL ON officer_devices_device, officer_devices_reading FROM {tiles};
