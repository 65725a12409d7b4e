"""Grants on follows, renewed after every migration."""

from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

SQL = Path(__file__).parent / "migrations" / "sql" / "roles.sql"


def grant_roles(*, using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """post_migrate receiver, after that of `layers`, which gives the app role every table.

    Nothing to do where one role does everything (an existing database with a single URL).
    """
    connection = connections[using]
    app, tiles = settings.PORTAL_APP_ROLE, settings.PORTAL_TILES_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, to_regclass('follow_address') IS NOT NULL")
        owner, ready = cursor.fetchone()
        if not ready or app == owner:
            return
        quote = connection.ops.quote_name
        text = SQL.read_text(encoding="utf-8").replace("{app}", quote(app))
        cursor.execute(text.replace("{tiles}", quote(tiles)))
