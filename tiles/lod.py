"""The tile statement below the working zoom: what is too small to be recognised is summed, not
dropped.

Polygons that cover at least a cell, and lines of two pixels, stay: their vertices move onto a
lattice of half a pixel, so that an edge which two neighbours share is still the same edge. The rest
is summed into cells with number, area and class; points closer than a finger's width are counted
together. Cells are not features: they have no uid and live in the tile layer `<slug>.cells`, which
style and legend name as such. A prepared version has both in tables (`preparing_lod.py` fills them
with the expressions of this module); until then the same bytes are made from its features.
"""

from tiles.detail import CUT_HERE, GEOMETRY, LENGTHENED, PLAIN, ROW, SQUARE, WIDENED, typed
from tiles.grid import EXTENT, HALF_WORLD, PIXEL
from tiles.source import TileSource
from tiles.working import shown

# Side of a cell in grid units: four pixels for shapes (two of a tile drawn 256 wide), 32 pixels for
# points. Both divide the tile, so that a cell belongs to one tile and nothing is counted twice, and
# four cells are one of the zoom above. A tile holds 16,384 cells at most, and as many polygons,
# for each covers a cell's area: that bounds time and size whatever the layer.
SHAPE_CELL = 4 * PIXEL
POINT_CELL = 32 * PIXEL
# Half a pixel: nothing moves by more than a quarter of one to each side.
LATTICE = PIXEL // 2
# What a finger can pick carries its uid and label; smaller shapes are only coloured. Identifiers
# do not compress: they would be most of a tile of small parcels.
TOUCHABLE = 12 * PIXEL
# A shape whose box spans more tiles than this is not cut for all of them beforehand, only listed:
# it is cut when a tile is asked for. Under such column and row it stands in the table.
MOST_TILES, LISTED = 64, -1
# From this zoom on a square of the ground is so small that tables would only take room.
LAST_TABLE_ZOOM = 13

WIDEST = (
    "greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857))"
)
MIDDLE_X = "(ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2"
MIDDLE_Y = "(ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2"
# Of points far apart none may lie in the tile that has their middle.
MIDDLE = f"ST_Point({MIDDLE_X}, {MIDDLE_Y}, 3857)"
# The largest size of a grid unit, in metres, with which the shape is recognised: its area is a
# cell's, and it is not a thread of less than half a pixel (mean width 2·area/perimeter).
CLEAR_UNIT = {
    "point": "0::float8",
    "line": f"{WIDEST} / {2 * PIXEL}",
    "polygon": f"least(sqrt(ST_Area(geom_3857)) / {SHAPE_CELL},"
    f" 2 * ST_Area(geom_3857) / nullif(ST_Perimeter(geom_3857), 0) / {PIXEL // 2})",
}
# The zoom from which it is.
SEEN_FROM = (
    f"CASE WHEN clear > 0 THEN least(greatest(ceil(ln({2 * HALF_WORLD / EXTENT!r}::float8 / clear)"
    " / ln(2::float8)), 0), 99) ELSE 99 END::smallint"
)
# Turned onto the grid and the lattice; ST_Simplify takes out what lies on a straight line, exactly.
MOVED = "ST_Affine(geom_3857, %(k)s, 0, 0, 0, -%(k)s, 0, 0, 0, 1, %(dx)s, %(dy)s, 0)"
SNAPPED = f"ST_Simplify(ST_SnapToGrid({MOVED}, 0, 0, {LATTICE}, {LATTICE}), 0)"
# ST_AsMVTGeom mirrors what it clips.
MIRRORED = f"ST_Affine(snapped, 1, 0, 0, 0, -1, 0, 0, 0, 1, 0, {EXTENT}, 0)"
CLIPPED = (
    f"ST_AsMVTGeom({MIRRORED}, ST_MakeEnvelope(0, 0, {EXTENT}, {EXTENT}, 3857), {EXTENT}, 64, true)"
)
INSIDE = "geom_3857 @ square AND NOT ST_IsEmpty(snapped)"
SHAPE = {
    "point": f"coalesce({PLAIN}, {CUT_HERE.format(shape=MIDDLE)})",
    "line": f"CASE WHEN {INSIDE} THEN snapped ELSE coalesce({CLIPPED}, {PLAIN}, {LENGTHENED}) END",
    "polygon": f"CASE WHEN {INSIDE} AND ST_IsValid(snapped) THEN snapped"
    f" ELSE coalesce({CLIPPED}, {PLAIN}, {WIDENED}) END",
}
# Clockwise on the screen, y down, as the vector tile specification wants shells.
CELL = f"'POLYGON((0 0, {SHAPE_CELL} 0, {SHAPE_CELL} {SHAPE_CELL}, 0 {SHAPE_CELL}, 0 0))'::geometry"


def statement(source: TileSource) -> str:
    """A scalar SQL expression: the tile's bytes (two tile layers). Parameters:
    `Tile.parameters()`.
    """
    if not source.prepared:
        return _from_features(source)
    if source.working_zoom - 1 <= LAST_TABLE_ZOOM:
        return _from_tables(source)
    return (
        f"(CASE WHEN %(z)s <= {LAST_TABLE_ZOOM} THEN {_from_tables(source)}"
        f" ELSE {_from_features(source)} END)"
    )


def cell_side(source: TileSource) -> int:
    """Side of a cell, grid units."""
    return POINT_CELL if source.kind == "point" else SHAPE_CELL


def shape_table(source: TileSource) -> str:
    """Name of the table of a version's shapes by tile, once it is shown."""
    return shown("shape", source)


def cell_table(source: TileSource) -> str:
    """Name of the table of a version's cells by tile, once it is shown."""
    return shown("cell", source)


def measured(source: TileSource) -> str:
    """Columns of a feature (`sized`): the zoom from which it is seen, its cell of a zoom, what is
    summed.

    Sums are of whole numbers (square decimetres, centimetres from the world's north-west), so they
    are the same in whatever order they are made.
    """
    cell = cell_side(source)
    return f"""{SEEN_FROM} AS seen_from,
    floor(({MIDDLE_X} + {HALF_WORLD!r}) * %(k)s / {cell})::int AS cell_x,
    floor(({HALF_WORLD!r} - {MIDDLE_Y}) * %(k)s / {cell})::int AS cell_y,
    {class_of(source)} AS class, round(area_m2 * 100) AS area,
    floor(({MIDDLE_X} + {HALF_WORLD!r}) * 100) AS sum_x,
    floor(({HALF_WORLD!r} - {MIDDLE_Y}) * 100) AS sum_y"""


def sized(source: TileSource, where: str) -> str:
    """Features with `clear`, each computed once."""
    return f"""(SELECT id, geom_3857, properties, area_m2, {CLEAR_UNIT[source.kind]} AS clear
    FROM {where} OFFSET 0) AS sized"""  # noqa: S608 - names are checked


def class_of(source: TileSource) -> str:
    """What colours a feature, as text."""
    value = f"properties ->> '{source.by}'" if source.by else "NULL::text"
    return f'({value}) COLLATE "C"'


def summed(source: TileSource, tally: str) -> str:
    """Cells from a tally by cell and class: number, area, and the class with the largest area
    (where there is none: the most features), of equals the first by name.
    """
    return f"""SELECT cell_x, cell_y, sum(n)::int AS n, sum(area) AS area,
    (array_agg(class ORDER BY coalesce(area, n) DESC, class))[1] AS class,
    sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, min(id) AS id
  FROM {tally} GROUP BY cell_x, cell_y"""  # noqa: S608 - names are checked


def placed(source: TileSource, cells: str) -> str:
    """Cells (`summed`) with tile and place in it: a square's corner, the middle of points."""
    cell = cell_side(source)
    side = EXTENT // cell
    at = {}
    for axis in "xy":
        corner = f"(cell_{axis} %% {side}) * {cell}"
        middle = f"floor(sum_{axis} / n / 100 * %(k)s) - (cell_{axis} / {side}) * {EXTENT}::float8"
        within = f"least(greatest({middle}, {corner}), {corner} + {cell - 1})"
        at[axis] = f"({within if source.kind == 'point' else corner})::smallint"
    return f"""SELECT cell_x / {side} AS x, cell_y / {side} AS y, {at["x"]} AS at_x,
    {at["y"]} AS at_y, n, area / 100 AS area, class, id FROM ({cells}) AS summed"""  # noqa: S608 - names are checked


def _from_features(source: TileSource) -> str:
    side = EXTENT // cell_side(source)
    here = f"cell_x / {side} = %(x)s AND cell_y / {side} = %(y)s"
    cells = placed(source, summed(source, "tally"))
    counted = "SELECT * FROM cell WHERE n >= 2" if source.kind == "point" else "SELECT * FROM cell"
    if source.kind == "point":
        kept = "JOIN cell USING (id) WHERE cell.n = 1"
    else:
        kept = "JOIN near USING (id) WHERE near.seen_from <= %(z)s"
    return f"""(WITH place AS MATERIALIZED (SELECT {SQUARE} AS square,
  ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS envelope),
near AS MATERIALIZED (SELECT id, {measured(source)} FROM
  {sized(source, f"place, {source.table} WHERE geom_3857 && square")}),
tally AS (SELECT cell_x, cell_y, class, count(*) AS n, sum(area) AS area, sum(sum_x) AS sum_x,
  sum(sum_y) AS sum_y, min(id) AS id FROM near WHERE seen_from > %(z)s AND {here}
  GROUP BY cell_x, cell_y, class),
cell AS MATERIALIZED ({cells}),
shape AS (SELECT id, {SHAPE[source.kind]} AS g, touchable, class, uid, properties FROM (
  SELECT f.id, geom_3857, uid, properties, {class_of(source)} AS class, square, envelope,
    {SNAPPED} AS snapped, {touchable(source)} AS touchable
  FROM place, {source.table} AS f {kept} OFFSET 0) AS kept)
{_tiles(source, "SELECT * FROM shape WHERE g IS NOT NULL", counted)})"""  # noqa: S608 - names are checked


def touchable(source: TileSource) -> str:
    """Whether a finger can pick it."""
    return "true" if source.kind == "point" else f"{WIDEST} >= {TOUCHABLE} * %(unit)s"


def _from_tables(source: TileSource) -> str:
    """OFFSET 0: the feature of each shape is looked up by its number, whatever the planner thinks
    of their count, and not at all where only the class is shown.
    """
    here = "zoom = %(z)s AND x = %(x)s AND y = %(y)s"
    table, feature = shape_table(source), source.table
    shapes = f"""SELECT s.id, s.g, touchable, class, uid, properties FROM {table} AS s
    LEFT JOIN LATERAL (SELECT uid, properties FROM {feature} AS f
      WHERE f.id = s.id AND s.touchable OFFSET 0) AS picked ON true WHERE {here}"""  # noqa: S608 - names are checked
    if source.kind != "point":
        shapes += f" UNION ALL SELECT * FROM ({_listed(source)}) AS listed WHERE g IS NOT NULL"  # noqa: S608 - names are checked
    cells = f"SELECT * FROM {cell_table(source)} WHERE {here}"  # noqa: S608 - names are checked
    return f"({_tiles(source, shapes, cells)})"


def _listed(source: TileSource) -> str:
    """Shapes that are cut only now; the table has their boxes."""
    return f"""SELECT id, {SHAPE[source.kind]} AS g, touchable, class, uid, properties FROM (
      SELECT f.id, geom_3857, touchable, class, uid, properties, square, envelope,
        {SNAPPED} AS snapped
      FROM (SELECT {SQUARE} AS square, ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS envelope OFFSET 0)
        AS place, {shape_table(source)} AS s, LATERAL (
        SELECT * FROM {source.table} AS f WHERE f.id = s.id AND geom_3857 && square OFFSET 0) AS f
      WHERE zoom = %(z)s AND s.x = {LISTED} AND s.y = {LISTED} AND s.g && square OFFSET 0)
      AS turned OFFSET 0"""  # noqa: S608 - names are checked


def _tiles(source: TileSource, shapes: str, cells: str) -> str:
    """Both tile layers in one answer: vector tiles may simply be appended to each other. In one
    order, so that the same tile has the same bytes.
    """
    square = f"ST_Translate({CELL}, at_x, at_y)"
    if source.kind == "point":
        square = "ST_Point(at_x, at_y)"
    return f"""SELECT coalesce((
    SELECT ST_AsMVT({ROW}, '{source.slug}', {EXTENT}, '{GEOMETRY}', 'id') FROM (
    SELECT g AS {GEOMETRY}, {_columns(source)} FROM ({shapes}) AS shape ORDER BY shape.id)
    AS {ROW}), '')
  || coalesce((SELECT ST_AsMVT({ROW}, '{source.cells}', {EXTENT}, '{GEOMETRY}') FROM (
    SELECT {square} AS {GEOMETRY}, n, round(area)::bigint AS area,
      class AS "{source.by or "class"}"
    FROM ({cells}) AS cell ORDER BY cell.at_y, cell.at_x) AS {ROW}), '')"""  # noqa: S608 - names are checked


def _columns(source: TileSource) -> str:
    """The attributes of a shape: all where it can be picked, otherwise the class (a text: colours
    are by choice or land use).
    """

    def value(name: str, cast: str) -> str:
        return "class" if name == source.by else f"CASE WHEN touchable THEN {typed(name, cast)} END"

    named = [f'{value(name, cast)} AS "{name}"' for name, cast in source.attributes]
    return ", ".join(["id", "CASE WHEN touchable THEN uid END AS uid", *named])
