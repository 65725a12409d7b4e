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


def working_table(source: TileSource) -> str:
    """Name of the table of one version, once it is shown."""
    return shown("working", source)


def shown(part: str, source: TileSource) -> str:
    """Name under which tiles read a table made for them (`portal_show_tiles` gives it).

    It says what the table was made by: a process that has not yet heard of an edited definition
    asks for tables that are gone, and never reads values under the names of others, nor tables
    that are in the making.
    """
    return f"tiles_{part}_v{int(source.version_id)}_{source.tables_digest}"


def building(source: TileSource) -> str:
    """The statement that makes the version's table for that source; names are checked."""
    names = ", ".join(f"'{field}'" for field, _cast in source.attributes)
    casts = ", ".join(f"'{cast.removeprefix('::')}'" for _field, cast in source.attributes)
    return (
        f"SELECT portal_build_working({int(source.version_id)}, '{source.kind}',"
        f" ARRAY[{names}]::text[], ARRAY[{casts}]::text[])"
    )
