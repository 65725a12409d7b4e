"""Grants of the database roles, renewed after every migration so that no new table is forgotten."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

SQL = Path(__file__).parent / "migrations" / "sql" / "roles.sql"


def granting(sql: Path, table: str) -> Callable[..., None]:
    """A post_migrate receiver that gives the app and tiles roles what the file says, once the table
    is there. `{app}` and `{tiles}` in it become quoted names of roles.

    Nothing to do where one role does everything (an existing database with a single URL).
    """

    def grant(*, using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
        connection = connections[using]
        app, tiles = settings.PORTAL_APP_ROLE, settings.PORTAL_TILES_ROLE
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, to_regclass(%s) IS NOT NULL", [table])
            owner, ready = cursor.fetchone()
            if not ready or app == owner:
                return
            quote = connection.ops.quote_name
            text = sql.read_text(encoding="utf-8").replace("{app}", quote(app))
            cursor.execute(text.replace("{tiles}", quote(tiles)))

    return grant


# Of all tables; apps above, whose receivers come later, take from it what is theirs alone.
grant_roles = granting(SQL, "layers_feature")
