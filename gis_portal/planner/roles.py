"""Grants on questions, runs and areas, renewed after every migration; after those of layers."""

from pathlib import Path

from layers.roles import granting

SQL = Path(__file__).parent / "migrations" / "sql" / "roles.sql"
grant_roles = granting(SQL, "planner_analysis")
