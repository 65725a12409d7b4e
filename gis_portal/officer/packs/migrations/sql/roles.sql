-- What the app role may not do with packs; run after every migration and after layers' own grants, which give it all
-- tables. {app} and {tiles} are quoted role names from the settings. Pages of the handbook only grow: a correction is a
-- row of its own.
REVOKE UPDATE, DELETE ON officer_packs_handbookpage FROM {app};
-- Whose account is deleted is not named any more.
GRANT UPDATE (by_id) ON officer_packs_handbookpage TO {app};
REVOKE ALL ON officer_packs_part, officer_packs_handout, officer_packs_choice, officer_packs_handbookpage FROM {tiles};
