"""The database's word about the suspects: which polygons really lie on each other, and by how much.

Asks the sealed table through its index, in the grid of the source; from each pair found it goes on
to the neighbours until nothing new turns up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from layers.identity import assign_uids
from layers.models import Layer
from layers.partitions import feature_table

_AT_ONCE = 1000
# Less than this is the rounding of common borders (m²).
NOISE_M2 = 0.01


@dataclass(frozen=True)
class Overlap:
    """Two polygons on the same ground: their keys, the common area in m² and a place in it, in the
    source's own system (x east, y north).
    """

    one: str
    other: str
    area: float
    x: float
    y: float


@dataclass(frozen=True)
class Answer:
    """All pairs found, the largest first; `cut_off` when suspects were left unexamined."""

    overlaps: list[Overlap]
    examined: int
    cut_off: bool


# The suspects' own rows. An import writes keys and uids together; a renumbered parcel keeps an
# older uid, and is then looked for by its key.
_BY_UID = 'SELECT id, key FROM "{table}" WHERE uid = ANY(%s)'
_BY_KEY = 'SELECT id, key FROM "{table}" WHERE key = ANY(%s)'
# `&&` on the indexed column finds the neighbours; the inside of both must meet, not only the border
# they share. `shape` is the column in the source's system.
_PAIRS = """
SELECT a.key, b.key, b.id, {area}, ST_X(place.at), ST_Y(place.at)
FROM "{table}" AS a
JOIN "{table}" AS b ON b.geom && a.geom AND b.id <> a.id
CROSS JOIN LATERAL (
  SELECT ST_CollectionExtract(ST_Intersection(a.{shape}, b.{shape}), 3) AS shape
  WHERE ST_Relate(a.{shape}, b.{shape}, '2********')
) AS common
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(common.shape) AS at) AS place
WHERE a.id = ANY(%s) AND NOT ST_IsEmpty(common.shape)
"""
_PLANE_AREA = "ST_Area(common.shape)"
# A geographic source has no grid: m² on the ellipsoid, as `layers.geometry.areas` takes them.
_GROUND_AREA = "ST_Area(ST_SetSRID(common.shape, 4326)::geography)"


def overlaps(
    version_id: int,
    layer: Layer,
    suspects: Sequence[str],
    *,
    most: int,
    own_grid: bool,
    geographic: bool,
) -> Answer:
    """Pairs that overlap among the suspects (keys) and whoever lies next to a pair found.

    `own_grid`: the source's shapes are stored beside the WGS 84 ones. At most `most` polygons are
    examined.
    """
    table = feature_table(version_id)
    sql = _PAIRS.format(
        table=table,
        shape="geom_source" if own_grid else "geom",
        area=_GROUND_AREA if geographic else _PLANE_AREA,
    )
    waiting = _ids(table, layer, suspects)
    seen: set[int] = set()
    found: dict[tuple[str, str], Overlap] = {}
    while waiting and len(seen) < most:
        now = sorted(waiting)[: min(_AT_ONCE, most - len(seen))]
        seen.update(now)
        waiting -= seen
        waiting |= _examine(sql, now, found) - seen
    largest = sorted(found.values(), key=lambda pair: (-pair.area, pair.one, pair.other))
    return Answer(largest, len(seen), bool(waiting))


def _ids(table: str, layer: Layer, keys: Sequence[str]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_UID.format(table=table), [assign_uids(layer, keys)])
        known = {key: number for number, key in cursor.fetchall()}
        missing = [key for key in keys if key not in known]
        if missing:
            cursor.execute(_BY_KEY.format(table=table), [missing])
            known.update((key, number) for number, key in cursor.fetchall())
    asked = set(keys)
    return {number for key, number in known.items() if key in asked}


def _examine(sql: str, ids: list[int], found: dict[tuple[str, str], Overlap]) -> set[int]:
    """Add the pairs of these rows to `found`; the ids of their partners."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids])
        partners = set()
        for one, other, other_id, area, x, y in cursor.fetchall():
            if area < NOISE_M2:
                continue
            partners.add(int(other_id))
            first, second = sorted((one, other))
            found[first, second] = Overlap(first, second, area, x, y)
    return partners
