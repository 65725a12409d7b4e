"""Tile statements as prepared ones: for one backend whose processor time is read, and for pgbench.

The expressions are those that the portal runs; only their named parameters become `$n`.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from tests.bench.land import Land
from tiles.grid import Tile
from tiles.source import TileSource

NAMED = re.compile(r"%\((\w+)\)s")
WHOLE = {"z", "x", "y"}
# What the portal's tiles role sets for each session (gis_portal/settings.py).
SESSION = "-c jit=off -c max_parallel_workers_per_gather=0"


def plain_statement(source: TileSource) -> str:
    """The fixed reference: what anybody writes first, ST_AsMVTGeom for each row of the square, with
    our attributes from the feature table.
    """
    attributes = "".join(
        f", (properties ->> '{name}'){cast} AS \"{name}\"" for name, cast in source.attributes
    )
    return f"""(SELECT ST_AsMVT(t, '{source.slug}', 4096, 'g', 'id') FROM (
      SELECT ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS g,
        id, uid{attributes} FROM {source.table}
      WHERE geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)) AS t)"""


def names_of(expression: str) -> list[str]:
    """Its parameters in the order of their first use, each once."""
    return list(dict.fromkeys(NAMED.findall(expression)))


def with_places(expression: str, place: str) -> str:
    """Named parameters as `place.format(number, name)` with the type that `Tile.parameters` has."""
    numbers = {name: n for n, name in enumerate(names_of(expression), 1)}

    def written(match: re.Match[str]) -> str:
        name = match[1]
        return f"{place.format(numbers[name], name)}::{'int' if name in WHOLE else 'float8'}"

    return NAMED.sub(written, expression)


class Backend:
    """One session of the tiles role; `cpu_ns` is what its server process has used."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()
        self._schedule = Path(f"/proc/{connection.info.backend_pid}/schedstat")
        self._names: dict[str, list[str]] = {}

    def prepare(self, name: str, expression: str) -> None:
        """Once for the session; the generic plan, as for a server's connection that lives long."""
        types = ", ".join("int" if n in WHOLE else "float8" for n in names_of(expression))
        text = with_places(expression, "${}")
        self._cursor.execute(f"PREPARE {name} ({types}) AS SELECT {text}")
        self._names[name] = names_of(expression)

    def run(self, name: str, tile: Tile) -> bytes:
        """The tile's bytes."""
        values = tile.parameters()
        places = ", ".join(["%s"] * len(self._names[name]))
        self._cursor.execute(
            f"EXECUTE {name} ({places})", [values[key] for key in self._names[name]]
        )
        return bytes(self._cursor.fetchone()[0] or b"")

    def cpu_ns(self) -> int:
        """Nanoseconds on a processor until now."""
        return int(self._schedule.read_text().split()[0])


@contextmanager
def backend(land: Land) -> Iterator[Backend]:
    """A session as the portal's for tiles, without its time limit."""
    options = f"{SESSION} -c plan_cache_mode=force_generic_plan"
    with closing(psycopg2.connect(land.tiles_url, options=options)) as connection:
        connection.autocommit = True
        yield Backend(connection)
