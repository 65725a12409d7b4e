-- Tables made for tiles of one version, named tiles_<part>_v<version> while they are made and
-- tiles_<part>_v<version>_<digest of what they are made by> once they are shown: who still thinks of another definition
-- finds none. They live and die with the version's rows: the tiles role reads them exactly while they are shown and it
-- reads the rows, and they go when the rows go or change.
-- As in layers/migrations/sql/partitions.sql: these functions are the only DDL at run time, run as the owner, take a
-- version number and a role that is checked, and never a piece of SQL.

CREATE FUNCTION portal_tile_tables(version bigint) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname ~ ('^tiles_[a-z]+_v' || version || '(_[0-9a-f]{12})?$')
$$;

-- Throws them away: they can be made again. Waits for whoever reads them, which no tile does once the state says so.
CREATE FUNCTION portal_drop_tiles(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made regclass;
BEGIN
  UPDATE tiles_tileset SET state = 'waiting' WHERE version_id = version AND state = 'ready';
  FOR made IN SELECT * FROM portal_tile_tables(version) LOOP
    EXECUTE format('DROP TABLE %s', made);
  END LOOP;
END $$;

-- Empty tables for a version that is or was live, writable by the caller until they are shown.
CREATE FUNCTION portal_stage_tiles(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM layers_layerversion WHERE id = version AND state IN ('published', 'retired')) THEN
    RAISE EXCEPTION 'version % is not published', version;
  END IF;
  PERFORM portal_drop_tiles(version);
  -- Of each zoom and tile: features that can be recognised, clipped, in the tile's own grid, y down.
  EXECUTE format('CREATE TABLE %I (zoom smallint, x integer, y integer, id bigint, touchable boolean, class text COLLATE "C", g geometry)',
                 'tiles_shape_v' || version);
  -- Of each zoom and tile: what is summed; its place in the tile's grid.
  EXECUTE format('CREATE TABLE %I (zoom smallint, x integer, y integer, at_x smallint, at_y smallint, n integer, area float8, class text COLLATE "C")',
                 'tiles_cell_v' || version);
  -- While they are made: each feature's cell at the deepest of these zooms and the zoom from which it can be recognised.
  EXECUTE format('CREATE UNLOGGED TABLE %I (id bigint, seen_from smallint, cell_x integer, cell_y integer, class text COLLATE "C", area float8, sum_x float8, sum_y float8)',
                 'tiles_measure_v' || version);
  EXECUTE format('CREATE UNLOGGED TABLE %I (zoom smallint, cell_x integer, cell_y integer, class text COLLATE "C", n integer, area float8, sum_x float8, sum_y float8, id bigint)',
                 'tiles_tally_v' || version);
  EXECUTE format('GRANT SELECT, INSERT ON %I, %I, %I, %I TO %I', 'tiles_shape_v' || version, 'tiles_cell_v' || version,
                 'tiles_measure_v' || version, 'tiles_tally_v' || version, session_user);
END $$;

-- Indexes. What served the making goes.
CREATE FUNCTION portal_seal_tiles(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' SET max_parallel_maintenance_workers = 2 AS $$
BEGIN
  EXECUTE format('DROP TABLE %I, %I', 'tiles_measure_v' || version, 'tiles_tally_v' || version);
  -- Serves a tile of a low zoom: its shapes in the order of their numbers.
  EXECUTE format('CREATE INDEX ON %I (zoom, x, y, id)', 'tiles_shape_v' || version);
  -- Serves a tile of a low zoom: its cells row by row.
  EXECUTE format('CREATE INDEX ON %I (zoom, x, y, at_y, at_x)', 'tiles_cell_v' || version);
  EXECUTE format('ANALYZE %I', 'tiles_shape_v' || version);
  EXECUTE format('ANALYZE %I', 'tiles_cell_v' || version);
END $$;

-- Rights on a version's tables are changed by one transaction at a time: two that meet at one row of the catalogue
-- would fail, and a publication must not.
CREATE FUNCTION portal_lock_rights(version bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_advisory_xact_lock(7024, (version % 2147483648)::integer)
$$;

-- Ends the writing and gives them the names that tiles ask for; the tiles role reads them when it reads the version's
-- rows. Answers their size in bytes.
CREATE FUNCTION portal_show_tiles(version bigint, tiles_role text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made regclass; size bigint := 0; key text;
BEGIN
  SELECT digest INTO key FROM tiles_tileset WHERE version_id = version AND state = 'building' AND digest ~ '^[0-9a-f]{12}$';
  IF key IS NULL THEN
    RAISE EXCEPTION 'version % is not being prepared', version;
  END IF;
  PERFORM portal_lock_rights(version);
  FOR made IN SELECT * FROM portal_tile_tables(version) LOOP
    EXECUTE format('ALTER TABLE %s RENAME TO %I', made, (SELECT relname FROM pg_class WHERE oid = made) || '_' || key);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM %I', made, session_user);
    IF tiles_role <> '' AND tiles_role <> session_user AND portal_is_tiles_role(tiles_role)
       AND has_table_privilege(tiles_role, 'layers_feature_v' || version, 'SELECT') THEN
      EXECUTE format('GRANT SELECT ON %s TO %I', made, tiles_role);
    END IF;
    size := size + pg_total_relation_size(made);
  END LOOP;
  RETURN size;
END $$;

-- As in layers' guards.sql, and the tables made for tiles with it; those that are not shown are nobody's.
CREATE OR REPLACE FUNCTION portal_attach_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE parent text; shown text; made regclass;
BEGIN
  SELECT l.visibility INTO shown FROM layers_layerversion v JOIN layers_layer l ON l.live_version_id = v.id
  WHERE v.id = version AND v.state = 'published' AND l.id = v.layer_id;
  IF shown IS NULL THEN
    RAISE EXCEPTION 'version % is not live', version;
  END IF;
  PERFORM portal_lock_rights(version);
  FOREACH parent IN ARRAY ARRAY['layers_feature', 'layers_privatevalue'] LOOP
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = (parent || '_v' || version)::regclass) THEN
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, parent || '_v' || version, version);
    END IF;
  END LOOP;
  IF tiles_role <> '' AND tiles_role <> session_user THEN
    IF shown <> 'public' OR NOT portal_is_tiles_role(tiles_role) THEN
      RAISE EXCEPTION 'version % is not for role %', version, tiles_role;
    END IF;
    EXECUTE format('GRANT SELECT ON %I TO %I', 'layers_feature_v' || version, tiles_role);
    FOR made IN SELECT t.* FROM portal_tile_tables(version) t
      WHERE EXISTS (SELECT FROM tiles_tileset WHERE version_id = version AND state = 'ready')
    LOOP
      EXECUTE format('GRANT SELECT ON %s TO %I', made, tiles_role);
    END LOOP;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION portal_hide_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made regclass;
BEGIN
  IF tiles_role <> '' AND tiles_role <> session_user THEN
    IF NOT portal_is_tiles_role(tiles_role) THEN
      RAISE EXCEPTION 'not the tiles role: %', tiles_role;
    END IF;
    PERFORM portal_lock_rights(version);
    EXECUTE format('REVOKE ALL ON %I FROM %I', 'layers_feature_v' || version, tiles_role);
    FOR made IN SELECT * FROM portal_tile_tables(version) LOOP
      EXECUTE format('REVOKE ALL ON %s FROM %I', made, tiles_role);
    END LOOP;
  END IF;
END $$;

-- What was made from the rows holds the withdrawn values too. It is taken from all its readers at once (the app role
-- and an owner that serves tiles as well) and thrown away by the next to prepare the version: a table that is dropped
-- here would keep tiles waiting until the rows are rewritten. A making that is under way is begun again; its row is
-- taken before the rights, as by whoever shows tables.
CREATE OR REPLACE FUNCTION portal_withdraw_fields(version bigint, gone text[], searched text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE shown text[]; found text[]; made regclass; reader regrole;
BEGIN
  SELECT coalesce(array_agg(f ->> 'name'), '{}'),
    coalesce(array_agg(f ->> 'name') FILTER (WHERE coalesce(f ->> 'searchable', '') <> ''), '{}') INTO shown, found
  FROM layers_layerversion v JOIN layers_layer l ON l.id = v.layer_id,
    jsonb_array_elements(coalesce(l.definition -> 'field', '[]')) f
  WHERE v.id = version AND coalesce(f ->> 'visibility', 'public') = 'public';
  IF gone && shown OR NOT (searched @> found AND searched <@ found) THEN
    RAISE EXCEPTION 'version %: % are public, % are searched', version, shown, found;
  END IF;
  IF gone <> '{}' THEN
    UPDATE tiles_tileset SET state = 'waiting' WHERE version_id = version AND state IN ('ready', 'building');
  END IF;
  EXECUTE format($sql$
    UPDATE %I SET properties = properties - $1, search = coalesce(
      (SELECT lower(unaccent(string_agg(properties ->> name, ' '))) FROM unnest($2) AS name), '')
    $sql$, 'layers_feature_v' || version) USING gone, searched;
  IF gone <> '{}' THEN
    PERFORM portal_lock_rights(version);
    FOR made, reader IN
      SELECT c.oid::regclass, a.grantee::regrole FROM portal_tile_tables(version) t
      JOIN pg_class c ON c.oid = t, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
      WHERE a.grantee NOT IN (0, CASE WHEN session_user::regrole <> c.relowner THEN c.relowner ELSE 0 END) GROUP BY 1, 2
    LOOP
      EXECUTE format('REVOKE ALL ON %s FROM %s', made, reader);
    END LOOP;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION portal_drop_version(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM layers_layer WHERE live_version_id = version) THEN
    RAISE EXCEPTION 'version % is live', version;
  END IF;
  PERFORM portal_drop_tiles(version);
  DELETE FROM tiles_tileset WHERE version_id = version;
  EXECUTE format('DROP TABLE IF EXISTS %I', 'layers_feature_v' || version);
  EXECUTE format('DROP TABLE IF EXISTS %I', 'layers_privatevalue_v' || version);
END $$;
