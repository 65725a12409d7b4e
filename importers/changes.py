"""The table of what differs between a staged version and the live one, made by the database.

One join over uid; only rows that differ are written (`portal_diff`, temporary, gone with the
transaction), so that an unchanged million costs a comparison of bytes and nothing else.
Neighbours: `diff` counts and stores it, `lineage` corrects it where numbers changed.
"""

from typing import Any

from django.conf import settings
from django.db import connection

from layers.models import Layer, LayerVersion, VersionChange
from layers.partitions import feature_table

# Enough for the uids of a million features; given back with the transaction.
_MEMORY = "128MB"
_TABLES = ("portal_diff", "portal_old", "portal_new", "portal_pair", "portal_overlap")
# A shape that moved is no longer where it was to tolerance: it may be another parcel's now.
_CORNER = (
    "AND abs(ST_{corner}(new.geom) - ST_{corner}(old.geom))"
    " <= %(gap)s * (ST_{axis}Max(old.geom) - ST_{axis}Min(old.geom)) "
)
_MOVED = (
    "(abs(new.area_m2 - old.area_m2) <= %(gap)s * greatest(new.area_m2, old.area_m2) "
    + "".join(
        _CORNER.format(corner=corner, axis=corner[0]) for corner in ("XMin", "XMax", "YMin", "YMax")
    )
    + ") IS NOT TRUE"
)
# The staged rows pass by once; of the live ones only uid and place are held in memory, and each is
# fetched by its place. Both lie along the same curve, so that reads pages in order: 1.8 s for
# 400,000 features, where a join of whole rows by sorting takes 5.9 s and hashing them four times
# the memory.
_DIFF = """
CREATE TEMP TABLE portal_diff ON COMMIT DROP AS
SELECT uid, key, old_key, area, old_area, moved, CASE
    WHEN old_key IS NULL THEN 'added'
    WHEN shape AND values THEN 'both' WHEN shape THEN 'shape' ELSE 'values' END AS what
FROM (
  SELECT new.uid, new.key, old.key AS old_key, new.area_m2 AS area, old.area_m2 AS old_area,
    ({shape}) AS shape,
    (new.properties <> old.properties OR new.key <> old.key OR hidden.uid IS NOT NULL) AS values,
    CASE WHEN old.uid IS NULL THEN true WHEN {shape} THEN {moved} ELSE false END AS moved
  FROM "{table}" new
  LEFT JOIN (SELECT uid, ctid AS place FROM "{live_table}" OFFSET 0) known ON known.uid = new.uid
  LEFT JOIN LATERAL (
    SELECT * FROM "{live_table}" o WHERE o.ctid = known.place OFFSET 0) old ON true
  LEFT JOIN {hidden} ON hidden.uid = new.uid
) pairs
WHERE old_key IS NULL OR shape OR values
UNION ALL
SELECT uid, NULL, key, NULL, area_m2, true, 'removed' FROM "{live_table}" old
WHERE NOT EXISTS (SELECT FROM "{table}" new WHERE new.uid = old.uid)
"""
# Bytes decide: the same number in another grid is another shape.
_SHAPE = (
    "NOT coalesce(new.geom_source, new.geom) = coalesce(old.geom_source, old.geom) "
    "OR ST_SRID(new.geom_source) IS DISTINCT FROM ST_SRID(old.geom_source)"
)
_HIDDEN = "portal_changed_private(%(version)s, %(live)s) AS hidden (uid)"
_NOTHING_HIDDEN = "(SELECT NULL::uuid WHERE false) AS hidden (uid)"
_COUNTS = """
SELECT what, count(*), coalesce(sum(area), 0) - coalesce(sum(old_area), 0),
  (SELECT array_agg(shown) FROM (SELECT coalesce(key, old_key) AS shown FROM portal_diff d
     WHERE d.what = portal_diff.what ORDER BY 1 LIMIT 10) first)
FROM portal_diff GROUP BY what
"""
# The rarer and graver first, for a list that is cut.
_KEEP = """
INSERT INTO layers_versionchange (version_id, uid, key, what)
SELECT %(version)s, uid, coalesce(key, old_key), what FROM portal_diff
ORDER BY array_position(ARRAY['removed', 'both', 'shape', 'added', 'values'], what), 3
LIMIT %(most)s
"""


def run(sql: str, **params: Any) -> int:
    """Execute; answers how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return int(cursor.rowcount)


def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """The answer's rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def find(staged: LayerVersion, live: LayerVersion, *, has_private: bool) -> None:
    """Fill `portal_diff`: uid, key, old_key, area, old_area, moved, what."""
    clear()
    run(f"SET LOCAL work_mem = '{_MEMORY}'")
    # The staged table has no statistics yet; sorting whole rows is what they would warn of.
    run("SET LOCAL enable_mergejoin = off")
    sql = _DIFF.format(
        table=feature_table(staged.pk),
        live_table=feature_table(live.pk),
        shape=_SHAPE,
        moved=_MOVED,
        hidden=_HIDDEN if has_private else _NOTHING_HIDDEN,
    )
    gap = 1 - settings.PORTAL_SAME_PLACE
    run(sql, version=staged.pk, live=live.pk, gap=gap)
    run("SET LOCAL enable_mergejoin TO DEFAULT")
    run("ANALYZE portal_diff")


def counts() -> list[tuple[str, int, float, list[str]]]:
    """What happened, how often, change of area in m², the first ten keys."""
    return [(what, count, area, keys) for what, count, area, keys in rows(_COUNTS)]


def keep(staged: LayerVersion) -> int:
    """Store the rows with the version, PORTAL_CHANGES_KEPT at most; answers how many."""
    return run(_KEEP, version=staged.pk, most=settings.PORTAL_CHANGES_KEPT)


def forget(staged: LayerVersion) -> None:
    """Remove what an earlier comparison stored."""
    VersionChange.objects.filter(version=staged).delete()
    staged.lineage.all().delete()


def clear() -> None:
    """Drop the temporary tables; a transaction may compare twice."""
    # A notice for each table that is not there would fill the log.
    run("SET LOCAL client_min_messages = warning")
    for table in _TABLES:
        run(f"DROP TABLE IF EXISTS pg_temp.{table}")
    run("SET LOCAL work_mem TO DEFAULT")


def is_measured(layer: Layer) -> bool:
    """Shapes that have an extent tell features apart; points say where, not which."""
    return layer.geometry_kind != "point"
