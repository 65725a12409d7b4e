"""Grants on what comes from the field, renewed after every migration.

After those of `layers`, which gives the app role every table.
"""

from pathlib import Path

from layers.roles import granting

SQL = Path(__file__).parent / "migrations" / "sql" / "roles.sql"
grant_roles = granting(SQL, "officer_field_keptread")
