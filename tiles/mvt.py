"""One vector tile: which statement makes it, run once, and whether its version is still the live
one.

`front.py` and `views.py` ask; `detail.py` and `lod.py` write the statements, `planned.py` runs
them; `grid.py` has the arithmetic.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache

from django.db import InterfaceError, OperationalError, ProgrammingError, connections, transaction
from psycopg2.errors import InsufficientPrivilege, UndefinedTable

from layers.errors import ServiceBusy
from tiles import detail, lod, planned
from tiles.grid import Tile
from tiles.known import sources
from tiles.source import TileSource, why_not

PUBLIC_ROLE = "tiles"
APP_ROLE = "default"
# The pointer decides in the same statement: a version that is live no more gives no row, and the
# tile is not computed. A layer that has just become internal gives none either.
ALIVE = "FROM layers_layer WHERE slug = '{slug}' AND live_version_id = {version}"
PUBLIC = " AND visibility = 'public'"
# Of tiles that take seconds: their time, the time to wait for a turn, the first half of its lock.
PATIENCE = "SET LOCAL statement_timeout = '20s'; SET LOCAL lock_timeout = '3s'"
SLOW_TILES = 7025
# Stands for every zoom from the working zoom on: they share one statement.
DETAIL = -1


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
    zoom = DETAIL if tile.z >= source.working_zoom else tile.z
    try:
        made = _run(
            source, tile, _query(source, zoom), is_slow=source.is_awaited and zoom != DETAIL
        )
    except _TablesGone:
        sources.forget(source.version_id)
        plain = replace(source, prepared=False)
        made = _run(plain, tile, _query(plain, zoom), is_slow=zoom != DETAIL)
    return made or b""


def check_alive(source: TileSource, tile: Tile) -> None:
    """As `make_tile`, without making one: for answers that need no bytes (304, 204). One query."""
    _run(source, tile, f"SELECT true {_from(source)}")


def etag(source: TileSource, tile: Tile, coding: str) -> str:
    """Strong validator: version, place, definition and statement (digest), coding of the bytes."""
    place = f"{source.version_id}-{tile.z}-{tile.x}-{tile.y}"
    return f'"{place}-{source.digest}{"-" + coding if coding else ""}"'


@lru_cache(1024)
def _query(source: TileSource, zoom: int) -> str:
    """The whole statement; kept, as writing it takes as long as a small tile's round trip."""
    some = Tile(source.working_zoom if zoom == DETAIL else zoom, 0, 0)
    return f"SELECT {tile_sql(source, some)} {_from(source)}"


def _from(source: TileSource) -> str:
    alive = ALIVE.format(slug=source.slug, version=source.version_id)
    return alive + (PUBLIC if source.is_public else "")


class _TablesGone(Exception):
    """Tables made for tiles were dropped or withdrawn after the process learnt of them."""


def _run(source: TileSource, tile: Tile, query: str, *, is_slow: bool = False) -> bytes | None:
    alias = PUBLIC_ROLE if source.is_public else APP_ROLE
    try:
        with _patience(alias, source, tile) if is_slow else nullcontext():
            row = planned.first_row(alias, query, tile)
    except (OperationalError, InterfaceError) as error:
        # Statement timeout, lock, connection: another time it works. Nothing else is "busy".
        raise ServiceBusy from error
    except ProgrammingError as error:
        # A version that was hidden or dropped between two tiles.
        if not isinstance(error.__cause__, InsufficientPrivilege | UndefinedTable):
            raise
        if source.prepared:
            raise _TablesGone from error
        row = None
    if row is None:
        sources.forget(source.version_id)
        raise why_not(source.slug, source.version_id)
    return row[0]


@contextmanager
def _patience(alias: str, source: TileSource, tile: Tile) -> Iterator[None]:
    """Low zooms of a large version whose tables are in the making: seconds each, so two at a time
    are made, and who waits in vain is told to come again.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(PATIENCE)
        turn = (source.version_id * 2 + tile.x % 2) % 2**31
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SLOW_TILES, turn])
        yield
