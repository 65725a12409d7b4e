"""Tiles of a result: every piece from its working zoom on, sums and large shapes below it.

Vector layers: `result` (pieces: seq, class, area_m2, unit_id, sliver and the grouping fields) and
`result.cells` (squares: n, area, class). The same forms as the tiles of layers (`tiles/lod.py`): a
sum is never taken for a shape. Neighbour: `overview.py` has what far tiles are made of.
"""

from typing import Any

import numpy as np
from django.db import connection

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.results.classes import class_key, source_of
from gis_portal.planner.results.overview import (
    BASE,
    CELL_UNITS,
    MOST_SHAPES,
    PER_TILE,
    Floats,
    Numbers,
    Overview,
    overview_of,
    pieces_sql,
)
from tiles.grid import EXTENT, HALF_WORLD, Tile

Cells = tuple[Numbers, Numbers, Numbers, Numbers, Numbers]
LAYER, CELLS = "result", "result.cells"
ENVELOPE = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
# A pixel's quarter, in metres at the tile's zoom: nobody sees such bends.
BEND = "(2 * %(unit)s)"


def make_tile(run: Run, tile: Tile) -> bytes:
    """The encoded tile; b"" where nothing lies."""
    overview = overview_of(run)
    if tile.z >= overview.working_zoom:
        return _detail(run, tile)
    if tile.z > BASE:
        return _summed(run, tile)
    return _far(run, overview, tile)


def _detail(run: Run, tile: Tile) -> bytes:
    """Every piece of the square. Shapes reach a little beyond it, as cut edges must not be seen."""
    square = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)"
    found = store.tile_sql(run.pk, source_of(run), square)
    key = class_key(run.document)
    named = f"classes ->> '{key}'" if key else "NULL::text"
    rows = (
        f"SELECT seq, {named} AS class, round(area_m2::numeric, 1)::float8 AS area_m2, unit_id, "  # noqa: S608
        f"sliver, classes, coalesce(ST_AsMVTGeom(geom_3857, {ENVELOPE}, {EXTENT}, 64, true), "
        f"ST_AsMVTGeom(ST_Expand(ST_Centroid(geom_3857), %(unit)s), {ENVELOPE}, {EXTENT}, 64, "
        f"true)) AS g FROM ({found}) p ORDER BY seq"
    )
    return _encoded(f"SELECT ST_AsMVT(t, '{LAYER}', {EXTENT}, 'g', 'seq') FROM ({rows}) t", tile)  # noqa: S608


def _summed(run: Run, tile: Tile) -> bytes:
    """Between the kept sums and the working zoom: added up by the database, for this square."""
    pieces = f"WITH p AS MATERIALIZED ({pieces_sql(run, tile)})"
    shapes = (
        "SELECT seq, nullif(class, '') AS class, area_m2, "  # noqa: S608
        f"ST_AsMVTGeom(ST_SimplifyPreserveTopology(g, {BEND}), {ENVELOPE}, {EXTENT}, 64, true) g "
        f"FROM p WHERE seen <= %(z)s ORDER BY area_m2 DESC NULLS LAST, seq LIMIT {MOST_SHAPES}"
    )
    one = (
        f"SELECT floor((x * %(k)s + %(dx)s) / {CELL_UNITS})::int AS at_x, "  # noqa: S608
        f"floor((%(dy)s - y * %(k)s) / {CELL_UNITS})::int AS at_y, class, count(*) AS n, "
        "coalesce(sum(area_m2), 0) AS area FROM p WHERE seen > %(z)s GROUP BY 1, 2, 3"
    )
    inside = f"at_x >= 0 AND at_y >= 0 AND at_x < {PER_TILE} AND at_y < {PER_TILE}"
    cells = (
        "SELECT at_x, at_y, sum(n)::bigint AS n, sum(area) AS area, "  # noqa: S608
        f"(array_agg(class ORDER BY area DESC, n DESC, class))[1] AS class FROM ({one}) o "
        f"WHERE {inside} GROUP BY 1, 2"
    )
    squares = (
        f"SELECT {_square('at_x', 'at_y')} AS g, n, round(area::numeric)::bigint AS area, "  # noqa: S608
        f"nullif(class, '') AS class FROM ({cells}) c ORDER BY at_y, at_x"
    )
    return _encoded(
        f"{pieces} SELECT coalesce((SELECT ST_AsMVT(t, '{LAYER}', {EXTENT}, 'g', 'seq') "  # noqa: S608
        f"FROM ({shapes}) t), '') || coalesce((SELECT ST_AsMVT(t, '{CELLS}', {EXTENT}, 'g') "
        f"FROM ({squares}) t), '')",
        tile,
    )


def _square(x: str, y: str) -> str:
    """A square of sums on the tile's own grid, y down."""
    return (
        f"ST_MakeEnvelope({x} * {CELL_UNITS}, {y} * {CELL_UNITS}, ({x} + 1) * {CELL_UNITS}, "
        f"({y} + 1) * {CELL_UNITS})"
    )


def _far(run: Run, overview: Overview, tile: Tile) -> bytes:
    """From the kept sums."""
    drawn, summed = _large(overview, tile)
    x, y, n, area, kind = _cells(overview, tile, summed)
    shapes = (
        f"SELECT r.seq, b.class, b.area AS area_m2, ST_AsMVTGeom(ST_SimplifyPreserveTopology("  # noqa: S608
        f"r.shape, {BEND}), {ENVELOPE}, {EXTENT}, 64, true) AS g "
        f"FROM ({store.rows_sql(run.pk, source_of(run), 'geom_3857')}) r "
        "JOIN unnest(%(seq)s::bigint[], %(class)s::text[], %(big)s::float8[]) "
        "AS b(seq, class, area) ON b.seq = r.seq WHERE r.seq = ANY(%(seq)s::bigint[]) "
        "ORDER BY r.seq"
    )
    squares = (
        f"SELECT {_square('c.x', 'c.y')} AS g, c.n, c.area, c.class "  # noqa: S608
        "FROM unnest(%(cx)s::int[], %(cy)s::int[], %(n)s::bigint[], %(area)s::bigint[], "
        "%(kind)s::text[]) AS c(x, y, n, area, class)"
    )
    names = np.array([*(name or None for name in overview.classes), None], dtype=object)
    return _encoded(
        f"SELECT coalesce((SELECT ST_AsMVT(t, '{LAYER}', {EXTENT}, 'g', 'seq') FROM ({shapes}) t),"  # noqa: S608
        f" '') || coalesce((SELECT ST_AsMVT(t, '{CELLS}', {EXTENT}, 'g') FROM ({squares}) t), '')",
        tile,
        seq=overview.big_seq[drawn].tolist(),
        **{"class": names[overview.big_class[drawn]].tolist()},
        big=overview.big_area[drawn].tolist(),
        cx=x.tolist(),
        cy=y.tolist(),
        n=n.tolist(),
        area=area.tolist(),
        kind=names[kind].tolist(),
    )


def _large(overview: Overview, tile: Tile) -> tuple[Numbers, Numbers]:
    """Which large shapes are drawn in this square, and which are added to its sums: those that are
    too small at this zoom, and those beyond the number that a tile holds.
    """
    west, south, east, north = (overview.big_box[:, side] for side in range(4))
    right, bottom = tile.left + tile.side, tile.top - tile.side
    here = (west <= right) & (east >= tile.left) & (south <= tile.top) & (north >= bottom)
    seen = np.flatnonzero(here & (overview.big_zoom <= tile.z))
    order = seen[np.argsort(-overview.big_area[seen], kind="stable")]
    small = np.flatnonzero(here & (overview.big_zoom > tile.z))
    return order[:MOST_SHAPES], np.concatenate([small, order[MOST_SHAPES:]])


def _cells(overview: Overview, tile: Tile, more: Numbers) -> Cells:
    """Column, row, number, m² and class of the tile's squares; the class that has most area."""
    wider = 2 ** (BASE - tile.z)
    cell = tile.side / PER_TILE
    x = overview.cell_x // wider - tile.x * PER_TILE
    y = overview.cell_y // wider - tile.y * PER_TILE
    box = overview.big_box[more]
    shape_x = np.floor(((box[:, 0] + box[:, 2]) / 2 + HALF_WORLD) / cell).astype(np.int64)
    shape_y = np.floor((HALF_WORLD - (box[:, 1] + box[:, 3]) / 2) / cell).astype(np.int64)
    x = np.concatenate([x, shape_x - tile.x * PER_TILE])
    y = np.concatenate([y, shape_y - tile.y * PER_TILE])
    n = np.concatenate([overview.n, np.ones(len(more), np.int64)])
    area = np.concatenate([overview.area, overview.big_area[more]])
    kind = np.concatenate([overview.cell_class, overview.big_class[more]])
    inside = (x >= 0) & (x < PER_TILE) & (y >= 0) & (y < PER_TILE)
    return _merged(x[inside] + PER_TILE * y[inside], n[inside], area[inside], kind[inside])


def _merged(place: Numbers, n: Numbers, area: Floats, kind: Numbers) -> Cells:
    """The squares added up; the class of a square is the one with most area there."""
    kinds = int(kind.max(initial=0)) + 1
    pairs, where = np.unique(place * kinds + kind, return_inverse=True)
    pair_n = np.bincount(where, weights=n, minlength=len(pairs))
    pair_area = np.bincount(where, weights=area, minlength=len(pairs))
    order = np.lexsort((pair_n, pair_area, pairs // kinds))
    at = pairs[order] // kinds
    last = np.flatnonzero(np.r_[at[1:] != at[:-1], True]) if len(at) else np.array([], np.int64)
    places, group = np.unique(at, return_inverse=True)
    whole_n = np.bincount(group, weights=pair_n[order], minlength=len(places))
    whole_area = np.bincount(group, weights=pair_area[order], minlength=len(places))
    counted, measured = whole_n.astype(np.int64), np.round(whole_area).astype(np.int64)
    return places % PER_TILE, places // PER_TILE, counted, measured, (pairs % kinds)[order][last]


def _encoded(statement: str, tile: Tile, **more: Any) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**tile.parameters(), **more})
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""
