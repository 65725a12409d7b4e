-- What the portal needs inside one database. Run as superuser, connected to that database.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Migrations add the pinned VN-2000 systems, which PostGIS lacks.
GRANT SELECT, INSERT, UPDATE ON spatial_ref_sys TO portal_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO portal_owner;
GRANT USAGE ON SCHEMA public TO portal_app, portal_tiles;
