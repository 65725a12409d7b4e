-- Operations only grow, whoever is connected (portal_only_grows: gis_portal/auctions/migrations/0001_initial.py).
CREATE TRIGGER officer_field_operation_only_grows BEFORE UPDATE OR DELETE ON officer_field_operation
  FOR EACH ROW EXECUTE FUNCTION portal_only_grows();

-- People whom an officer met: apart, under row-level security that binds the owner too. Read only in a context
-- (layers/permissions.py, private_context) of somebody who may read personal data, of their own units or of all.
ALTER TABLE officer_field_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE officer_field_people FORCE ROW LEVEL SECURITY;
CREATE POLICY written_once ON officer_field_people FOR INSERT WITH CHECK (true);
CREATE POLICY by_unit ON officer_field_people FOR SELECT USING (
  current_setting('portal.restricted', true) = 'on'
  AND unit_id = ANY (string_to_array(nullif(current_setting('portal.units', true), ''), ',')::bigint[])
);
CREATE POLICY everywhere ON officer_field_people FOR SELECT USING (
  current_setting('portal.restricted', true) = 'on' AND current_setting('portal.all_units', true) = 'on'
);

-- What could not become an operation is kept as it came, whatever it holds: for those who may read all of it.
ALTER TABLE officer_field_kept ENABLE ROW LEVEL SECURITY;
ALTER TABLE officer_field_kept FORCE ROW LEVEL SECURITY;
CREATE POLICY written_once ON officer_field_kept FOR INSERT WITH CHECK (true);
CREATE POLICY everywhere ON officer_field_kept FOR SELECT USING (
  current_setting('portal.restricted', true) = 'on' AND current_setting('portal.all_units', true) = 'on'
);
