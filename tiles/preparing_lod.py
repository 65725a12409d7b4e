"""What fills the tables of low zooms: the expressions of `lod.py`, for all tiles at once.

Shapes: each feature for each zoom from which it is seen, and each tile that it touches, clipped.
Cells: features are measured once and tallied at the deepest zoom; a zoom above is four cells in
one, and those features that are seen no more. Neighbour: `preparing.py` runs the statements.
"""

from tiles import lod
from tiles.grid import HALF_WORLD, MARGIN, Tile
from tiles.lod import LAST_TABLE_ZOOM
from tiles.source import TileSource

# A tile's numbers (`Tile.parameters()`) as columns, by the same operations in the same order.
OF_A_ZOOM = {"z": "z", "k": "k", "unit": "unit"}
OF_A_TILE = {**OF_A_ZOOM, "x": "x", "y": "y", "dx": "-wide_left * k", "dy": "wide_top * k"}
SQUARE = (
    "ST_MakeEnvelope(wide_left - margin, wide_top - side - margin,"
    " wide_left + side + margin, wide_top + margin, 3857)"
)
# The index compares boxes in single precision, about a metre here; tiles found in vain give NULL.
SLACK = 2.0
# Features by number: from the first to the last of each part.
Parts = list[tuple[int, int]]


def zooms(source: TileSource) -> range:
    """Zooms that have tables, the first first; empty when the layer has no low zooms."""
    return range(source.min_zoom, min(source.working_zoom - 1, LAST_TABLE_ZOOM) + 1)


def measuring(source: TileSource, parts: Parts) -> list[str]:
    """Of all features: seen from where, in which cell. A statement for each part."""
    deepest = zooms(source)[-1]
    columns = lod.measured(source) % {"k": repr(Tile(deepest, 0, 0).parameters()["k"])}
    return [
        f"""INSERT INTO tiles_measure_v{source.version_id}
    (id, seen_from, cell_x, cell_y, class, area, sum_x, sum_y)
  SELECT * FROM (SELECT id, {columns} FROM {_features(source, part)} OFFSET 0) AS measured
  WHERE seen_from > {source.min_zoom}"""  # noqa: S608 - names are checked
        for part in parts
    ]


def summing(source: TileSource) -> list[str]:
    """The cells of every zoom, from the deepest up; for points also those that stand alone."""
    statements = []
    for zoom in reversed(zooms(source)):
        statements += [_tally(source, zoom), _cells(source, zoom)]
        if source.kind == "point":
            statements.append(_alone(source, zoom))
    return statements


def shaping(source: TileSource, parts: Parts) -> list[str]:
    """The shapes by tile, a statement for each part; points come with the cells (`summing`)."""
    return [] if source.kind == "point" else [_shapes(source, part) for part in parts]


def _shapes(source: TileSource, part: tuple[int, int]) -> str:
    numbers = ", ".join(
        "({z}, {k!r}::float8, {unit!r}::float8, {side!r}::float8, {margin!r}::float8)".format(
            z=z, k=said["k"], unit=said["unit"], side=Tile(z, 0, 0).side, margin=MARGIN / said["k"]
        )
        for z in zooms(source)
        for said in [Tile(z, 0, 0).parameters()]
    )
    west, east = (f"ST_X{end}(geom_3857) {sign} margin {sign} {SLACK}" for end, sign in _ENDS)
    cut = lod.SHAPE[source.kind] % OF_A_TILE
    south, north = (f"ST_Y{end}(geom_3857) {sign} margin {sign} {SLACK}" for end, sign in _ENDS)
    shape = f"CASE WHEN x = {lod.LISTED} THEN ST_Envelope(geom_3857) ELSE {cut} END"
    edges = {"first_x": (west, "x"), "last_x": (east, "x"), "first_y": (north, "y")}
    edges["last_y"] = (south, "y")
    found = ", ".join(f"{_tile(*edge)} AS {name}" for name, edge in edges.items())
    return f"""INSERT INTO tiles_shape_v{source.version_id}
    (zoom, x, y, id, touchable, class, g)
  SELECT z, x, y, id, touchable, class, g FROM (
    SELECT *, {shape} AS g FROM (
      SELECT *, ST_TileEnvelope(z, x, y) AS envelope FROM (
        SELECT *, {lod.SNAPPED % OF_A_TILE} AS snapped, {SQUARE} AS square FROM (
          SELECT *, {-HALF_WORLD!r} + x * side AS wide_left, {HALF_WORLD!r} - y * side AS wide_top
          FROM (SELECT *, {_numbered("x", "%")} AS x, {_numbered("y", "/")} AS y
          FROM (SELECT *, generate_series(0, CASE WHEN tiles <= {lod.MOST_TILES} THEN tiles - 1
              ELSE 0 END) AS number
          FROM (SELECT *, (last_x - first_x + 1) * (last_y - first_y + 1) AS tiles
          FROM (SELECT *, {lod.touchable(source) % OF_A_ZOOM} AS touchable, {found}
            FROM (SELECT id, geom_3857, {lod.class_of(source)} AS class,
                {lod.SEEN_FROM} AS seen_from
              FROM {_features(source, part)} OFFSET 0) AS feature
            JOIN (VALUES {numbers}) AS zooms (z, k, unit, side, margin) ON z >= seen_from
            OFFSET 0) AS seen) AS counted) AS numbered) AS listed OFFSET 0) AS tiled
        OFFSET 0) AS turned) AS enveloped OFFSET 0) AS shaped
  WHERE g IS NOT NULL ORDER BY z, x, y, id"""  # noqa: S608 - names are checked


def _features(source: TileSource, part: tuple[int, int]) -> str:
    return lod.sized(source, f"{source.table} WHERE id BETWEEN {part[0]} AND {part[1]}")


def _numbered(axis: str, part: str) -> str:
    """Column or row of the n-th tile of a shape's box, row by row."""
    place = f"first_{axis} + number {part} (last_x - first_x + 1)"
    return f"CASE WHEN tiles <= {lod.MOST_TILES} THEN {place} ELSE {lod.LISTED} END"


_ENDS = (("Min", "-"), ("Max", "+"))


def _tile(metres: str, axis: str) -> str:
    """The column or row of tiles that holds a place, within the grid."""
    from_edge = f"{metres} + {HALF_WORLD!r}" if axis == "x" else f"{HALF_WORLD!r} - ({metres})"
    return f"least(greatest(floor(({from_edge}) / side), 0), (1 << z) - 1)::int"


def _tally(source: TileSource, zoom: int) -> str:
    """Sums by cell and class, from those of the zoom below and what is seen there for the last
    time.
    """
    deepest, version = zooms(source)[-1], source.version_id
    above = f"tiles_measure_v{version} WHERE seen_from > {zoom}"
    summed = f"""SELECT cell_x, cell_y, class, 1 AS n, area, sum_x, sum_y, id FROM {above}"""  # noqa: S608 - names are checked
    if zoom != deepest:
        down = deepest - zoom
        summed = f"""SELECT cell_x >> 1 AS cell_x, cell_y >> 1 AS cell_y, class, n, area,
      sum_x, sum_y, id FROM tiles_tally_v{version} WHERE zoom = {zoom + 1}
    UNION ALL SELECT cell_x >> {down}, cell_y >> {down}, class, 1, area, sum_x, sum_y, id
    FROM tiles_measure_v{version} WHERE seen_from = {zoom + 1}"""  # noqa: S608 - names are checked
    return f"""INSERT INTO tiles_tally_v{version}
    (zoom, cell_x, cell_y, class, n, area, sum_x, sum_y, id)
  SELECT {zoom}, cell_x, cell_y, class, sum(n), sum(area), sum(sum_x), sum(sum_y), min(id)
  FROM ({summed}) AS below GROUP BY cell_x, cell_y, class"""  # noqa: S608 - names are checked


def _placed(source: TileSource, zoom: int) -> str:
    """The zoom's cells with their tiles."""
    tally = f"(SELECT * FROM tiles_tally_v{source.version_id} WHERE zoom = {zoom}) AS tally"  # noqa: S608 - names are checked
    cells = lod.placed(source, lod.summed(source, tally))
    return cells % {"k": repr(Tile(zoom, 0, 0).parameters()["k"])}


def _cells(source: TileSource, zoom: int) -> str:
    least = 2 if source.kind == "point" else 1
    return f"""INSERT INTO tiles_cell_v{source.version_id}
    (zoom, x, y, at_x, at_y, n, area, class)
  SELECT {zoom}, x, y, at_x, at_y, n, area, class FROM ({_placed(source, zoom)}) AS placed
  WHERE n >= {least} ORDER BY x, y, at_y, at_x"""  # noqa: S608 - names are checked


def _alone(source: TileSource, zoom: int) -> str:
    """Points with no other in their cell."""
    shape = lod.SHAPE["point"]
    return f"""INSERT INTO tiles_shape_v{source.version_id}
    (zoom, x, y, id, touchable, class, g)
  SELECT {zoom}, x, y, id, true, class, g FROM (
    SELECT x, y, id, class, {shape} AS g FROM (
      SELECT x, y, f.id, {lod.class_of(source)} AS class, geom_3857,
        ST_TileEnvelope({zoom}, x, y) AS envelope
      FROM (SELECT * FROM ({_placed(source, zoom)}) AS cells WHERE n = 1) AS single
      JOIN {source.table} AS f USING (id) OFFSET 0) AS point OFFSET 0) AS shaped
  WHERE g IS NOT NULL ORDER BY x, y, id"""  # noqa: S608 - names are checked
