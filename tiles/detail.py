"""The tile statement from the working zoom on: every feature of the square, each recognisable.

Shapes that end within half a tile of the square are not clipped but moved onto the grid and
snapped: the map library cuts at the square anyway, and a label placed in a whole shape stands
where the neighbouring tile puts it too. What is larger, or long, goes through ST_AsMVTGeom. A snap
can fold a thin shape onto itself; whether it does is asked (`ST_IsValid`), unless the prepared
table (`working.py`) says how far vertices may move. What would collapse on the grid and vanish (a
parcel of a few square metres at zoom 14) is widened to one grid unit: the identifiers in the tiles
are those of the table. Proof: tests/tiles/test_statement.py.
"""

from tiles.source import TileSource
from tiles.working import ATTRIBUTE, CLEARANCE, FITS, LONG, working_table

SQUARE = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)"
# Half a tile further on each side. The map library takes coordinates of up to one tile beyond.
AROUND = (
    "ST_MakeEnvelope(%(west)s - 2048 * %(unit)s, %(south)s - 2048 * %(unit)s,"
    " %(east)s + 2048 * %(unit)s, %(north)s + 2048 * %(unit)s, 3857)"
)
CUT = "ST_AsMVTGeom({shape}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true)"
# Made once a tile: in the text of a prepared statement they would be made again for each row.
PLACE = (
    f"(SELECT {SQUARE} AS square, {AROUND} AS around,"
    " ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS envelope OFFSET 0) AS place"
)
CUT_HERE = "ST_AsMVTGeom({shape}, envelope, 4096, 64, true)"
PLAIN = CUT_HERE.format(shape="geom_3857")
# No ST_RemoveRepeatedPoints: ST_SnapToGrid drops repeated points itself and empties what collapses.
# The long forms of both: the short ones are SQL functions that the planner has to unfold.
AFFINE = "ST_Affine(geom_3857, %(k)s, 0, 0, 0, -%(k)s, 0, 0, 0, 1, %(dx)s, %(dy)s, 0)"
SNAP = f"ST_SnapToGrid({AFFINE}, 0, 0, 1, 1)"
# Two vertices come closer by a diagonal of the grid at most.
STAYS_VALID = f"{CLEARANCE} > 1.4143 * %(unit)s"
# A box may reach into the square where the shape does not; half a unit is what rounding adds.
TOUCHES = "ST_Distance(geom_3857, square) <= 0.5 * %(unit)s"
IS_HERE = f"(geom_3857 @ square OR {TOUCHES})"
SMALL = (
    "greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857))"
    " <= 2 * %(unit)s"
)
# Mean width 2·area/perimeter of at most 1.5 grid units: a strip that may collapse at any length.
THIN = "2 * ST_Area(geom_3857) <= 1.5 * %(unit)s * ST_Perimeter(geom_3857)"
# What would vanish becomes a square of two grid units, or a strip as wide.
WIDENED = (
    f"CASE WHEN {SMALL} THEN {CUT_HERE.format(shape='ST_Expand(ST_Centroid(geom_3857), %(unit)s)')}"
    f" WHEN {THIN} THEN "
    + CUT_HERE.format(shape="ST_Buffer(geom_3857, %(unit)s, 'quad_segs=1')")
    + " END"
)
# A line within two grid units, however it winds, becomes a dash of two units.
LENGTHENED = f"CASE WHEN {SMALL} THEN " + (
    CUT_HERE.format(
        shape="ST_MakeLine(ST_Translate(ST_Centroid(geom_3857), -%(unit)s, 0), "
        "ST_Translate(ST_Centroid(geom_3857), %(unit)s, 0))"
    )
    + " END"
)
# `snapped` is NULL where snapping is not for this shape: too long, or too far beyond the square.
SHAPE = {
    "point": f"CASE WHEN NOT ST_IsEmpty(snapped) AND geom_3857 @ square THEN snapped"
    f" ELSE {PLAIN} END",
    "line": f"CASE WHEN NOT ST_IsEmpty(snapped) THEN CASE WHEN {IS_HERE} THEN snapped END"
    f" ELSE coalesce({PLAIN}, {LENGTHENED}) END",
    "polygon": "CASE WHEN NOT ST_IsEmpty(snapped) AND ST_IsValid(snapped)"
    f" THEN CASE WHEN {IS_HERE} THEN snapped END ELSE coalesce({PLAIN}, {WIDENED}) END",
}
SNAPPED = f"CASE WHEN geom_3857 @ around AND ST_NPoints(geom_3857) <= {LONG} THEN {SNAP} END"
# Stand beside a layer's own names in what ST_AsMVT reads; no field begins with an underscore. A row
# named like one of its columns would be that column.
ROW, GEOMETRY = "_row", "_g"


def columns(source: TileSource, *, of: str = "") -> str:
    """The attributes as SQL; names are checked identifiers, so they may stand in the text.

    `of` is a condition on the row: where it fails only the class is given, which colours it.
    """

    def given(name: str, value: str) -> str:
        value = value if not of or name == source.by else f"CASE WHEN {of} THEN {value} END"
        return f'{value} AS "{name}"'

    parts = [given(name, typed(name, cast)) for name, cast in source.attributes]
    return ", ".join(["id", given("uid", "uid"), *parts])


def typed(name: str, cast: str) -> str:
    """One property as SQL of that type ("" for text); NULL where the value is not of it."""
    value = f"(properties ->> '{name}'){cast}"
    return f"CASE WHEN {FITS[cast].format(name=name)} THEN {value} END" if cast else value


def statement(source: TileSource) -> str:
    """A scalar SQL expression: the tile's bytes. Parameters: `Tile.parameters()`.

    No outer WHERE on the geometry: it would be computed twice; ST_AsMVT skips NULL itself.
    """
    rows = _prepared(source) if source.prepared else _of_features(source)
    return f"""(SELECT ST_AsMVT({ROW}, '{source.slug}', 4096, '{GEOMETRY}', 'id')
  FROM ({rows}) AS {ROW})"""  # noqa: S608 - names are checked


def _of_features(source: TileSource) -> str:
    """From the feature table. OFFSET 0 keeps the planner from copying the snapped shape into each
    place that names it.
    """
    return f"""SELECT {SHAPE[source.kind]} AS {GEOMETRY}, {columns(source)} FROM (
    SELECT *, {SNAPPED} AS snapped
    FROM {PLACE}, {source.table} WHERE geom_3857 && square OFFSET 0) AS near"""  # noqa: S608 - names are checked


def _prepared(source: TileSource) -> str:
    """The same from the table made for it: nearly every shape passes by its clearance alone."""
    shape = SHAPE[source.kind].replace("snapped", f"({SNAPPED})")
    if source.kind != "point":
        shape = f"""CASE WHEN {STAYS_VALID} AND geom_3857 @ square THEN {SNAP}
      WHEN {STAYS_VALID} AND geom_3857 @ around THEN CASE WHEN {TOUCHES} THEN {SNAP} END
      ELSE {shape} END"""
    numbered = enumerate(source.attributes, start=1)
    named = [f'{ATTRIBUTE}{number} AS "{name}"' for number, (name, _cast) in numbered]
    return f"""SELECT {shape} AS {GEOMETRY}, {", ".join(["id", "uid", *named])}
    FROM {PLACE}, {working_table(source)} WHERE geom_3857 && square"""  # noqa: S608 - names are checked
