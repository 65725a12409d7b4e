"""The limit of the database: the portal's own tile statement, prepared, run by pgbench over the
same list of tiles at the same number of connections, with nobody in between.

pgbench keeps one prepared statement a place of its script, so the tile of each turn is looked up by
arithmetic: a tree of CASEs over the list, and the numbers of the square from z, x and y.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from tests.bench.land import Land
from tests.bench.load import Load, LoadFailed
from tiles import mvt
from tiles.grid import HALF_WORLD, Tile
from tiles.planned import TYPES
from tiles.source import TileSource

NAMED = re.compile(r"%\((\w+)\)s|%%")
SQUARE = f"""\\set z :t >> 44
\\set x (:t >> 22) & 4194303
\\set y :t & 4194303
\\set side {2 * HALF_WORLD!r} / (1 << :z)
\\set unit :side / 4096
\\set k 4096 / :side
\\set left :x * :side - {HALF_WORLD!r}
\\set top {HALF_WORLD!r} - :y * :side
\\set dx 0 - :left * :k
\\set dy :top * :k
\\set west :left - 64 * :unit
\\set south :top - :side - 64 * :unit
\\set east :left + :side + 64 * :unit
\\set north :top + 64 * :unit
"""


def is_there() -> str | None:
    """pgbench's path: on PATH, or beside the newest server that Debian installed."""
    named = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    return shutil.which("pgbench") or (str(named[-1]) if named else None)


def limit(land: Land, tiles: Sequence[Tile], connections: int, folder: Path) -> Load:
    """Every tile once; the bytes are not counted. Raises LoadFailed."""
    script = _script(land.source, tiles, connections)
    return run(script, len(tiles), connections, folder, role="tiles", url=land.tiles_url)


def run(script: str, count: int, connections: int, folder: Path, *, role: str, url: str) -> Load:
    """A script whose turn n·connections + client is the n-th of `count`, as that role of ours."""
    program = is_there()
    if program is None:
        raise LoadFailed("pgbench is not installed")
    file, log = folder / "turns.sql", folder / "pgbench_log"
    file.write_text(script, encoding="utf-8")
    for old in folder.glob("pgbench_log*"):
        old.unlink()
    host = urlsplit(url)
    command = [program, "-n", "-M", "prepared", "-c", str(connections), "-j", "1"]
    command += ["-t", str(-(-count // connections)), "-D", "i=-1", "-f", str(file)]
    command += ["-l", "--log-prefix", str(log), "-h", str(host.hostname), "-p", str(host.port)]
    command += ["-U", str(host.username), host.path.lstrip("/")]
    own = {
        "PGPASSWORD": str(host.password),
        "PGOPTIONS": settings.DATABASES[role]["OPTIONS"]["options"],
    }
    done = subprocess.run(
        command, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    if done.returncode or "ERROR" in done.stderr or "aborted" in done.stderr:
        raise LoadFailed(done.stderr[-600:])
    return _read(folder, count)


def _read(folder: Path, count: int) -> Load:
    """From pgbench's log, a line a turn: client, number, µs, script, end in s and µs."""
    begins, ends, latencies = [], [], []
    for file in folder.glob("pgbench_log*"):
        for line in file.read_text(encoding="ascii").splitlines():
            _client, _number, spent, _script, seconds, micros, *_more = line.split()
            end = int(seconds) + int(micros) / 1e6
            ends.append(end)
            begins.append(end - int(spent) / 1e6)
            latencies.append(int(spent) / 1000)
    if len(latencies) < count:
        raise LoadFailed(f"pgbench: {len(latencies)} turns for {count} tiles")
    # The last turn of some clients has no tile: their share is smaller by one.
    return Load(count, max(ends) - min(begins), 0, tuple(latencies), {})


def _script(source: TileSource, tiles: Sequence[Tile], connections: int) -> str:
    """Client c takes the tiles c, c + connections, …, as wrk's threads do."""
    codes = [tile.z << 44 | tile.x << 22 | tile.y for tile in tiles]
    zooms = sorted({min(tile.z, source.working_zoom) for tile in tiles}, reverse=True)
    parts = [*turn(len(tiles), connections), f"\\set t {chosen(codes)}", SQUARE.rstrip()]
    for number, z in enumerate(zooms):
        parts.append(f"\\{'elif' if number else 'if'} :z >= {z}")
        parts.append(_statement(source, z) + ";")
    return "\n".join([*parts, "\\endif", "\\endif", ""])


def _statement(source: TileSource, z: int) -> str:
    """The portal's, with pgbench's variables in place of the parameters."""
    zoom = mvt.DETAIL if z >= source.working_zoom else z
    query = mvt._query(source, zoom)
    return " ".join(NAMED.sub(lambda m: f":{m[1]}::{TYPES[m[1]]}" if m[1] else "%", query).split())


def turn(count: int, connections: int) -> list[str]:
    """:n of this turn; what follows, up to an \\endif, is left out when the list is through."""
    return [
        "\\set i :i + 1",
        f"\\set n :i * {connections} + :client_id",
        f"\\if :n < {count}",
    ]


def chosen(values: Sequence[float], first: int = 0) -> str:
    """An expression of :n that gives its value: a balanced tree of CASEs."""
    if len(values) == 1:
        return repr(values[0])
    half = len(values) // 2
    low, high = chosen(values[:half], first), chosen(values[half:], first + half)
    return f"case when :n < {first + half} then {low} else {high} end"
