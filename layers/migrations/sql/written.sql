-- The features of a live version as GeoJSON text, written aside after publication: layers_written_v<version>_<key>.
-- As in partitions.sql these functions are the only DDL, run as the owner, and take a version number and a key that is
-- checked, never a piece of SQL. A table is staged, filled and sealed in one transaction: there is none half made.

CREATE FUNCTION portal_written_tables(version bigint) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname ~ ('^layers_written_v' || version || '_[0-9a-f]{12}$')
$$;

-- An empty table, writable by the caller until it is sealed.
CREATE FUNCTION portal_stage_written(version bigint, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := 'layers_written_v' || version || '_' || key;
BEGIN
  IF key !~ '^[0-9a-f]{12}$' OR NOT EXISTS (SELECT FROM layers_layer WHERE live_version_id = version) THEN
    RAISE EXCEPTION 'version % is not live, or % is no key', version, key;
  END IF;
  EXECUTE format('CREATE TABLE %I (id bigint NOT NULL, geom geometry, feature text NOT NULL)', name);
  -- Sent as it is: packing it would only cost time at both ends.
  EXECUTE format('ALTER TABLE %I ALTER feature SET STORAGE EXTERNAL', name);
  EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', name, session_user);
END $$;

-- Keys and indexes; from here on the caller can only read. Answers its size in bytes.
CREATE FUNCTION portal_seal_written(version bigint, key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET maintenance_work_mem = '256MB' SET max_parallel_maintenance_workers = 2 AS $$
DECLARE made regclass := ('layers_written_v' || version || '_' || key)::regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM portal_written_tables(version) AS t WHERE t = made) THEN
    RAISE EXCEPTION 'no such table: %', made;
  END IF;
  -- Serves pages that are found by the rows' own table (filters, orders), and those without a box.
  EXECUTE format('ALTER TABLE %s ADD PRIMARY KEY (id)', made);
  -- Serves pages inside a box: streams them in key order, as the index of the rows' own table does.
  EXECUTE format('CREATE INDEX ON %s USING gist (geom, point(id::float8, 0))', made);
  EXECUTE format('ANALYZE %s', made);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM %I', made, session_user);
  RETURN pg_total_relation_size(made);
END $$;

-- Throws away what was written of a version but the table with this key (none: '').
CREATE FUNCTION portal_drop_written(version bigint, but_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made regclass;
BEGIN
  FOR made IN SELECT t FROM portal_written_tables(version) AS t
    WHERE but_key = '' OR t <> coalesce(to_regclass('layers_written_v' || version || '_' || but_key), 0)
  LOOP
    EXECUTE format('DROP TABLE %s', made);
  END LOOP;
END $$;

-- Names of units are part of the text: with another name it holds no longer, whoever wrote the name.
CREATE FUNCTION portal_units_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE layers_writtenrows SET state = 'waiting', wishes = wishes + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER units_renamed AFTER UPDATE ON layers_adminunit FOR EACH ROW
  WHEN ((OLD.code, OLD.name) IS DISTINCT FROM (NEW.code, NEW.name)) EXECUTE FUNCTION portal_units_renamed();
