"""The narrow table of a version that tiles from the working zoom on are made of.

The feature table holds three shapes and every property of a row; a tile needs one shape and a few
values. So the worker copies those into columns of their own once, in the same order, with how far
the shape's vertices may move before it breaks (`detail.py` asks). Built by an SQL function that
runs as the owner (`migrations/sql/working.sql`). Neighbour: `preparing.py` decides when.
"""

from tiles.source import TileSource

# Attributes stand in columns a1, a2 … in the order of `TileSource.attributes`: a layer may name a
# field as it likes.
ATTRIBUTE = "a"
CLEARANCE = "clearance"
# Long outlines are worth ST_AsMVTGeom's simplification: they come out shorter and encode faster.
LONG = 64
# What a value must look like to be cast. A version keeps the values of its own time: a field whose
# type was changed since is left out of the tile where it does not fit, rather than failing it.
FITS = {
    "::bigint": "properties ->> '{name}' ~ '^-?[0-9]{{1,18}}$'",
    "::float8": "jsonb_typeof(properties -> '{name}') = 'number'",
    "::boolean": "jsonb_typeof(properties -> '{name}') = 'boolean'",
}


def working_table(version_id: int) -> str:
    """Name of the table of one version."""
    return f"tiles_working_v{int(version_id)}"


def building(source: TileSource) -> str:
    """The statement that makes the version's table for that source; names are checked."""
    names = ", ".join(f"'{field}'" for field, _cast in source.attributes)
    casts = ", ".join(f"'{cast.removeprefix('::')}'" for _field, cast in source.attributes)
    return (
        f"SELECT portal_build_working({int(source.version_id)}, '{source.kind}',"
        f" ARRAY[{names}]::text[], ARRAY[{casts}]::text[])"
    )
