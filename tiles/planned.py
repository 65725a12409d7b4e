"""Statements of tiles, planned once for each connection.

Planning such a statement takes half a millisecond, a third of a small tile. Sessions of the tiles
role take the generic plan (`plan_cache_mode` in the settings). Neighbours: `mvt.py` asks,
`binary.py` has the answer sent as bytes.
"""

import re
import threading
from collections import OrderedDict
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from psycopg2.errors import InvalidSqlStatementName

from tiles import binary
from tiles.grid import Tile

Row = tuple[bytes | None, ...]
# `Tile.parameters()` in the order of a statement's $n.
TYPES = {
    **dict.fromkeys(("z", "x", "y"), "int"),
    **dict.fromkeys(("k", "unit", "dx", "dy", "west", "south", "east", "north"), "float8"),
}
PLACES = {name: f"${number}" for number, name in enumerate(TYPES, 1)}
PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# libpq's word for a connection that stands.
CONNECTION_OK = 0
# A plan takes some 100 KB of a session's memory.
KEPT = 128


class Sessions(threading.local):
    """Of this thread: each alias's open connection, and the names of what it has planned."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Any, OrderedDict[str, str]]] = {}
        self.numbered = 0


_sessions = Sessions()


def first_row(alias: str, query: str, tile: Tile) -> Row | None:
    """The first row of a query with the named parameters of a tile, each value in the database's
    binary form: a tile's bytes as they are. One round trip, the first time two. A connection that
    was lost is opened again.
    """
    try:
        return _execute(alias, query, tile)
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, InvalidSqlStatementName):
            # A pooler between us gave this connection to another session.
            _sessions.known.pop(alias, None)
        elif _is_lost(alias):
            connections[alias].close()
        else:
            raise
    return _execute(alias, query, tile)


def _execute(alias: str, query: str, tile: Tile) -> Row | None:
    wrapper = connections[alias]
    wrapper.ensure_connection()
    opened = wrapper.connection
    names = _names(alias, opened)
    with wrapper.wrap_database_errors:
        name = names.get(query)
        if name is None or not binary.is_ready(opened):
            with wrapper.connection.cursor() as cursor:
                # Begins a transaction where one is due.
                cursor.execute("SELECT 1")
                name = name or _plan(cursor, names, query)
        else:
            names.move_to_end(query)
        numbers = tuple(tile.parameters().values())
        if wrapper.queries_logged:
            wrapper.queries_log.append({"sql": f"EXECUTE {name}{numbers} -- {query}", "time": "0"})
        return binary.first_row(opened, name, numbers)


def _names(alias: str, opened: Any) -> OrderedDict[str, str]:
    """Query → name, of the alias's connection as it is open now."""
    session, names = _sessions.known.get(alias, (None, OrderedDict()))
    if session is not opened:
        names = OrderedDict()
        _sessions.known[alias] = (opened, names)
    return names


def _plan(cursor: Any, names: OrderedDict[str, str], query: str) -> str:
    if len(names) >= KEPT:
        cursor.execute(f"DEALLOCATE {names.popitem(last=False)[1]}")
    _sessions.numbered += 1
    name = f"tile_{_sessions.numbered}"
    cursor.execute(f"PREPARE {name}({', '.join(TYPES.values())}) AS {numbered(query)}")
    names[query] = name
    return name


def numbered(query: str) -> str:
    """Named parameters as $n."""
    return PARAMETER.sub(lambda found: PLACES[found[1]] if found[1] else "%", query)


def _is_lost(alias: str) -> bool:
    """The connection itself is gone; within a transaction nothing can be done about it."""
    wrapper = connections[alias]
    opened = wrapper.connection
    if wrapper.in_atomic_block:
        return False
    return opened is None or bool(opened.closed) or opened.info.status != CONNECTION_OK
