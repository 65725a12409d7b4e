-- Tables of a run: planner_result_r<run> holds the answer, planner_stage_r<run>_<number> what is on the way to it.
-- The app role owns nothing: these functions run as the owner, take a run and numbers, never a piece of SQL.

-- Versions none of whose shapes crosses itself in that grid: rows never change, so one look is enough.
CREATE TABLE planner_checked_shapes (
  version_id bigint NOT NULL, srid integer NOT NULL, PRIMARY KEY (version_id, srid)
);

CREATE FUNCTION portal_planner_table(run uuid, part integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT CASE part WHEN 0 THEN 'planner_result_r' || replace(run::text, '-', '')
         ELSE 'planner_stage_r' || replace(run::text, '-', '') || '_' || part END
$$;

CREATE FUNCTION portal_planner_tables(run uuid) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND c.relname ~ ('^planner_(result|stage)_r' || replace(run::text, '-', '') || '(_[0-9]+)?$')
$$;

-- An empty table of a run that is being computed; part 0 is the answer. Stages need not survive a crash.
CREATE FUNCTION portal_planner_stage(run uuid, part integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := portal_planner_table(run, part);
BEGIN
  IF part NOT BETWEEN 0 AND 999 OR NOT EXISTS (SELECT FROM planner_run r WHERE r.id = run AND r.state IN ('queued', 'running')) THEN
    RAISE EXCEPTION 'run % is not being computed', run;
  END IF;
  EXECUTE format($sql$CREATE %s TABLE %I (
    seq bigint, a_id bigint, a_uid uuid, b_uid uuid, unit_id bigint, classes jsonb NOT NULL DEFAULT '{}',
    area_m2 double precision, length_m double precision, value jsonb, whole boolean NOT NULL DEFAULT false,
    sliver boolean NOT NULL DEFAULT false, geom geometry, geom_3857 geometry(Geometry, 3857))
    $sql$, CASE part WHEN 0 THEN '' ELSE 'UNLOGGED' END, name);
  -- Shapes are read again and again while the run goes on: packing them would only cost time.
  EXECUTE format('ALTER TABLE %I ALTER geom SET STORAGE EXTERNAL', name);
  EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', name, session_user);
END $$;

-- A stage is whole: from here on it is looked up by place or by number.
CREATE FUNCTION portal_planner_index(run uuid, part integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '256MB' AS $$
DECLARE name text := portal_planner_table(run, part);
BEGIN
  IF part NOT BETWEEN 1 AND 999 THEN
    RAISE EXCEPTION 'no stage: %', part;
  END IF;
  -- Serves the pairs of an overlay: what lies where.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom)', name);
  -- Serves chunks of a stage and a row by its number.
  EXECUTE format('CREATE INDEX ON %I (seq)', name);
  EXECUTE format('ANALYZE %I', name);
END $$;

-- The answer is whole: keys and indexes, no more writing, and its stages go.
CREATE FUNCTION portal_planner_seal(run uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '256MB' AS $$
DECLARE name text := portal_planner_table(run, 0); made regclass;
BEGIN
  -- Serves pages and files in the order of the answer.
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (seq)', name);
  -- Serves tiles of whole pieces: the shape is the feature's own.
  EXECUTE format('CREATE INDEX ON %I (a_id)', name);
  -- Serves tiles of cut pieces.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom_3857) WHERE geom_3857 IS NOT NULL', name);
  EXECUTE format('ANALYZE %I', name);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', name, session_user);
  FOR made IN SELECT t FROM portal_planner_tables(run) AS t WHERE t <> name::regclass LOOP
    EXECUTE format('DROP TABLE %s', made);
  END LOOP;
END $$;

-- Throws away all tables of a run.
CREATE FUNCTION portal_planner_drop(run uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made regclass;
BEGIN
  FOR made IN SELECT t FROM portal_planner_tables(run) AS t LOOP
    EXECUTE format('DROP TABLE %s', made);
  END LOOP;
END $$;
