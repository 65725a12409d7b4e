"""Sets made of two: the nearest, what lies in each, what circles cover; and one set made one."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import LINE, POINT, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql


@dataclass(frozen=True)
class Made:
    """What a statement makes of each row `r` of a chunk: columns beside those of the row.

    `name` is bound in `classes`, `values` in `joins`. `cuts`: shapes are parts of those of the
    rows, with noise and slivers among them.
    """

    classes: str
    name: str
    value: str = "r.value"
    shape: str = "r.shape"
    b_uid: str = "r.b_uid"
    order: str = "r.id"
    joins: str = ""
    values: tuple[object, ...] = ()
    cuts: bool = False


def made_of(work: Work, rows: Rows, made: Made, *, note: str, size: int, dimension: int) -> Rows:
    """A stage of what is made of each row, chunk by chunk."""
    part, work.written = work.store.stage(), 0
    starts = list(rows.chunks(size))
    area = "ST_Area(x.shape)" if dimension == POLYGON else "NULL::float8"
    length = "ST_Length(x.shape)" if dimension == LINE else "NULL::float8"
    sliver, whole, is_any = "x.sliver", "NULL::float8", "NOT ST_IsEmpty(x.shape)"
    if made.cuts:
        cut, noise = work.measured("x.shape", dimension), work.noise(dimension)
        small = work.is_sliver(dimension, "x.shape", cut, "x.whole")
        sliver = f"x.sliver OR {cut} < x.whole - {noise} AND {small}"
        whole, is_any = work.measured("r.shape", dimension), f"{cut} > {noise}"
    for number, chunk in enumerate(starts):
        work.told(number / len(starts), note)
        text = (
            f"INSERT INTO {work.store.table(part)} ({COLUMNS}) "
            f"SELECT {work.written} + row_number() OVER (ORDER BY x.place), x.id, x.uid, x.by, "
            f"x.unit_id, x.made, {area}, {length}, x.told, false, {sliver}, x.shape, NULL FROM ("
            f"SELECT {whole} AS whole, r.id, r.uid, {made.b_uid} AS by, r.unit_id, "
            f"{made.classes} AS made, "
            f"{made.value} AS told, r.sliver, {made.shape} AS shape, ROW({made.order}) AS place "
            f"FROM ({chunk.text}) r {made.joins} OFFSET 0) x "
            f"WHERE {is_any}"
        )
        values = (made.name, *chunk.values, *made.values)
        work.written += work.do(Sql(text, values))[0]
    work.store.index(part)
    return staged(work.store, part, dimension, keeps_units=rows.keeps_units)


def nearest(
    work: Work, rows: Rows, other: Rows, *, name: str, k: int, metres: float | None
) -> Rows:
    """For each row its `k` nearest of the others: a row a pair, with rank and distance."""
    whole = work.into_stage(other)
    assert whole.part is not None
    reach = "WHERE ST_DWithin(s.geom, r.shape, %s)" if metres is not None else ""
    made = Made(
        classes="r.classes || n.classes || jsonb_build_object(%s::text, n.rank)",
        value=(
            "coalesce(r.value, '{}') || jsonb_build_object('distance_m', n.metres, 'rank', n.rank)"
        ),
        b_uid="n.a_uid",
        order="r.id, n.rank",
        joins=(
            "CROSS JOIN LATERAL (SELECT s.a_uid, s.classes, ST_Distance(s.geom, r.shape) AS metres,"
            " row_number() OVER (ORDER BY ST_Distance(s.geom, r.shape), s.seq) AS rank FROM ("
            f"SELECT * FROM {work.store.table(whole.part)} s {reach} "
            "ORDER BY s.geom <-> r.shape, s.seq LIMIT %s) s) n"
        ),
        name=f"{name}.rank",
        values=(*(() if metres is None else (float(metres),)), k),
    )
    note = _("Tìm đối tượng gần nhất")
    return made_of(work, rows, made, note=note, size=10_000, dimension=rows.dimension)


def count_in(work: Work, rows: Rows, places: Rows, *, name: str) -> Rows:
    """Each place with the number of rows in it: a row counts where a point inside of it lies."""
    inner = "r.shape" if rows.dimension == POINT else "ST_PointOnSurface(r.shape)"
    points = Sql(
        "SELECT r.id, r.uid, r.b_uid, r.unit_id, r.classes, r.value, r.sliver, "
        f"{inner} AS shape FROM ({rows.sql.text}) r",
        rows.sql.values,
    )
    whole = work.into_stage(replace(rows, sql=points, dimension=POINT, version=None, part=None))
    assert whole.part is not None
    made = Made(
        classes="r.classes || jsonb_build_object(%s::text, n.count)",
        value="coalesce(r.value, '{}') || jsonb_build_object('count', n.count)",
        joins=(
            f"CROSS JOIN LATERAL (SELECT count(*) FROM {work.store.table(whole.part)} s "
            "WHERE ST_Intersects(r.shape, s.geom)) n"
        ),
        name=f"{name}.count",
    )
    return made_of(
        work, places, made, note=_("Đếm trong từng vùng"), size=200, dimension=places.dimension
    )


def coverage(work: Work, circles: Rows, places: Rows, *, name: str) -> Rows:
    """Each place in two rows: what the circles cover of it together, and what stays uncovered."""
    whole = work.into_stage(circles, _("Vẽ vùng phủ"))
    assert whole.part is not None
    extract = places.dimension + 1
    made = Made(
        classes="r.classes || jsonb_build_object(%s::text, n.covered)",
        shape="n.shape",
        order="r.id, NOT n.covered",
        joins=(
            "CROSS JOIN LATERAL (SELECT ST_Union(s.geom) AS shape FROM "
            f"{work.store.table(whole.part)} s WHERE ST_Intersects(r.shape, s.geom) OFFSET 0) u "
            "CROSS JOIN LATERAL (VALUES "
            f"(true, ST_CollectionExtract(ST_Intersection(r.shape, u.shape), {extract})), "
            "(false, CASE WHEN u.shape IS NULL THEN r.shape "
            f"ELSE ST_CollectionExtract(ST_Difference(r.shape, u.shape), {extract}) END)) "
            "AS n(covered, shape)"
        ),
        name=f"{name}.covered",
        cuts=True,
    )
    return made_of(
        work, places, made, note=_("Tính phần được phủ"), size=10, dimension=places.dimension
    )


def dissolve(work: Work, rows: Rows, *, name: str, by: tuple[str, ...], keys: list[str]) -> Rows:
    """One shape, or one for each value of the fields: first within chunks, then all together."""
    parts = work.store.stage()
    pairs = ", ".join("%s::text, r.classes -> %s" for _each in by)
    names = tuple(v for f, key in zip(by, keys, strict=True) for v in (f"{name}.{f}", key))
    chunks = list(rows.chunks(10_000))
    for number, chunk in enumerate(chunks):
        work.told(number / len(chunks), _("Gộp vùng"))
        work.do(
            Sql(
                f"INSERT INTO {work.store.table(parts)} (classes, geom) "
                "SELECT c.classes, ST_Union(c.shape) FROM ("
                f"SELECT jsonb_build_object({pairs}) AS classes, r.shape "
                f"FROM ({chunk.text}) r) c GROUP BY c.classes",
                (*names, *chunk.values),
            )
        )
    part = work.store.stage()
    area = "ST_Area(u.geom)" if rows.dimension == POLYGON else "NULL::float8"
    length = "ST_Length(u.geom)" if rows.dimension == LINE else "NULL::float8"
    work.do(
        Sql(
            f"INSERT INTO {work.store.table(part)} ({COLUMNS}) "
            "SELECT row_number() OVER (ORDER BY u.classes), "
            "row_number() OVER (ORDER BY u.classes), md5(u.classes::text)::uuid, NULL, NULL, "
            f"u.classes, {area}, {length}, NULL, false, false, u.geom, NULL FROM ("
            "SELECT classes, ST_Union(geom) AS geom "
            f"FROM {work.store.table(parts)} GROUP BY classes) u"
        )
    )
    work.store.index(part)
    return staged(work.store, part, rows.dimension, keeps_units=False)
