"""Statements of tiles, planned once for each connection: PREPARE, then EXECUTE with bare numbers.

Planning such a statement takes half a millisecond, a third of a small tile. Sessions of the tiles
role take the generic plan (`plan_cache_mode` in the settings). Neighbour: `mvt.py`.
"""

import re
import threading
from collections import OrderedDict
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from psycopg2.errors import InvalidSqlStatementName

from tiles.grid import Tile

# `Tile.parameters()` in the order of a statement's $n.
TYPES = {
    **dict.fromkeys(("z", "x", "y"), "int"),
    **dict.fromkeys(("k", "unit", "dx", "dy", "west", "south", "east", "north"), "float8"),
}
PLACES = {name: f"${number}" for number, name in enumerate(TYPES, 1)}
PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# A plan takes some 100 KB of a session's memory.
KEPT = 128


class Sessions(threading.local):
    """Of this thread: each alias's open connection, and the names of what it has planned."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Any, OrderedDict[str, str]]] = {}
        self.numbered = 0


_sessions = Sessions()


def first_row(alias: str, query: str, tile: Tile) -> tuple[Any, ...] | None:
    """The first row of a query with the named parameters of a tile; one round trip, the first time
    two. A connection that was lost is opened again.
    """
    numbers = ",".join(map(repr, tile.parameters().values()))
    try:
        return _execute(alias, query, numbers)
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, InvalidSqlStatementName):
            # A pooler between us gave this connection to another session.
            _sessions.known.pop(alias, None)
        elif _is_lost(alias):
            connections[alias].close()
        else:
            raise
    return _execute(alias, query, numbers)


def _execute(alias: str, query: str, numbers: str) -> tuple[Any, ...] | None:
    wrapper = connections[alias]
    wrapper.ensure_connection()
    names = _names(alias, wrapper.connection)
    with wrapper.wrap_database_errors, _cursor(wrapper) as cursor:
        name = names.get(query)
        if name is None:
            name = _plan(cursor, names, query)
        else:
            names.move_to_end(query)
        cursor.execute(f"EXECUTE {name}({numbers})")
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _cursor(wrapper: Any) -> Any:
    """The driver's own, which spares a tenth of a small tile; Django's where somebody counts."""
    return wrapper.cursor() if wrapper.queries_logged else wrapper.connection.cursor()


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
    return not wrapper.in_atomic_block and (opened is None or bool(opened.closed))
