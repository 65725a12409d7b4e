-- What the comparison of a staged version needs of its owner: once sealed, its rows are closed to the app role.

-- Gives rows of a version that is not published other uids, all at once, so that two may change places. A renumbered
-- parcel keeps its uid that way. Answers how many features changed.
CREATE FUNCTION portal_reassign_uids(version bigint, before uuid[], after uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  feature text := 'layers_feature_v' || version; private text := 'layers_privatevalue_v' || version;
  sealed boolean; changed bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM layers_layerversion WHERE id = version AND state IN ('staging', 'staged'))
     OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = feature::regclass) THEN
    RAISE EXCEPTION 'version % is not being prepared', version;
  END IF;
  SELECT relforcerowsecurity INTO sealed FROM pg_class WHERE oid = private::regclass;
  EXECUTE format('UPDATE %I f SET uid = m.after FROM unnest($1, $2) AS m (before, after) WHERE f.uid = m.before', feature)
    USING before, after;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF sealed THEN EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', private); END IF;
  EXECUTE format('UPDATE %I f SET uid = m.after FROM unnest($1, $2) AS m (before, after) WHERE f.uid = m.before', private)
    USING before, after;
  IF sealed THEN EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', private); END IF;
  RETURN changed;
END $$;

-- Uids whose private values differ between a version that is not published and the live one of its layer. No value
-- leaves the database.
CREATE FUNCTION portal_changed_private(version bigint, live bigint) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE private text := 'layers_privatevalue_v' || version; sealed boolean;
BEGIN
  IF NOT EXISTS (
    SELECT FROM layers_layerversion v JOIN layers_layer l ON l.id = v.layer_id AND l.live_version_id = live
    WHERE v.id = version AND v.state IN ('staging', 'staged')) THEN
    RAISE EXCEPTION 'version % is not being prepared', version;
  END IF;
  SELECT relforcerowsecurity INTO sealed FROM pg_class WHERE oid = private::regclass;
  IF sealed THEN EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', private); END IF;
  -- The parent's policies bind the owner too.
  PERFORM set_config('portal.all_units', 'on', true), set_config('portal.restricted', 'on', true);
  RETURN QUERY EXECUTE format($sql$
    SELECT DISTINCT coalesce(n.uid, o.uid) FROM %I n
    FULL JOIN (SELECT uid, visibility, values FROM layers_privatevalue WHERE version_id = $1) o
      ON n.uid = o.uid AND n.visibility = o.visibility
    WHERE n.values IS DISTINCT FROM o.values
    $sql$, private) USING live;
  PERFORM set_config('portal.all_units', '', true), set_config('portal.restricted', '', true);
  IF sealed THEN EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', private); END IF;
END $$;
