-- Loading a million rows in half the time: shapes in Web Mercator come ready from the importer, which turns a whole
-- batch at once; indexes hold only rows that have the value.

ALTER TABLE layers_feature ALTER COLUMN geom_3857 DROP EXPRESSION;
-- Versions that wait for publication are no partitions yet, and must look like their parent when they become one.
DO $$
DECLARE waiting regclass;
BEGIN
  FOR waiting IN
    SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname ~ '^layers_feature_v\d+$' AND a.attname = 'geom_3857' AND a.attgenerated = 's'
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN geom_3857 DROP EXPRESSION', waiting);
  END LOOP;
END $$;

-- Versions that are there already get the index that pages of items now ask for.
DO $$
DECLARE old record;
BEGIN
  FOR old IN
    SELECT i.indexrelid::regclass AS name, i.indrelid::regclass AS feature FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    WHERE t.relname ~ '^layers_feature_v\d+$' AND m.amname = 'gist' AND i.indnkeyatts = 2
  LOOP
    -- Serves item pages inside a bbox.
    EXECUTE format('CREATE INDEX ON %s USING gist (geom, point(id::float8, 0))', old.feature);
    EXECUTE format('DROP INDEX %s', old.name);
    EXECUTE format('ANALYZE %s', old.feature);
  END LOOP;
END $$;

-- Keys and indexes; from here on the caller can read the features and nothing else.
CREATE OR REPLACE FUNCTION portal_seal_version(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' SET max_parallel_maintenance_workers = 2 AS $$
DECLARE feature text := 'layers_feature_v' || version; private text := 'layers_privatevalue_v' || version;
BEGIN
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = feature::regclass) THEN
    RAISE EXCEPTION 'version % is sealed already', version;
  END IF;
  -- Whoever fills the table by hand leaves this to us. Rings are oriented once, so that tiles need not do it (the
  -- vector tile specification wants clockwise shells).
  EXECUTE format('UPDATE %I SET geom_3857 = ST_ForcePolygonCW(ST_Transform(geom, 3857)) WHERE geom_3857 IS NULL', feature);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', feature);
  -- Serves the single item, the panel and the comparison of two versions: look-up by uid.
  EXECUTE format('CREATE INDEX ON %I (uid)', feature);
  -- Serves item pages inside a bbox: streams rows in key order (ORDER BY point(id, 0) <-> point(last, 0)). The key
  -- as a point, because PostgreSQL sorts points to build an index and inserts numbers one by one: 3.4 s for 5.5.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom, point(id::float8, 0))', feature);
  -- Serves tiles: everything that touches a tile's square.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom_3857)', feature);
  -- Serves the search box: folded words in part (LIKE '%word%').
  EXECUTE format('CREATE INDEX ON %I USING gin (search gin_trgm_ops) WHERE search <> ''''', feature);
  -- Serves lists and figures of one administrative unit.
  EXECUTE format('CREATE INDEX ON %I (unit_id)', feature);
  -- Serves reading the private values of one feature.
  EXECUTE format('CREATE INDEX ON %I (uid)', private);
  EXECUTE format('REVOKE ALL ON %I FROM %I', private, session_user);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', private);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', private);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', feature, session_user);
  EXECUTE format('ANALYZE %I', feature);
END $$;

-- One expression index for a declared field that is filtered by or searched exactly; rows without a value are not in
-- it, which every comparison with a value implies.
CREATE OR REPLACE FUNCTION portal_index_field(version bigint, field text, cast_to text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' SET max_parallel_maintenance_workers = 2 AS $$
BEGIN
  IF field !~ '^[a-z][a-z0-9_]{0,62}$' OR cast_to NOT IN ('', 'numeric', 'bigint', 'boolean') THEN
    RAISE EXCEPTION 'not a field name or cast: % %', field, cast_to;
  END IF;
  -- Serves filters on this field: /items?field=value.
  EXECUTE format('CREATE INDEX ON %I (((properties ->> %L)%s)) WHERE (properties ->> %L) IS NOT NULL',
                 'layers_feature_v' || version, field,
                 CASE cast_to WHEN '' THEN '' ELSE '::' || cast_to END, field);
END $$;
