"""Synthetic shapes in the grid units of one tile, and a temporary table that holds them.

Every size from a twentieth of a grid unit to more than the tile; holes, multi-parts, slivers,
spikes, shapes that cross the tile's edge, cover it whole, or only touch its margin.
"""

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from django.db import connection
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from tiles.grid import EXTENT, Tile
from tiles.source import TileSource
from tiles.working import working_table

SIZES = (0.05, 0.3, 0.7, 1.0, 1.6, 2.5, 5.0, 20.0, 90.0, 400.0, 2500.0, 9000.0)
TABLE = "tile_shapes"
# A text, "07", and a whole number, 7; then names that the statements use for something themselves.
FIELDS = (
    ("code", "n"),
    ("tile", "g"),
    ("g", "tile"),
    ("at_y", "at_x"),
    ("shape", "cell"),
    ("class", "place"),
    ("near", "clearance"),
    ("geom_3857", "snapped"),
)
CLEARANCE = {
    "polygon": "CASE WHEN ST_NPoints(geom_3857) > 64 THEN 0"
    " ELSE ST_MinimumClearance(geom_3857) END",
    "line": "CASE WHEN ST_NPoints(geom_3857) > 64 OR ST_NumGeometries(geom_3857) > 1 THEN 0 ELSE"
    " greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857),"
    " ST_YMax(geom_3857) - ST_YMin(geom_3857)) END",
    "point": "0",
}


def star(rng: random.Random, x: float, y: float, size: float, corners: int) -> Polygon:
    """A simple, usually concave ring around a place."""
    angles = sorted(rng.uniform(0, 2 * math.pi) for _ in range(corners))
    reach = [size / 2 * rng.uniform(0.3, 1) for _ in angles]
    return Polygon(
        [(x + r * math.cos(a), y + r * math.sin(a)) for a, r in zip(angles, reach, strict=True)]
    )


def ring_with_hole(rng: random.Random, x: float, y: float, size: float) -> Polygon:
    """A square with a square hole; the rim is a tenth of the size."""
    half, inner = size / 2, size * rng.uniform(0.05, 0.4)
    outer = shapely.box(x - half, y - half, x + half, y + half)
    return Polygon(
        outer.exterior.coords,
        [shapely.box(x - inner, y - inner, x + inner, y + inner).exterior.coords],
    )


def sliver(rng: random.Random, x: float, y: float, size: float) -> Polygon:
    """A strip of a third of a grid unit, at any angle: it collapses on the grid."""
    angle, width = rng.uniform(0, math.pi), 0.33
    dx, dy = size * math.cos(angle), size * math.sin(angle)
    nx, ny = -width * math.sin(angle), width * math.cos(angle)
    return Polygon([(x, y), (x + dx, y + dy), (x + dx + nx, y + dy + ny), (x + nx, y + ny)])


def polygons(rng: random.Random) -> Iterator[BaseGeometry]:
    """Valid polygons and multi-polygons of every size and form."""
    for size in SIZES:
        for _ in range(12):
            x, y = rng.uniform(-150, EXTENT + 150), rng.uniform(-150, EXTENT + 150)
            yield star(rng, x, y, size, rng.choice((4, 5, 7, 30)))
            yield star(rng, x, y, size, 90)
            yield ring_with_hole(rng, x, y, size)
            yield sliver(rng, x, y, size)
            yield MultiPolygon([star(rng, x, y, size, 5), star(rng, x + 3 * size, y, size / 3, 6)])
    yield shapely.box(-5000, -5000, 9000, 9000)
    yield shapely.box(-500, 100, -10, 300)


def lines(rng: random.Random) -> Iterator[BaseGeometry]:
    """Lines and multi-lines; some wander far outside."""
    for size in SIZES:
        for _ in range(12):
            x, y = rng.uniform(-150, EXTENT + 150), rng.uniform(-150, EXTENT + 150)
            walk = [(x, y)]
            for _ in range(rng.choice((1, 3, 40, 120))):
                walk.append((walk[-1][0] + rng.gauss(0, size), walk[-1][1] + rng.gauss(0, size)))
            yield LineString(walk)
            yield MultiLineString([walk, [(px + 2 * size, py + size) for px, py in walk]])


def points(rng: random.Random) -> Iterator[BaseGeometry]:
    """Points and multi-points, in the tile, in its margin and outside."""
    for _ in range(150):
        x, y = rng.uniform(-150, EXTENT + 150), rng.uniform(-150, EXTENT + 150)
        yield Point(x, y)
        yield MultiPoint([(x, y), (x + rng.uniform(0, 300), y + rng.uniform(0, 300))])


KINDS = {"polygon": polygons, "line": lines, "point": points}


def world(shape: BaseGeometry, tile: Tile) -> BaseGeometry:
    """From the tile's grid (y down) to EPSG:3857."""
    numbers = tile.parameters()

    def move(grid: Any) -> Any:
        x = (grid[:, 0] - numbers["dx"]) / numbers["k"]
        y = (numbers["dy"] - grid[:, 1]) / numbers["k"]
        return np.column_stack((x, y))

    return shapely.transform(shape, move)


def source(kind: Any, *, prepared: bool = False, fields: tuple[str, str] = FIELDS[0]) -> TileSource:
    """The temporary table as a source of tiles: one pair of its FIELDS."""
    attributes = ((fields[0], ""), (fields[1], "::bigint"))
    return TileSource("shapes", 1, TABLE, kind, attributes, fields[0], 5, 14, True, prepared)


def load(
    kind: str, tile: Tile, seed: int = 7, fields: tuple[str, str] = FIELDS[0]
) -> dict[int, BaseGeometry]:
    """Fill the temporary table with shapes of one kind; id → shape in grid units."""
    made = (shape for shape in KINDS[kind](random.Random(seed)) if shape.is_valid)
    shapes = dict(enumerate(made, start=1))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TEMP TABLE {TABLE} (id bigint, uid uuid DEFAULT gen_random_uuid(),"
            " area_m2 float8, geom_3857 geometry(Geometry, 3857),"
            f""" properties jsonb DEFAULT '{{"{fields[0]}": "07", "{fields[1]}": 7}}')"""
        )
        hexes = [world(shape, tile).wkb_hex for shape in shapes.values()]
        cursor.execute(
            f"INSERT INTO {TABLE} (id, area_m2, geom_3857)"
            " SELECT id, area, ST_ForcePolygonCW(ST_SetSRID(shape::geometry, 3857))"
            " FROM unnest(%s::bigint[], %s::float8[], %s::text[]) AS made (id, area, shape)",
            [[*shapes], [shape.area for shape in shapes.values()], hexes],
        )
        # As `tiles/migrations/sql/working.sql` makes it of a version.
        prepared = working_table(source(kind, fields=fields))
        cursor.execute(f"DROP TABLE IF EXISTS {prepared}")
        cursor.execute(
            f"CREATE TEMP TABLE {prepared} AS SELECT id, uid::text AS uid, geom_3857,"
            f" ({CLEARANCE[kind]})::real AS clearance, '07'::text AS a1, 7::bigint AS a2"
            f" FROM {TABLE}"
        )
    return shapes
