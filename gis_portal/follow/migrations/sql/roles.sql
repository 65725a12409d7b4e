-- What the app role may not do with addresses; run after every migration and after layers' own grants, which give it all
-- tables. {app} and {tiles} are quoted role names from the settings.
REVOKE UPDATE, DELETE ON follow_address FROM {app};
REVOKE ALL ON follow_seen, follow_change, follow_follow, follow_mail, follow_telling, follow_refusal, follow_address
  FROM {tiles};
