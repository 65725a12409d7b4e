-- The narrow table that tiles from the working zoom on are made of: one shape, the values that tiles carry in columns
-- of their own, and how far vertices may move before the shape breaks. Named and treated as in preparing.sql.

CREATE FUNCTION portal_build_working(version bigint, kind text, names text[], casts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' SET max_parallel_maintenance_workers = 2 AS $$
DECLARE
  feature text := 'layers_feature_v' || version;
  working text := 'tiles_working_v' || version;
  columns text := '';
  clearance text;
  value text;
BEGIN
  IF NOT EXISTS (SELECT FROM tiles_tileset WHERE version_id = version AND state = 'building') THEN
    RAISE EXCEPTION 'version % is not being prepared', version;
  END IF;
  FOR i IN 1 .. coalesce(array_length(names, 1), 0) LOOP
    IF names[i] !~ '^[a-z][a-z0-9_]{0,62}$' OR casts[i] NOT IN ('', 'bigint', 'float8', 'boolean') THEN
      RAISE EXCEPTION 'not a field name or cast: % %', names[i], casts[i];
    END IF;
    value := format('(properties ->> %L)', names[i]);
    columns := columns || format(', %s AS a%s', CASE casts[i]
      WHEN '' THEN value
      WHEN 'bigint' THEN format('CASE WHEN properties ->> %L ~ ''^-?[0-9]{1,18}$'' THEN %s::bigint END', names[i], value)
      WHEN 'float8' THEN format('CASE WHEN jsonb_typeof(properties -> %L) = ''number'' THEN %s::float8 END', names[i], value)
      ELSE format('CASE WHEN jsonb_typeof(properties -> %L) = ''boolean'' THEN %s::boolean END', names[i], value)
    END, i);
  END LOOP;
  -- A line of one part stays a line while its box is wider than a diagonal of the grid; of points nobody asks.
  clearance := CASE kind
    WHEN 'polygon' THEN 'CASE WHEN ST_NPoints(geom_3857) > 64 THEN 0 ELSE ST_MinimumClearance(geom_3857) END'
    WHEN 'line' THEN 'CASE WHEN ST_NPoints(geom_3857) > 64 OR ST_NumGeometries(geom_3857) > 1 THEN 0
      ELSE greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857)) END'
    ELSE '0' END;
  EXECUTE format('CREATE TABLE %I AS SELECT id, uid::text AS uid, (%s)::real AS clearance, geom_3857%s FROM %I',
                 working, clearance, columns, feature);
  -- Serves tiles from the working zoom on: everything that touches a tile's square.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom_3857)', working);
  EXECUTE format('GRANT SELECT ON %I TO %I', working, session_user);
  EXECUTE format('ANALYZE %I', working);
END $$;
REVOKE ALL ON FUNCTION portal_build_working FROM PUBLIC;
