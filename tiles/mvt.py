"""One vector tile: which statement makes it, run once, and whether its version is still the live
one.

`views.py` asks; `detail.py` and `lod.py` write the statements; `grid.py` has the arithmetic.
"""

from django.db import InterfaceError, OperationalError, ProgrammingError, connections
from psycopg2.errors import InsufficientPrivilege, UndefinedTable

from layers.errors import ServiceBusy
from tiles import detail, lod
from tiles.grid import Tile
from tiles.known import sources
from tiles.source import TileSource, why_not

PUBLIC_ROLE = "tiles"
APP_ROLE = "default"
# The pointer decides in the same statement: a version that is live no more gives no row, and the
# tile is not computed. A layer that has just become internal gives none either.
ALIVE = "FROM layers_layer WHERE slug = %(slug)s AND live_version_id = %(version)s"
PUBLIC = " AND visibility = 'public'"


def tile_sql(source: TileSource, tile: Tile) -> str:
    """The scalar expression of the tile: generalised below the working zoom."""
    make = detail.statement if tile.z >= source.working_zoom else lod.statement
    return make(source)


def is_drawn(source: TileSource, tile: Tile) -> bool:
    """The layer has tiles at this zoom; above its first zoom it always has."""
    return tile.z >= source.min_zoom


def make_tile(source: TileSource, tile: Tile) -> bytes:
    """The encoded tile, b"" when the square is empty. One query.

    Public layers are read by a role that can read nothing else. Raises VersionRetired or
    UnknownVersion when the version is not the live one of a layer that the reader may see.
    """
    made = _run(source, tile, tile_sql(source, tile))
    return bytes(made) if isinstance(made, memoryview) else b""


def check_alive(source: TileSource, tile: Tile) -> None:
    """As `make_tile`, without making one: for answers that need no bytes (304, 204). One query."""
    _run(source, tile, "true")


def etag(source: TileSource, tile: Tile, coding: str) -> str:
    """Strong validator: version, place, definition and statement (digest), coding of the bytes."""
    place = f"{source.version_id}-{tile.z}-{tile.x}-{tile.y}"
    return f'"{place}-{source.digest}{"-" + coding if coding else ""}"'


def _run(source: TileSource, tile: Tile, expression: str) -> object:
    alias = PUBLIC_ROLE if source.is_public else APP_ROLE
    parameters: dict[str, float | str] = {**tile.parameters(), "slug": source.slug}
    parameters["version"] = source.version_id
    where = ALIVE + (PUBLIC if source.is_public else "")
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT {expression} {where}", parameters)
            row = cursor.fetchone()
    except (OperationalError, InterfaceError) as error:
        # Statement timeout, lock, connection: another time it works. Nothing else is "busy".
        raise ServiceBusy from error
    except ProgrammingError as error:
        # A version that was hidden or dropped between two tiles.
        if not isinstance(error.__cause__, InsufficientPrivilege | UndefinedTable):
            raise
        row = None
    if row is None:
        sources.forget(source.version_id)
        raise why_not(source.slug, source.version_id)
    return row[0]
