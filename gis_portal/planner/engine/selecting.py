"""Rows of a set that fulfil a filter, lie so to another set, or lie near one.

What is found are numbers in a stage: the rows stay the features that they are.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import CHUNK, Rows
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.partitions import feature_table

# How a row `r` lies to one `s` of the other set; the index finds what may.
RELATIONS = {
    "intersects": "ST_Intersects(s.geom, r.shape)",
    "within": "ST_Covers(s.geom, r.shape)",
    "contains": "ST_Covers(r.shape, s.geom)",
    "disjoint": "ST_Intersects(s.geom, r.shape)",
}


def filtered(rows: Rows, condition: Sql, version: int, before: int | None = None) -> Rows:
    """The rows whose feature of a version fulfils a condition over `f`; of features that are not in
    it any more, as they were in the version `before`.
    """
    last = f"SELECT FROM {feature_table(version)} f WHERE f.uid = r.uid"
    where, values = f"EXISTS ({last} AND ({condition.text}))", condition.values
    if before is not None:
        was = f"SELECT FROM {feature_table(before)} f WHERE f.uid = r.uid"
        where = f"{where} OR NOT EXISTS ({last}) AND EXISTS ({was} AND ({condition.text}))"
        values = (*values, *condition.values)
    sql = Sql(f"SELECT r.* FROM ({rows.sql.text}) r WHERE {where}", (*rows.sql.values, *values))
    return replace(rows, sql=sql, filtered=True, part=None)


def related(work: Work, rows: Rows, relation: str, other: Rows) -> Rows:
    """The rows that lie so to any one of the others; `disjoint`: to none of them."""
    whole = work.into_stage(other)
    assert whole.part is not None
    has = f"EXISTS (SELECT FROM {work.store.table(whole.part)} s WHERE {RELATIONS[relation]})"
    return chosen(work, rows, Sql(f"NOT {has}" if relation == "disjoint" else has))


def near(work: Work, rows: Rows, metres: float, other: Rows) -> Rows:
    """The rows at most so many metres from any of the others."""
    whole = work.into_stage(other)
    assert whole.part is not None
    table = work.store.table(whole.part)
    condition = f"EXISTS (SELECT FROM {table} s WHERE ST_DWithin(s.geom, r.shape, %s))"
    return chosen(work, rows, Sql(condition, (float(metres),)))


def chosen(work: Work, rows: Rows, condition: Sql) -> Rows:
    """The rows `r` that fulfil a condition, looked at once."""
    part = work.store.stage()
    table = work.store.table(part)
    for number, chunk in enumerate(rows.chunks(CHUNK // 4)):
        done = number * (CHUNK // 4) / max(1, rows.last - rows.first + 1)
        work.told(min(1.0, done), _("Chọn đối tượng"))
        work.do(
            Sql(
                f"INSERT INTO {table} (seq) SELECT r.id FROM ({chunk.text}) r "
                f"WHERE {condition.text}",
                (*chunk.values, *condition.values),
            )
        )
    work.store.index(part)
    text = f"SELECT r.* FROM ({rows.sql.text}) r JOIN {table} c ON c.seq = r.id"
    return replace(rows, sql=Sql(text, rows.sql.values), part=None, filtered=True)
