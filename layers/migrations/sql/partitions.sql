-- The only DDL at run time. The app role owns nothing; these functions run as the owner, take a version number and
-- names that are checked, and never a piece of SQL.

-- A pair of empty tables for one version that is being loaded, writable by the caller until it is sealed.
CREATE FUNCTION portal_stage_version(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE parent text;
BEGIN
  IF NOT EXISTS (SELECT FROM layers_layerversion WHERE id = version AND state = 'staging') THEN
    RAISE EXCEPTION 'version % is not being loaded', version;
  END IF;
  FOREACH parent IN ARRAY ARRAY['layers_feature', 'layers_privatevalue'] LOOP
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS, CHECK (version_id = %s))',
                   parent || '_v' || version, parent, version);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', parent || '_v' || version, session_user);
  END LOOP;
END $$;

-- Keys and indexes; from here on the caller can read the features and nothing else.
CREATE FUNCTION portal_seal_version(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE feature text := 'layers_feature_v' || version; private text := 'layers_privatevalue_v' || version;
BEGIN
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = feature::regclass) THEN
    RAISE EXCEPTION 'version % is sealed already', version;
  END IF;
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', feature);
  -- Serves the single item, the panel and the comparison of two versions: look-up by uid.
  EXECUTE format('CREATE INDEX ON %I (uid)', feature);
  -- Serves item pages inside a bbox: streams rows in key order (ORDER BY id <-> last).
  EXECUTE format('CREATE INDEX ON %I USING gist (geom, id)', feature);
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

-- One expression index for a declared field that is filtered by or searched exactly.
CREATE FUNCTION portal_index_field(version bigint, field text, cast_to text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF field !~ '^[a-z][a-z0-9_]{0,62}$' OR cast_to NOT IN ('', 'numeric', 'bigint', 'boolean') THEN
    RAISE EXCEPTION 'not a field name or cast: % %', field, cast_to;
  END IF;
  -- Serves filters on this field: /items?field=value.
  EXECUTE format('CREATE INDEX ON %I (((properties ->> %L)%s))', 'layers_feature_v' || version, field,
                 CASE cast_to WHEN '' THEN '' ELSE '::' || cast_to END);
END $$;

-- Makes the rows of a sealed version part of the feature table; the tiles role may read a public one.
CREATE FUNCTION portal_attach_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE parent text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['layers_feature', 'layers_privatevalue'] LOOP
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = (parent || '_v' || version)::regclass) THEN
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, parent || '_v' || version, version);
    END IF;
  END LOOP;
  IF tiles_role <> '' AND tiles_role <> session_user THEN
    EXECUTE format('GRANT SELECT ON %I TO %I', 'layers_feature_v' || version, tiles_role);
  END IF;
END $$;

-- Takes the tiles role's reading away: the version is not live any more, or its layer not public.
CREATE FUNCTION portal_hide_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF tiles_role <> '' AND tiles_role <> session_user THEN
    EXECUTE format('REVOKE ALL ON %I FROM %I', 'layers_feature_v' || version, tiles_role);
  END IF;
END $$;

-- Takes properties out of a version's rows and makes the search text anew from the fields that are still searched.
CREATE FUNCTION portal_withdraw_fields(version bigint, gone text[], searched text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format($sql$
    UPDATE %I SET properties = properties - $1, search = coalesce(
      (SELECT lower(unaccent(string_agg(properties ->> name, ' '))) FROM unnest($2) AS name), '')
    $sql$, 'layers_feature_v' || version) USING gone, searched;
END $$;

-- Throws a version's rows away: a staged one that is not wanted, or a retired one past its keeping.
CREATE FUNCTION portal_drop_version(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM layers_layer WHERE live_version_id = version) THEN
    RAISE EXCEPTION 'version % is live', version;
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS %I', 'layers_feature_v' || version);
  EXECUTE format('DROP TABLE IF EXISTS %I', 'layers_privatevalue_v' || version);
END $$;
