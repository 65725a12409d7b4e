"""A version's own pair of tables: staged, filled by COPY, sealed with indexes, attached, dropped.

All DDL happens in SQL functions that run as the owner (`migrations/sql/partitions.sql`); the app
role only calls them. Published rows are read-only to it.
"""

from uuid import UUID

from django.conf import settings
from django.db import connection

from layers.definition import LayerDefinition

# The columns a loader fills, in COPY order; the database makes the id, and `seal` fills geom_3857
# where it was left empty.
FEATURE_COLUMNS = (
    "version_id",
    "uid",
    "key",
    "unit_id",
    "geom",
    "geom_source",
    "geom_3857",
    "area_m2",
    "length_m",
    "search",
    "properties",
)
PRIVATE_COLUMNS = ("version_id", "uid", "unit_id", "visibility", "values")


def feature_table(version_id: int) -> str:
    """Name of the table that holds this version's features."""
    return f"layers_feature_v{int(version_id)}"


def private_table(version_id: int) -> str:
    """Name of the table that holds this version's private values."""
    return f"layers_privatevalue_v{int(version_id)}"


def stage(version_id: int) -> None:
    """Create the two empty tables, writable by us, seen by nobody."""
    _call("SELECT portal_stage_version(%s)", [version_id])


def seal(version_id: int, definition: LayerDefinition) -> None:
    """Build keys and indexes and end the writing.

    Private rows are out of direct reach from here on.
    """
    # Field indexes first: sealing ends with ANALYZE, and without statistics of the expressions the
    # planner walks the whole primary key for a rare value (190 ms instead of 1 of 200,000 rows).
    for field in indexed_fields(definition):
        _call("SELECT portal_index_field(%s, %s, %s)", [version_id, field[0], field[1]])
    _call("SELECT portal_seal_version(%s)", [version_id])


def indexed_fields(definition: LayerDefinition) -> list[tuple[str, str]]:
    """(name, cast) of the fields that get an expression index: filterable, or searched exactly."""
    return [
        (f.name, f.type.sql_cast)
        for f in definition.public_fields
        if f.filterable or f.searchable == "exact"
    ]


def attach(version_id: int, *, public: bool) -> None:
    """Make the rows part of `layers_feature`; the tiles role may read them when the layer is
    public.
    """
    role = settings.PORTAL_TILES_ROLE if public else ""
    _call("SELECT portal_attach_version(%s, %s)", [version_id, role])


def hide(version_id: int) -> None:
    """Take the tiles role's reading away."""
    _call("SELECT portal_hide_version(%s, %s)", [version_id, settings.PORTAL_TILES_ROLE])


def give_to_readers(version_id: int, *, public: bool) -> None:
    """Bring the tiles role's reading of a live version in line with its layer's visibility."""
    if public:
        attach(version_id, public=True)
    else:
        hide(version_id)


def drop(version_id: int) -> None:
    """Throw the rows away, and the list of their words."""
    _call("SELECT portal_drop_version(%s)", [version_id])
    _call("SELECT portal_drop_written(%s, '')", [version_id])
    collect_words(version_id)


def collect_words(version_id: int) -> None:
    """Write down anew which words the rows' search texts hold: `seal` does it once, whoever changes
    the texts later does it again.
    """
    _call("SELECT portal_collect_words(%s)", [version_id])


def reassign_uids(version_id: int, uids: dict[UUID, UUID]) -> None:
    """Give rows of a version that is not published other uids, before → after, all at once."""
    before, after = [str(uid) for uid in uids], [str(uid) for uid in uids.values()]
    _call("SELECT portal_reassign_uids(%s, %s::uuid[], %s::uuid[])", [version_id, before, after])


def _call(sql: str, params: list[int | str | list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
