"""Shapes that cross themselves are refused, with the feature named.

A version's rows never change: once none of them was found invalid in a grid, nobody looks again.
"""

from django.utils.translation import gettext as _

from gis_portal.planner.engine.errors import InvalidShape
from gis_portal.planner.engine.rows import POINT, Rows
from gis_portal.planner.engine.store import fetched
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.partitions import feature_table

_KNOWN = "SELECT EXISTS (SELECT FROM planner_checked_shapes WHERE version_id = %s AND srid = %s)"
_KEEP = "INSERT INTO planner_checked_shapes VALUES (%s, %s) ON CONFLICT DO NOTHING"


def check_shapes(work: Work, name: str, rows: Rows) -> None:
    """Raises InvalidShape. Rows are features of a version."""
    if rows.dimension == POINT or rows.version is None:
        return
    known = (rows.version, work.grid.srid)
    if fetched(Sql(_KNOWN, known))[0][0]:
        return
    for chunk in rows.chunks():
        work.told(0, _("Kiểm tra hình"))
        _check(work, name, rows, chunk)
    if not rows.filtered:
        fetched(Sql(_KEEP, known))


def _check(work: Work, name: str, rows: Rows, chunk: Sql) -> None:
    assert rows.version is not None
    bad = work.read(
        Sql(
            "SELECT f.key, r.uid, ST_IsValidReason(r.shape) FROM "
            f"({chunk.text}) r JOIN {feature_table(rows.version)} f ON f.id = r.id "
            "WHERE NOT ST_IsValid(r.shape) ORDER BY r.id LIMIT 1",
            chunk.values,
        )
    )
    if bad:
        key, uid, reason = bad[0]
        raise InvalidShape(
            _("“%(input)s”: đối tượng %(key)s có hình tự cắt (%(reason)s).")
            % {"input": name, "key": key, "reason": reason},
            input=name,
            feature=str(uid),
        )
