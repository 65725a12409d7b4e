"""Below the working zoom: how the tables for tiles are made while somebody reads, and every tile of
z5–z12 asked for once, cold.
"""

import gzip
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.bench import serving
from tests.bench.bench_cold import CONNECTIONS, contestants, empty_store, tile_path
from tests.bench.contest import interleaved, table
from tests.bench.equality import fetched
from tests.bench.land import Land
from tests.bench.load import BROWSER, percentile, walk
from tests.bench.places import Box
from tests.bench.prepared import backend
from tests.bench.rows import Figure
from tiles import detail, preparing
from tiles.grid import Tile, covering
from tiles.known import sources
from tiles.models import TileSet

FIRST, LAST = 5, 12
MOST_MS, MOST_KB, MOST_SECONDS, MOST_WAIT_MS = 150, 300, 40, 1000
PASSES = 3
TEXT = """Every tile of z5–z12 over the parcels, asked for one after another with an empty store,
{passes} passes, the quickest of each counts. Shapes of two pixels and more are drawn, the rest is
summed into cells.

| zoom | tiles | median, ms | slowest, ms | largest, KB packed |
|---:|---:|---:|---:|---:|
{rows}

The {count} tiles of the list below the working zoom, as in “Cold tiles”. There is no ratio to the
others: they do not generalise and stop at 10,000 features, whichever come first, so a tile of
theirs is another picture. The limit plans a statement for each zoom and connection. {absent}

{tables}"""


@dataclass(frozen=True)
class Build:
    """How the tables were made; `waits` are a reader's tiles meanwhile, ms. None: were there."""

    seconds: float
    megabytes: float
    waits: tuple[float, ...] | None


def build(land: Land) -> Build:
    """Make the version's tables for tiles as the worker does, where they are not there yet."""
    waits: tuple[float, ...] | None = None
    if not TileSet.objects.filter(pk=land.version.pk, state=TileSet.READY).exists():
        TileSet.objects.filter(pk=land.version.pk).update(state=TileSet.WAITING)
        with _Reader(land) as reader:
            outcome = preparing.build(land.version.pk)
        assert outcome == TileSet.READY, outcome
        waits = tuple(reader.waits)
    sources.clear()
    made = TileSet.objects.get(pk=land.version.pk)
    print(f"\n  Tables for tiles made in {made.seconds:.0f} s")  # noqa: T201 - a report on the screen
    return Build(made.seconds or 0.0, (made.bytes or 0) / 1e6, waits)


class _Reader:
    """Asks for one small tile over and over, in a session and thread of its own."""

    def __init__(self, land: Land) -> None:
        self.waits: list[float] = []
        self._land, self._end = land, threading.Event()
        # From the rows, as a server reads until the tables are there.
        self._statement = detail.statement(land.source)
        self._tile = next(tile for tile in land.working_tiles if tile.z == 16)
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "_Reader":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    def _read(self) -> None:
        with backend(self._land) as session:
            session.prepare("tile", self._statement)
            while not self._end.is_set():
                start = time.perf_counter()
                session.run("tile", self._tile)
                self.waits.append((time.perf_counter() - start) * 1000)


def build_figures(built: Build) -> list[Figure]:
    """The build, and that nobody waited for it."""
    name = "level-of-detail and working tables of all parcels: made in"
    remark = f"{built.megabytes:,.0f} MB"
    rows = [Figure(name, built.seconds, "s", MOST_SECONDS, at_least=False, remark=remark)]
    name = "a reader's slowest tile while they were made"
    if built.waits is None:
        return [*rows, Figure(name, None, "ms", remark="made by an earlier run, whose tables stay")]
    words = f"{len(built.waits):,} tiles of z16, half within {percentile(built.waits, 50):.1f} ms"
    most = max(built.waits)
    return [*rows, Figure(name, most, "ms", MOST_WAIT_MS, at_least=False, remark=words)]


def low(land: Land, folder: Path) -> tuple[list[Figure], str]:
    """(figures, text): the slowest and the largest of all tiles."""
    tiles = _tiles(land)
    best: dict[Tile, float] = {}
    with serving.portal(land) as server:
        for _ in range(PASSES):
            empty_store(land)
            paths = [tile_path(tile) for tile in tiles]
            load = walk(server.url, paths, 1, folder, accept_encoding=BROWSER)
            for tile, spent in zip(tiles, load.latencies, strict=True):
                best[tile] = min(best.get(tile, spent), spent)
        sizes = {
            tile: len(gzip.compress(fetched(server.url + tile_path(tile)), 1)) for tile in tiles
        }
    by_zoom: dict[int, list[Tile]] = defaultdict(list)
    for tile in tiles:
        by_zoom[tile.z].append(tile)
    rows = [
        f"| {z} | {len(own)} | {percentile([best[t] for t in own], 50):.0f}"
        f" | {max(best[t] for t in own):.0f} | {max(sizes[t] for t in own) / 1024:.0f} |"
        for z, own in sorted(by_zoom.items())
    ]
    slowest, largest = max(tiles, key=best.__getitem__), max(tiles, key=sizes.__getitem__)
    found = [
        _most("slowest", best[slowest], "ms", MOST_MS, slowest, len(tiles)),
        _most("largest, packed", sizes[largest] / 1024, "KB", MOST_KB, largest, len(tiles)),
    ]
    count, absent, tables = _contest(land, folder)
    text = TEXT.format(
        passes=PASSES, rows="\n".join(rows), count=count, absent=absent, tables=tables
    )
    return found, text


def _contest(land: Land, folder: Path) -> tuple[int, str, str]:
    """Everybody over the low tiles of the list: (tiles, who took no part, tables)."""
    working = set(land.working_tiles)
    tiles = tuple(tile for tile in land.tiles if tile not in working)
    with contestants(land, tiles, folder) as field:
        for one in field.others:
            one.remark = "stops at 10,000 features"
        interleaved(field.all, land, CONNECTIONS, PASSES)
        field.drop_failed()
    absent = " ".join(f"{name} took no part: {why}." for name, why in field.absent.items())
    tables = [f"### Low zooms, {n} connections\n\n{table(field.all, n)}" for n in CONNECTIONS]
    return len(tiles), absent, "\n\n".join(tables)


def _most(what: str, value: float, unit: str, limit: float, tile: Tile, count: int) -> Figure:
    name = f"any tile z{FIRST}–z{LAST}, cold: {what}"
    remark = f"of {count} tiles: {tile.z}/{tile.x}/{tile.y}"
    return Figure(name, value, unit, limit, at_least=False, remark=remark)


def _tiles(land: Land) -> list[Tile]:
    assert land.version.extent is not None
    extent = Box(*land.version.extent.extent)
    return [
        tile
        for z in range(FIRST, LAST + 1)
        for tile in covering(z, extent.west, extent.south, extent.east, extent.north)
    ]
