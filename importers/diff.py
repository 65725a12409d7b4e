"""The staged version against the live one, in SQL: added, changed, removed, unchanged.

Features are matched by uid. A feature changed when its shape in the source grid, a public or a
private value differs; the unit is ours and does not count. The database compares, no value leaves
it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from layers.models import LayerVersion
from layers.partitions import feature_table, private_table

# Private values are compared under an import's own context, which ends with the transaction.
_CONTEXT = ("portal.all_units", "portal.restricted")
_COMPARE = """
WITH new_hidden AS (
  SELECT uid, jsonb_object_agg(visibility, values) AS hidden FROM "{private}"
  WHERE %(with_private)s GROUP BY uid
), old_hidden AS (
  SELECT uid, jsonb_object_agg(visibility, values) AS hidden FROM layers_privatevalue
  WHERE %(with_private)s AND version_id = %(live)s GROUP BY uid
), new AS (
  SELECT uid, key, coalesce(geom_source, geom) AS shape, area_m2, properties, hidden
  FROM "{table}" LEFT JOIN new_hidden USING (uid)
), old AS (
  SELECT uid, key, coalesce(geom_source, geom) AS shape, area_m2, properties, hidden
  FROM layers_feature LEFT JOIN old_hidden USING (uid) WHERE version_id = %(live)s
), pairs AS (
  SELECT coalesce(new.uid, old.uid) AS uid, coalesce(new.key, old.key) AS key,
         new.area_m2 AS area, old.area_m2 AS old_area,
         CASE WHEN old.uid IS NULL THEN 'added'
              WHEN new.uid IS NULL THEN 'removed'
              WHEN ST_SRID(new.shape) <> ST_SRID(old.shape)
                OR NOT ST_OrderingEquals(new.shape, old.shape) THEN
                CASE WHEN new.properties IS DISTINCT FROM old.properties
                     THEN 'both' ELSE 'shape' END
              WHEN new.properties IS DISTINCT FROM old.properties
                OR new.hidden IS DISTINCT FROM old.hidden THEN 'values'
              ELSE 'unchanged' END AS what
  FROM new FULL JOIN old USING (uid)
)
SELECT what, count(*), coalesce(sum(area), 0) - coalesce(sum(old_area), 0),
       (array_agg(key ORDER BY key))[1:10]
FROM pairs GROUP BY what
"""
_REFUSED = """
SELECT count(*) FROM layers_feature old
WHERE old.version_id = %(live)s AND old.uid = ANY(%(refused)s::uuid[])
  AND NOT EXISTS (SELECT 1 FROM "{table}" new WHERE new.uid = old.uid)
"""


@dataclass
class Diff:
    """Counts of features; `area_delta_m2` in the source grid; up to ten keys of each kind.

    `removed_refused`: how many of the removed have a row in the file, which was refused.
    """

    added: int = 0
    removed: int = 0
    removed_refused: int = 0
    unchanged: int = 0
    changed_shape: int = 0
    changed_values: int = 0
    changed_both: int = 0
    area_delta_m2: float = 0.0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Features that are in both versions and differ."""
        return self.changed_shape + self.changed_values + self.changed_both

    @property
    def former(self) -> int:
        """Features of the version that it was compared with."""
        return self.removed + self.changed + self.unchanged

    @property
    def removed_share(self) -> float:
        """Removed of former features, 0–1."""
        return self.removed / self.former if self.former else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the run's row, the version and the report."""
        sums = {name: getattr(self, name) for name in ("changed", "former", "removed_share")}
        return {**asdict(self), **sums}


def compare(
    staged: LayerVersion,
    live: LayerVersion | None,
    *,
    has_private: bool,
    refused: Sequence[UUID] = (),
) -> Diff:
    """The difference; everything is added where nothing is live. Before the version is sealed.

    `refused`: uids of rows that were left out.
    """
    sql = _COMPARE.format(table=feature_table(staged.pk), private=private_table(staged.pk))
    params = {"live": live.pk if live else -1, "with_private": has_private}
    with transaction.atomic(), connection.cursor() as cursor:
        for name in _CONTEXT:
            cursor.execute("SELECT set_config(%s, 'on', true)", [name])
        cursor.execute(sql, params)
        rows = cursor.fetchall()
        for name in _CONTEXT:
            # An outer transaction must not keep the context.
            cursor.execute("SELECT set_config(%s, '', true)", [name])
    diff = _summed(rows)
    if diff.removed and refused:
        diff.removed_refused = _count_refused(staged, live, refused)
    staged.base_version, staged.change = live, diff.as_dict()
    staged.save(update_fields=["base_version", "change"])
    return diff


def _count_refused(staged: LayerVersion, live: LayerVersion | None, refused: Sequence[UUID]) -> int:
    uids = [str(uid) for uid in refused]
    params: dict[str, Any] = {"live": live.pk if live else -1, "refused": uids}
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED.format(table=feature_table(staged.pk)), params)
        return int(cursor.fetchone()[0])


_NAMES = {
    "shape": "changed_shape",
    "values": "changed_values",
    "both": "changed_both",
}


def _summed(rows: list[tuple[str, int, float, list[str]]]) -> Diff:
    diff = Diff()
    for what, count, area, keys in rows:
        setattr(diff, _NAMES.get(what, what), count)
        diff.area_delta_m2 += float(area)
        if what != "unchanged":
            diff.examples[what] = keys
    return diff
