-- The three roles of the portal. Run as superuser, once or again:
--   psql -v ON_ERROR_STOP=1 with the variables owner_password, app_password, tiles_password set
-- Used by bin/cluster.py, by the db service of docker-compose.yml and by a DBA (docs/operations.md).

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['portal_owner', 'portal_app', 'portal_tiles']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- The owner runs migrations and makes the databases of tests; it is no superuser.
ALTER ROLE portal_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
-- The app neither owns a table nor passes row-level security.
ALTER ROLE portal_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
-- The tiles role reads public layers only.
ALTER ROLE portal_tiles LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'tiles_password';

-- A tile is one short statement: compiling or spreading it costs more than it saves.
ALTER ROLE portal_tiles SET jit = off;
ALTER ROLE portal_tiles SET max_parallel_workers_per_gather = 0;
ALTER ROLE portal_tiles SET statement_timeout = '3s';
ALTER ROLE portal_tiles SET default_transaction_read_only = on;
ALTER ROLE portal_app SET jit = off;
