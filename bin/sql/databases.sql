-- The template (tests clone it) and the portal's database. Run as superuser, once or again.
-- C.UTF-8: the order of text does not depend on the machine.

SELECT 'CREATE DATABASE portal_template OWNER portal_owner TEMPLATE template0 ENCODING ''UTF8'''
       ' LC_COLLATE ''C.UTF-8'' LC_CTYPE ''C.UTF-8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal_template')
\gexec
\connect portal_template
\ir extensions.sql
\connect postgres
ALTER DATABASE portal_template IS_TEMPLATE true;

SELECT 'CREATE DATABASE portal OWNER portal_owner TEMPLATE portal_template'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal')
\gexec
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE portal TO portal_app;
GRANT CONNECT ON DATABASE portal TO portal_tiles;
