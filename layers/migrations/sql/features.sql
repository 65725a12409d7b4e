-- Features and their private values, partitioned by layer version. Parents hold no rows and no indexes:
-- a version is loaded into a table of its own and attached when it is published.

CREATE TABLE layers_feature (
  id bigserial NOT NULL,
  version_id bigint NOT NULL,
  uid uuid NOT NULL,
  key text NOT NULL,
  unit_id bigint,
  geom geometry(Geometry, 4326) NOT NULL,
  geom_source geometry,
  -- Rings oriented once, so that tiles need not do it (the vector tile specification wants clockwise shells).
  geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS (ST_ForcePolygonCW(ST_Transform(geom, 3857))) STORED,
  area_m2 double precision,
  length_m double precision,
  search text NOT NULL DEFAULT '',
  properties jsonb NOT NULL
) PARTITION BY LIST (version_id);

CREATE TABLE layers_privatevalue (
  id bigserial NOT NULL,
  version_id bigint NOT NULL,
  uid uuid NOT NULL,
  unit_id bigint,
  visibility text NOT NULL CHECK (visibility IN ('officer', 'restricted')),
  values jsonb NOT NULL
) PARTITION BY LIST (version_id);

-- Row-level security: without a context nobody reads a row, the owner included. Rows are read through the
-- parent only; partitions have their own security on and no policy, so that reading one directly gives nothing.
ALTER TABLE layers_privatevalue ENABLE ROW LEVEL SECURITY;
ALTER TABLE layers_privatevalue FORCE ROW LEVEL SECURITY;
CREATE POLICY by_unit ON layers_privatevalue FOR SELECT USING (
  unit_id = ANY (string_to_array(nullif(current_setting('portal.units', true), ''), ',')::bigint[])
  AND (visibility = 'officer' OR current_setting('portal.restricted', true) = 'on')
);
CREATE POLICY everywhere ON layers_privatevalue FOR SELECT USING (
  current_setting('portal.all_units', true) = 'on'
  AND (visibility = 'officer' OR current_setting('portal.restricted', true) = 'on')
);
