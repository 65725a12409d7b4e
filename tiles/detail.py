"""The tile statement from the working zoom on: every feature of the square, each recognisable.

Shapes wholly inside the square (nearly all) skip clipping: an affine move onto the grid and a
snap are enough, unless the snap made them invalid; those and the ones that are cut go through
ST_AsMVTGeom. What would collapse on the grid and vanish (a parcel of a few square metres at zoom
14) is widened to one grid unit: the identifiers in the tiles are those of the table. Proof:
tests/tiles/test_statement.py.
"""

from tiles.source import TileSource

SQUARE = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)"
CUT = "ST_AsMVTGeom({shape}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true)"
PLAIN = CUT.format(shape="geom_3857")
# No ST_RemoveRepeatedPoints: ST_SnapToGrid drops repeated points itself and empties what collapses.
# The long forms of both: the short ones are SQL functions that the planner has to unfold.
AFFINE = "ST_Affine(geom_3857, %(k)s, 0, 0, 0, -%(k)s, 0, 0, 0, 1, %(dx)s, %(dy)s, 0)"
SNAPPED = f"ST_SnapToGrid({AFFINE}, 0, 0, 1, 1)"
# Long outlines are worth ST_AsMVTGeom's simplification: they come out shorter and encode faster.
LONG = 64
SMALL = (
    "greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857))"
    " <= 2 * %(unit)s"
)
# Mean width 2·area/perimeter of at most 1.5 grid units: a strip that may collapse at any length.
THIN = "2 * ST_Area(geom_3857) <= 1.5 * %(unit)s * ST_Perimeter(geom_3857)"
# What would vanish becomes a square of two grid units, or a strip as wide.
WIDENED = (
    f"CASE WHEN {SMALL} THEN {CUT.format(shape='ST_Expand(ST_Centroid(geom_3857), %(unit)s)')}"
    f" WHEN {THIN} THEN "
    + CUT.format(shape="ST_Buffer(geom_3857, %(unit)s, 'quad_segs=1')")
    + " END"
)
# A line within two grid units, however it winds, becomes a dash of two units.
LENGTHENED = f"CASE WHEN {SMALL} THEN " + (
    CUT.format(
        shape="ST_MakeLine(ST_Translate(ST_Centroid(geom_3857), -%(unit)s, 0), "
        "ST_Translate(ST_Centroid(geom_3857), %(unit)s, 0))"
    )
    + " END"
)
KEPT = "WHEN NOT ST_IsEmpty(snapped)"
SHAPE = {
    "point": f"CASE {KEPT} THEN snapped ELSE {PLAIN} END",
    "line": f"CASE {KEPT} THEN snapped ELSE coalesce({PLAIN}, {LENGTHENED}) END",
    "polygon": f"CASE {KEPT} AND ST_IsValid(snapped) THEN snapped"
    f" ELSE coalesce({PLAIN}, {WIDENED}) END",
}


def columns(source: TileSource, *, of: str = "") -> str:
    """The attributes as SQL; names are checked identifiers, so they may stand in the text.

    `of` is a condition on the row: where it fails only the class is given, which colours it.
    """

    def given(name: str, value: str) -> str:
        value = value if not of or name == source.by else f"CASE WHEN {of} THEN {value} END"
        return f'{value} AS "{name}"'

    parts = [given(name, typed(name, cast)) for name, cast in source.attributes]
    return ", ".join(["id", given("uid", "uid"), *parts])


# What a value must look like to be cast. A version keeps the values of its own time: a field whose
# type was changed since is left out of the tile where it does not fit, rather than failing it.
FITS = {
    "::bigint": "properties ->> '{name}' ~ '^-?[0-9]{{1,18}}$'",
    "::float8": "jsonb_typeof(properties -> '{name}') = 'number'",
    "::boolean": "jsonb_typeof(properties -> '{name}') = 'boolean'",
}


def typed(name: str, cast: str) -> str:
    """One property as SQL of that type ("" for text); NULL where the value is not of it."""
    value = f"(properties ->> '{name}'){cast}"
    return f"CASE WHEN {FITS[cast].format(name=name)} THEN {value} END" if cast else value


def statement(source: TileSource) -> str:
    """A scalar SQL expression: the tile's bytes. Parameters: `Tile.parameters()`.

    No outer WHERE on the geometry: it would be computed twice; ST_AsMVT skips NULL itself. OFFSET
    0 keeps the planner from copying the snapped shape into each place that names it.
    """
    inside = f"geom_3857 @ {SQUARE} AND ST_NPoints(geom_3857) <= {LONG}"
    return f"""(SELECT ST_AsMVT(tile, '{source.slug}', 4096, 'g', 'id') FROM (
  SELECT {SHAPE[source.kind]} AS g, {columns(source)} FROM (
    SELECT *, CASE WHEN {inside} THEN {SNAPPED} END AS snapped
    FROM {source.table} WHERE geom_3857 && {SQUARE} OFFSET 0) AS near) AS tile)"""  # noqa: S608 - names are checked
