-- The search box by words: Vietnamese is written in syllables of two to seven letters, which give trigrams little to
-- go by (a million addresses share them all). Each version has an index of its texts' words and a list of the words
-- that there are, with how many rows hold each: slips of typing are looked for in the list, never in the rows.

-- The words of a search text, which holds nothing else (`portal_only_words`): as cheap as can be, for the index.
CREATE FUNCTION portal_words(search text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN string_to_array(search, ' ');

-- Leaves words with single spaces between them in the search texts. The importer writes them so; this is for texts that
-- somebody else wrote. Python's `layers.search.fold.words` cuts at the same marks.
CREATE FUNCTION portal_only_words(feature regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE marks text := '[\s.,;:!?/\\|()\[\]{}<>"''`´’‘“”«»–—_…·•*+=&%#@~^$°º№-]';
BEGIN
  EXECUTE format('UPDATE %s SET search = btrim(regexp_replace(search, %L, '' '', ''g'')) WHERE search ~ %L',
                 feature, marks || '+', replace(marks, '\s', '\t\n\r') || '|  |^ | $');
END $$;

-- A word and all that is left of it when one letter is taken out: two words that are one slip apart (a letter wrong,
-- missing, too many, or two swapped) share one of these, which an index finds.
CREATE FUNCTION portal_slips(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT left(word, cut - 1) || substr(word, cut + 1)
             FROM generate_series(1, length(word) + 1) AS cut);

CREATE TABLE layers_searchword (
  version_id bigint NOT NULL,
  word text COLLATE "C" NOT NULL,
  -- How many rows of the version hold it.
  rows integer NOT NULL,
  slips text[] NOT NULL,
  -- Serves the search box: words that begin as typed (a range of the key).
  PRIMARY KEY (version_id, word)
);
-- Serves the search box: words that are one slip from what was typed.
CREATE INDEX searchword_slips ON layers_searchword USING gin (slips);
-- Serves the search box: longer words with more than one slip in them.
CREATE INDEX searchword_trgm ON layers_searchword USING gin (word gin_trgm_ops);

-- Writes down the words of a version anew; of one whose rows are gone there are none. Numbers and codes are no words:
-- nobody can tell a slip in them.
CREATE FUNCTION portal_collect_words(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '128MB' AS $$
DECLARE feature text := 'layers_feature_v' || version;
BEGIN
  DELETE FROM layers_searchword WHERE version_id = version;
  IF to_regclass(feature) IS NULL THEN
    RETURN;
  END IF;
  PERFORM portal_only_words(feature::regclass);
  EXECUTE format($sql$
    INSERT INTO layers_searchword (version_id, word, rows, slips)
    SELECT $1, word, rows, portal_slips(word)
    FROM (SELECT word, count(*) AS rows FROM %I, unnest(portal_words(search)) AS word WHERE search <> '' GROUP BY word)
      AS counted
    WHERE length(word) BETWEEN 2 AND 30 AND word !~ '[0-9]'
    $sql$, feature) USING version;
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
  PERFORM portal_collect_words(version);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', feature);
  -- Serves the single item, the panel and the comparison of two versions: look-up by uid.
  EXECUTE format('CREATE INDEX ON %I (uid)', feature);
  -- Serves item pages inside a bbox: streams rows in key order (ORDER BY point(id, 0) <-> point(last, 0)). The key
  -- as a point, because PostgreSQL sorts points to build an index and inserts numbers one by one: 3.4 s for 5.5.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom, point(id::float8, 0))', feature);
  -- Serves tiles: everything that touches a tile's square.
  EXECUTE format('CREATE INDEX ON %I USING gist (geom_3857)', feature);
  -- Serves the search box: rows that hold every typed word.
  EXECUTE format('CREATE INDEX ON %I USING gin (portal_words(search)) WHERE search <> ''''', feature);
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

-- Versions that are sealed already: words in place of trigrams.
DO $$
DECLARE old record;
BEGIN
  FOR old IN
    SELECT t.oid::regclass AS feature, substr(t.relname, 17)::bigint AS version FROM pg_class t
    WHERE t.relkind = 'r' AND t.relname ~ '^layers_feature_v\d+$'
      AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
  LOOP
    PERFORM portal_collect_words(old.version);
    -- Serves the search box: rows that hold every typed word.
    EXECUTE format('CREATE INDEX ON %s USING gin (portal_words(search)) WHERE search <> ''''', old.feature);
  END LOOP;
  FOR old IN
    SELECT i.indexrelid::regclass AS name FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_opclass o ON o.oid = i.indclass[0]
    WHERE t.relname ~ '^layers_feature_v\d+$' AND m.amname = 'gin' AND o.opcname = 'gin_trgm_ops'
  LOOP
    EXECUTE format('DROP INDEX %s', old.name);
  END LOOP;
  FOR old IN
    SELECT t.oid::regclass AS feature FROM pg_class t WHERE t.relkind = 'r' AND t.relname ~ '^layers_feature_v\d+$'
  LOOP
    EXECUTE format('ANALYZE %s', old.feature);
  END LOOP;
  ANALYZE layers_searchword;
END $$;
