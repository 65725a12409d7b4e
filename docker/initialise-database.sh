#!/bin/sh
# Runs once, when the database folder is empty: the roles and databases of bin/sql, the very
# files that the private cluster of `make run` is made with.
set -eu

secret() { tr -d '\n' < "/run/secrets/$1"; }

psql -X -q -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -f - <<SQL
SET log_min_error_statement = panic;
\\set owner_password '$(secret owner_password)'
\\set app_password '$(secret app_password)'
\\set tiles_password '$(secret tiles_password)'
\\i /srv/sql/roles.sql
\\i /srv/sql/databases.sql
SQL
