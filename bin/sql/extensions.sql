-- What the portal needs inside one database. Run as superuser, connected to that database.
-- With roles of other names: psql -v owner=… -v app=… -v tiles=… -f extensions.sql

\if :{?owner} \else \set owner portal_owner \endif
\if :{?app} \else \set app portal_app \endif
\if :{?tiles} \else \set tiles portal_tiles \endif

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Migrations add the pinned VN-2000 systems, which PostGIS lacks.
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO :"owner";
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"app", :"tiles";
