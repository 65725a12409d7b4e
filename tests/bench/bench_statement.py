"""Our tile statement against plain ST_AsMVTGeom: processor time of the database a tile.

A fixed reference, so that a slow statement cannot score well against its own limit. Both prepared,
in one session, tile by tile in turn; the answers are compared first.
"""

from collections import defaultdict

from tests.bench.compare import difference, features
from tests.bench.land import Land
from tests.bench.prepared import Backend, backend, plain_statement
from tests.bench.rows import Figure
from tiles import detail
from tiles.grid import Tile

PASSES = 5
TILES_A_ZOOM = 60
LIMIT = 0.5


def statement_figures(land: Land) -> list[Figure]:
    """One figure over z14–z17 and one a zoom."""
    source = land.source
    tiles = sample(land.working_tiles)
    with backend(land) as session:
        session.prepare("ours", detail.statement(source))
        session.prepare("plain", plain_statement(source))
        count = sum(_same(session, tile) for tile in tiles)
        spent = {tile: _cpu(session, tile) for tile in tiles}
    remark = f"{len(tiles)} tiles, {count:,} features" + ("" if source.prepared else ", unprepared")
    rows = [_figure("z14–17", tiles, spent, LIMIT, remark)]
    for z in sorted({tile.z for tile in tiles}):
        rows.append(_figure(f"z{z}", [t for t in tiles if t.z == z], spent, None, ""))
    return rows


def sample(tiles: tuple[Tile, ...]) -> list[Tile]:
    """The first of each zoom: the list is shuffled already."""
    by_zoom: dict[int, list[Tile]] = defaultdict(list)
    for tile in tiles:
        by_zoom[tile.z].append(tile)
    return [tile for z in sorted(by_zoom) for tile in by_zoom[z][:TILES_A_ZOOM]]


def _same(session: Backend, tile: Tile) -> int:
    """All of the reference is in ours with equal attributes; ours may hold what collapsed there."""
    ours, plain = (features(session.run(name, tile)) for name in ("ours", "plain"))
    found = difference(ours, plain)
    assert not found.missing, (tile, found)
    assert not found.changed, (tile, found)
    return len(ours)


def _cpu(session: Backend, tile: Tile) -> tuple[int, int]:
    """(ours, plain) in ns: the best of the passes, by turns."""
    best: dict[str, list[int]] = {"ours": [], "plain": []}
    for _ in range(PASSES):
        for name, kept in best.items():
            before = session.cpu_ns()
            session.run(name, tile)
            kept.append(session.cpu_ns() - before)
    return min(best["ours"]), min(best["plain"])


def _figure(
    zooms: str,
    tiles: list[Tile],
    spent: dict[Tile, tuple[int, int]],
    limit: float | None,
    remark: str,
) -> Figure:
    ours, plain = (sum(spent[tile][n] for tile in tiles) for n in (0, 1))
    means = f"{ours / len(tiles) / 1e6:.2f} ÷ {plain / len(tiles) / 1e6:.2f} ms a tile"
    return Figure(
        f"{zooms}: our statement ÷ plain ST_AsMVTGeom, CPU a tile",
        ours / plain,
        "",
        limit,
        at_least=False,
        remark=f"{means}; {remark}" if remark else means,
    )
