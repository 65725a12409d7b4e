-- What comes from the field is added to and never changed by the app role; run after every migration and after layers' own
-- grants, which give it all tables. {app} and {tiles} are quoted role names from the settings.
REVOKE UPDATE, DELETE ON officer_field_operation, officer_field_fieldreport, officer_field_proposal, officer_field_answer,
  officer_field_photo, officer_field_conflict, officer_field_settlement, officer_field_people, officer_field_kept,
  officer_field_peopleread, officer_field_keptread FROM {app};
REVOKE ALL ON officer_field_operation, officer_field_fieldreport, officer_field_proposal, officer_field_answer,
  officer_field_photo, officer_field_conflict, officer_field_settlement, officer_field_people, officer_field_kept,
  officer_field_peopleread, officer_field_keptread FROM {tiles};
