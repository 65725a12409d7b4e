"""The tile statement below the working zoom: what is too small to be recognised is summed, not
dropped.

Shapes of two pixels and more stay, simplified; the rest is summed into cells of two pixels with
their number, area and most frequent class. Points closer than a finger's width are counted
together. Cells are not features: they have no uid and live in the tile layer `<slug>.cells`,
which style and legend name as such. Made on the fly; a layer of a million features wants a table
of its own per version for this.
"""

from tiles.detail import CUT, SQUARE, columns
from tiles.grid import EXTENT, PIXEL
from tiles.source import TileSource

# Side of a cell in grid units: two pixels for shapes, 32 pixels for points. Both divide the tile,
# so that a cell belongs to one tile and nothing is counted twice.
SHAPE_CELL = 2 * PIXEL
POINT_CELL = 32 * PIXEL
# A quarter of a pixel off is not seen.
SIMPLIFIED = CUT.format(shape=f"ST_Simplify(geom_3857, {PIXEL // 4} * %(unit)s, true)")
# Clockwise on the screen, y down, as the vector tile specification wants shells.
CELL = f"'POLYGON((0 0, {SHAPE_CELL} 0, {SHAPE_CELL} {SHAPE_CELL}, 0 {SHAPE_CELL}, 0 0))'::geometry"
# Wide enough to be drawn; a long thin shape is kept for its length, a thread of half a pixel is
# not.
RECOGNISABLE = {
    "line": f"greatest(width, height) >= {SHAPE_CELL}",
    "polygon": f"greatest(width, height) >= {SHAPE_CELL} AND thickness >= {PIXEL // 2}",
}

# What a finger can pick carries its uid and label; smaller shapes are only coloured. Identifiers
# do not compress: they would be most of a tile of small parcels.
TOUCHABLE = f"together = 1 OR greatest(width, height) >= {12 * PIXEL}"


def statement(source: TileSource) -> str:
    """A scalar SQL expression: the tile's bytes (two tile layers). Parameters:
    `Tile.parameters()`.
    """
    return _of_points(source) if source.kind == "point" else _of_shapes(source)


def _measured(source: TileSource, cell: int) -> str:
    """Features near the tile with size and cell, in grid units, by the middle of their box."""
    by = f"properties ->> '{source.by}'" if source.by else "NULL::text"
    return f"""measured AS MATERIALIZED (
  SELECT *, floor(middle_x / {cell})::int AS cell_x, floor(middle_y / {cell})::int AS cell_y FROM (
    SELECT id, uid, properties, geom_3857, area_m2, {by} AS class,
           (ST_XMax(geom_3857) - ST_XMin(geom_3857)) * %(k)s AS width,
           (ST_YMax(geom_3857) - ST_YMin(geom_3857)) * %(k)s AS height,
           (ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2 * %(k)s + %(dx)s AS middle_x,
           2 * ST_Area(geom_3857) / nullif(ST_Perimeter(geom_3857), 0) * %(k)s AS thickness,
           %(dy)s - (ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2 * %(k)s AS middle_y
    FROM {source.table} WHERE geom_3857 && {SQUARE}) AS near)"""  # noqa: S608 - names are checked


def _tiles(source: TileSource) -> str:
    """Both tile layers in one answer: vector tiles may simply be appended to each other."""
    class_name = f' AS "{source.by}"' if source.by else " AS class"
    return f"""SELECT coalesce((SELECT ST_AsMVT(tile, '{source.slug}', {EXTENT}, 'g', 'id') FROM (
    SELECT g, {columns(source, of=TOUCHABLE)} FROM shape) AS tile), '')
  || coalesce((SELECT ST_AsMVT(tile, '{source.cells}', {EXTENT}, 'g') FROM (
    SELECT g, n, area, class{class_name} FROM cell) AS tile), '')"""  # noqa: S608 - names are checked


def _of_shapes(source: TileSource) -> str:
    side = EXTENT // SHAPE_CELL
    return f"""(WITH {_measured(source, SHAPE_CELL)},
shape AS (SELECT *, 0 AS together, {SIMPLIFIED} AS g FROM measured
  WHERE {RECOGNISABLE[source.kind]}),
cell AS (SELECT ST_Translate({CELL}, cell_x * {SHAPE_CELL}, cell_y * {SHAPE_CELL}) AS g,
  count(*)::int AS n,
  round(sum(area_m2))::float8 AS area, mode() WITHIN GROUP (ORDER BY class) AS class
  FROM measured WHERE NOT ({RECOGNISABLE[source.kind]})
  AND cell_x BETWEEN 0 AND {side - 1} AND cell_y BETWEEN 0 AND {side - 1} GROUP BY cell_x, cell_y)
{_tiles(source)})"""  # noqa: S608 - names are checked


def _of_points(source: TileSource) -> str:
    side = EXTENT // POINT_CELL
    return f"""(WITH {_measured(source, POINT_CELL)},
counted AS (SELECT *, count(*) OVER (PARTITION BY cell_x, cell_y) AS together FROM measured
  WHERE cell_x BETWEEN 0 AND {side - 1} AND cell_y BETWEEN 0 AND {side - 1}),
shape AS (SELECT *, {CUT.format(shape="geom_3857")} AS g FROM counted WHERE together = 1),
cell AS (SELECT ST_SnapToGrid(ST_Point(avg(middle_x), avg(middle_y)), 1) AS g, count(*)::int AS n,
  NULL::float8 AS area, mode() WITHIN GROUP (ORDER BY class) AS class
  FROM counted WHERE together > 1 GROUP BY cell_x, cell_y)
{_tiles(source)})"""  # noqa: S608 - names are checked
