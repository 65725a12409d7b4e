"""Checks a database that the operator named (DATABASE_URL) before anything is written to it.

Run by `run.py` in the project's environment. Says which extensions are missing and what a DBA has
to run; the same SQL is in docs/operations.md.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg2

NEEDED = {"postgis", "btree_gist", "pg_trgm", "unaccent"}
OLDEST = 140000
SCHEMES = ("postgis://", "postgres://", "pgsql://", "postgresql://")


def _secret(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


def _address() -> str:
    """The owner's address when there is one: it runs the migrations."""
    url = _secret("DATABASE_OWNER_URL") or _secret("DATABASE_URL")
    for scheme in SCHEMES:
        if url.startswith(scheme):
            return "postgresql://" + url[len(scheme) :]
    raise SystemExit("DATABASE_URL must look like postgis://user:password@host:5432/name")


def problems(address: str) -> list[str]:
    """What keeps the portal from using this database, in plain sentences."""
    with psycopg2.connect(address, connect_timeout=10) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        missing = sorted(NEEDED - {row[0] for row in cursor.fetchall()})
        cursor.execute("SELECT current_setting('server_version_num')::int, current_database()")
        version, name = cursor.fetchone() or (0, "")
    found = []
    if version < OLDEST:
        found.append(f"The server is PostgreSQL {version // 10000}; 14 or newer is needed.")
    if missing:
        found.append(
            f"The database {name} lacks: {', '.join(missing)}. A superuser must run "
            f"bin/sql/extensions.sql in it once: psql -d {name} -f bin/sql/extensions.sql "
            "(docs/operations.md, “An existing database”)."
        )
    return found


def main() -> None:
    try:
        found = problems(_address())
    except psycopg2.OperationalError as error:
        raise SystemExit(f"The database of DATABASE_URL does not answer: {error}") from error
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
    sys.exit(0)
