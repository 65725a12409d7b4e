-- What the owner's functions do for the app role is bound to what the catalogue says, so that a wrong call (or a
-- statement that somebody slipped in) opens no version that is not live and changes no row that may be published.

-- The role that reads public tiles: `roles.sql` lets it see whether a layer is public and nothing of its versions. No
-- other role is given or denied a version's rows; PUBLIC is no role.
CREATE FUNCTION portal_is_tiles_role(tiles_role text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT NOT rolsuper AND NOT rolbypassrls AND has_column_privilege(oid, 'layers_layer', 'live_version_id', 'SELECT')
       AND NOT has_table_privilege(oid, 'layers_layer', 'SELECT')
       AND NOT has_table_privilege(oid, 'layers_privatevalue', 'SELECT')
    FROM pg_roles WHERE rolname = tiles_role), false)
$$;

-- Makes the rows of the live version part of the feature table; the tiles role may read a public layer's.
CREATE OR REPLACE FUNCTION portal_attach_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE parent text; shown text;
BEGIN
  SELECT l.visibility INTO shown FROM layers_layerversion v JOIN layers_layer l ON l.live_version_id = v.id
  WHERE v.id = version AND v.state = 'published' AND l.id = v.layer_id;
  IF shown IS NULL THEN
    RAISE EXCEPTION 'version % is not live', version;
  END IF;
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
  END IF;
END $$;

-- Takes the tiles role's reading away: the version is not live any more, or its layer not public.
CREATE OR REPLACE FUNCTION portal_hide_version(version bigint, tiles_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF tiles_role <> '' AND tiles_role <> session_user THEN
    IF NOT portal_is_tiles_role(tiles_role) THEN
      RAISE EXCEPTION 'not the tiles role: %', tiles_role;
    END IF;
    EXECUTE format('REVOKE ALL ON %I FROM %I', 'layers_feature_v' || version, tiles_role);
  END IF;
END $$;

-- Takes properties that the layer no longer calls public out of a version's rows and makes the search text anew from
-- the public fields that are still searched.
CREATE OR REPLACE FUNCTION portal_withdraw_fields(version bigint, gone text[], searched text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE shown text[]; found text[];
BEGIN
  SELECT coalesce(array_agg(f ->> 'name'), '{}'),
    coalesce(array_agg(f ->> 'name') FILTER (WHERE coalesce(f ->> 'searchable', '') <> ''), '{}') INTO shown, found
  FROM layers_layerversion v JOIN layers_layer l ON l.id = v.layer_id,
    jsonb_array_elements(coalesce(l.definition -> 'field', '[]')) f
  WHERE v.id = version AND coalesce(f ->> 'visibility', 'public') = 'public';
  IF gone && shown OR NOT (searched @> found AND searched <@ found) THEN
    RAISE EXCEPTION 'version %: % are public, % are searched', version, shown, found;
  END IF;
  EXECUTE format($sql$
    UPDATE %I SET properties = properties - $1, search = coalesce(
      (SELECT lower(unaccent(string_agg(properties ->> name, ' '))) FROM unnest($2) AS name), '')
    $sql$, 'layers_feature_v' || version) USING gone, searched;
END $$;
