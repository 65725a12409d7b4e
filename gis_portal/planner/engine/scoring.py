"""Candidates by weighted criteria: each from 0 at its worst to 1 at its best, the parts shown."""

import json
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.document.model import Criterion, Must, Score
from gis_portal.planner.engine.rows import LINE, POINT, POLYGON, Rows, staged
from gis_portal.planner.engine.selecting import chosen
from gis_portal.planner.engine.store import COLUMNS
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql

CHUNK = 5_000
# Wholly inside, but for the noise of computing.
WHOLLY = 1 - 1e-9


@dataclass
class Scoring:
    """The sets that criteria look at, by name, and the keys of fields in `classes`."""

    work: Work
    dimension: int
    tables: dict[str, str]
    keys: dict[str, str]

    def value(self, part: Criterion | Must) -> Sql:
        """SQL of a number for the row `r`, null where nobody knows."""
        if part.kind == "area":
            return Sql("ST_Area(r.shape)")
        if part.kind == "field":
            key = self.keys[part.field or ""]
            return Sql(
                "(CASE WHEN jsonb_typeof(r.classes -> %s) = 'number' "
                "THEN (r.classes ->> %s)::float8 END)",
                (key, key),
            )
        table = self.tables[part.to or ""]
        if part.kind == "distance":
            return Sql(
                f"coalesce((SELECT ST_Distance(s.geom, r.shape) FROM {table} s "
                "ORDER BY s.geom <-> r.shape LIMIT 1), 'infinity')"
            )
        share = self._share(table)
        return Sql(share if part.kind == "inside" else f"(1 - {share})")

    def _share(self, table: str) -> str:
        touching = f"FROM {table} s WHERE ST_Intersects(s.geom, r.shape)"
        if self.dimension == POINT:
            return f"(CASE WHEN EXISTS (SELECT {touching}) THEN 1 ELSE 0 END)::float8"
        size = "ST_Area" if self.dimension == POLYGON else "ST_Length"
        # least() passes nulls over: what touches nothing has to be 0 before it.
        return (
            f"least(1, coalesce((SELECT {size}(ST_Intersection(r.shape, ST_Union(s.geom))) "
            f"/ nullif({size}(r.shape), 0) {touching}), 0))"
        )


def bounds(must: Must, value: str) -> Sql:
    """What a candidate has to fulfil, over its value."""
    conditions, values = [], []
    if must.equals is not None:
        return Sql(f"{value} = %s", (must.equals,))
    least = must.min
    if least is None and must.max is None and must.kind in ("inside", "outside"):
        least = WHOLLY
    if least is not None:
        conditions.append(f"{value} >= %s")
        values.append(float(least))
    if must.max is not None:
        conditions.append(f"{value} <= %s")
        values.append(float(must.max))
    return Sql(" AND ".join(conditions) or f"{value} IS NOT NULL", tuple(values))


def normed(part: Criterion, value: str) -> Sql:
    """0 at `worst`, 1 at `best`; unknown counts as the worst."""
    best = 1.0 if part.best is None else float(part.best)
    worst = 0.0 if part.worst is None else float(part.worst)
    if best == worst:
        return Sql(f"(CASE WHEN {value} = %s THEN 1.0 ELSE 0.0 END)", (best,))
    return Sql(
        f"coalesce(least(1, greatest(0, ({value} - %s) / %s)), 0)::float8", (worst, best - worst)
    )


def _musts(scoring: Scoring, rows: Rows, step: Score) -> Rows:
    """Those that fulfil everything, one condition after another so that each looks at fewer."""
    cheap = ("field", "area", "distance", "outside", "inside")
    for must in sorted(step.must, key=lambda must: cheap.index(must.kind)):
        if must.kind == "field" and must.equals is not None:
            key = scoring.keys[must.field or ""]
            # 3 is 3.0, and "3" of a field that was a text once.
            condition = Sql(
                "(r.classes -> %s = %s::jsonb OR r.classes ->> %s = %s)",
                (key, json.dumps(must.equals), key, _text(must.equals)),
            )
        else:
            value = scoring.value(must)
            bound = bounds(must, "v.v")
            condition = Sql(
                f"EXISTS (SELECT FROM (SELECT {value.text} AS v OFFSET 0) v WHERE {bound.text})",
                (*value.values, *bound.values),
            )
        rows = chosen(scoring.work, rows, condition)
    return rows


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def score(scoring: Scoring, rows: Rows, step: Score) -> Rows:
    """A stage of the candidates, best first: rank in `classes`, score and its parts in `value`."""
    work, rows = scoring.work, _musts(scoring, rows, step)
    values = [scoring.value(part) for part in step.criteria]
    norms = [normed(part, f"v{n}.v") for n, part in enumerate(step.criteria)]
    weights = sum(part.weight for part in step.criteria) or 1.0
    laterals = " ".join(
        f"CROSS JOIN LATERAL (SELECT {value.text} AS v OFFSET 0) v{n}"
        for n, value in enumerate(values)
    )
    parts = ", ".join(
        f"%s::text, jsonb_build_object('value', nullif(v{n}.v, 'infinity'), "
        f"'score', {norm.text}, 'weight', %s::float8)"
        for n, norm in enumerate(norms)
    )
    total = " + ".join(f"%s::float8 * {norm.text}" for norm in norms)
    bound = tuple(
        v
        for part, norm in zip(step.criteria, norms, strict=True)
        for v in (part.id, *norm.values, part.weight)
    )
    added = tuple(
        v
        for part, norm in zip(step.criteria, norms, strict=True)
        for v in (part.weight / weights, *norm.values)
    )
    found = work.store.stage()
    chunks = list(rows.chunks(CHUNK))
    for number, chunk in enumerate(chunks):
        work.told(number / len(chunks), _("Chấm điểm"))
        work.do(
            Sql(
                f"INSERT INTO {work.store.table(found)} "
                "(seq, a_id, a_uid, b_uid, unit_id, sliver, classes, value, area_m2, geom) "
                "SELECT r.id, r.id, r.uid, r.b_uid, r.unit_id, r.sliver, r.classes, "
                f"jsonb_build_object('parts', jsonb_build_object({parts})), {total}, r.shape "
                f"FROM ({chunk.text}) r {laterals}",
                (*bound, *added, *chunk.values, *(v for value in values for v in value.values)),
            )
        )
    return _ranked(scoring, rows, step, found)


def _ranked(scoring: Scoring, rows: Rows, step: Score, found: int) -> Rows:
    work, part = scoring.work, scoring.work.store.stage()
    limit = "LIMIT %s" if step.top is not None else ""
    area = "ST_Area(o.geom)" if rows.dimension == POLYGON else "NULL::float8"
    length = "ST_Length(o.geom)" if rows.dimension == LINE else "NULL::float8"
    work.do(
        Sql(
            f"INSERT INTO {work.store.table(part)} ({COLUMNS}) "
            "SELECT o.rank, o.a_id, o.a_uid, o.b_uid, o.unit_id, "
            f"o.classes || jsonb_build_object(%s::text, o.rank), {area}, {length}, "
            "o.value || jsonb_build_object('score', o.area_m2, 'rank', o.rank), "
            "false, o.sliver, o.geom, NULL FROM ("
            # The last digits of a score hang on how shapes were cut: they do not rank.
            "SELECT s.*, row_number() OVER "
            "(ORDER BY round(s.area_m2::numeric, 9) DESC, s.a_uid) AS rank "
            f"FROM {work.store.table(found)} s ORDER BY rank {limit}) o",
            (f"{step.id}.rank", *(() if step.top is None else (step.top,))),
        )
    )
    work.store.index(part)
    return staged(work.store, part, rows.dimension, keeps_units=rows.keeps_units)
