-- Contacts of those who report: apart from the reports, under row-level security that binds the owner too.
-- Read only in a context (layers/permissions.py, private_context) of a steward, or of an officer of the report's unit,
-- who may read personal data. Written once, by whoever sends a report. Deleted when the report says so: a DELETE without
-- a condition takes those whose time has come and no others.

-- Whoever takes out a report, as the owner by hand, takes out all of it.
ALTER TABLE reports_photo ADD FOREIGN KEY (report_id) REFERENCES reports_report ON DELETE CASCADE;
ALTER TABLE reports_event ADD FOREIGN KEY (report_id) REFERENCES reports_report ON DELETE CASCADE;

CREATE TABLE reports_contact (
  report_id bigint PRIMARY KEY REFERENCES reports_report ON DELETE CASCADE,
  name text NOT NULL,
  phone text NOT NULL,
  email text NOT NULL
);
ALTER TABLE reports_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY written_once ON reports_contact FOR INSERT WITH CHECK (true);
CREATE POLICY by_unit ON reports_contact FOR SELECT USING (
  current_setting('portal.restricted', true) = 'on'
  AND EXISTS (
    SELECT FROM reports_report AS report WHERE report.id = report_id
      AND report.unit_id = ANY (string_to_array(nullif(current_setting('portal.units', true), ''), ',')::bigint[])
  )
);
CREATE POLICY everywhere ON reports_contact FOR SELECT USING (
  current_setting('portal.restricted', true) = 'on' AND current_setting('portal.all_units', true) = 'on'
);
CREATE POLICY forgotten ON reports_contact FOR DELETE USING (
  EXISTS (SELECT FROM reports_report AS report WHERE report.id = report_id AND report.contact_until <= now())
);
