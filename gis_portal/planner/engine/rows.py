"""What a name of a document stands for: rows with a shape in the grid of the run.

A layer is read where it lies, its shape carried to the grid once; what a step makes lies in a
stage. Every `Rows.sql` gives the columns of `NAMES`, numbered by `id`, so that long work goes chunk
by chunk of numbers.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from gis_portal.planner.document.model import AreaInput, LayerInput, UnitsInput
from gis_portal.planner.engine.store import ResultStore, fetched
from layers.cql2 import Sql, compile_filter, queryables_of
from layers.crs import Crs
from layers.definition import LayerDefinition
from layers.partitions import feature_table
from layers.units import today

NAMES = "id, uid, b_uid, unit_id, classes, value, sliver, shape"
DEGREES, GRID = "degrees", "grid"
POINT, LINE, POLYGON = 0, 1, 2
DIMENSIONS = {"point": POINT, "line": LINE, "polygon": POLYGON}
CHUNK = 100_000


@dataclass(frozen=True)
class Rows:
    """Rows of one name.

    Attributes:
        sql: SELECT of `NAMES`, and of the indexed `place` where `Rows.place` tells of one.
        dimension: 0 points, 1 lines, 2 polygons.
        first: the smallest number, `last` the greatest; none when `last` < `first`.
        version: the layer version whose features, as they are, these rows are.
        part: the stage that they lie in, if they do.
        sampled: how many numbers were drawn, where they are a sample.
        keeps_units: their `unit_id` is declared by the layer, in units of today.
    """

    sql: Sql
    dimension: int
    first: int
    last: int
    version: int | None = None
    part: int | None = None
    keeps_units: bool = False
    count: int = 0
    filtered: bool = False
    sampled: int = 0

    @property
    def place(self) -> str | None:
        """What an index finds these rows by: their column `place` in degrees, or in the grid."""
        if self.version is not None:
            return DEGREES
        return GRID if self.part is not None else None

    def boxes(self, size: int) -> Sql:
        """SELECT (number of the chunk, box of its places, longest side of one place's box)."""
        reach = "greatest(ST_XMax(r.place) - ST_XMin(r.place), ST_YMax(r.place) - ST_YMin(r.place))"
        return Sql(
            f"SELECT ((r.id - {self.first}) / {size})::int, "
            "ST_SetSRID(ST_Extent(r.place)::geometry, max(ST_SRID(r.place)))::text, "
            f"max({reach}) FROM ({self.sql.text}) r GROUP BY 1",
            self.sql.values,
        )

    def chunks(self, size: int = CHUNK) -> Iterator[Sql]:
        """The rows in portions that a database computes in seconds."""
        if self.sampled:
            yield self.sql
            return
        for start in range(self.first, self.last + 1, size):
            yield self.between(start, min(start + size, self.last + 1))

    def between(self, start: int, end: int) -> Sql:
        """Those with a number in [start, end)."""
        return Sql(
            f"SELECT * FROM ({self.sql.text}) r WHERE r.id >= %s AND r.id < %s",
            (*self.sql.values, start, end),
        )

    def numbered(self, ids: Iterable[int]) -> "Rows":
        """A sample: only those with these numbers."""
        text = f"SELECT * FROM ({self.sql.text}) r WHERE r.id = ANY(%s)"
        chosen = list(ids)
        sql = Sql(text, (*self.sql.values, chosen))
        return replace(self, sql=sql, filtered=True, sampled=len(chosen))


def layer_rows(
    source: LayerInput,
    definition: LayerDefinition,
    version: int,
    grid: Crs,
    fields: Iterable[str],
    name: str = "",
) -> Rows:
    """Features of a version, with the fields that the document uses."""
    where = Sql("true")
    if source.filter is not None:
        where = filter_sql(source.filter, definition)
    built = Sql("'{}'::jsonb")
    wanted = sorted(set(fields))
    if wanted:
        pairs = ", ".join("%s::text, f.properties -> %s" for _each in wanted)
        values = tuple(v for f in wanted for v in (f"{name or source.name}.{f}", f))
        built = Sql(f"jsonb_build_object({pairs})", values)
    table = feature_table(version)
    sql = Sql(
        f"SELECT f.id, f.uid, NULL::uuid AS b_uid, f.unit_id, {built.text} AS classes, "
        "NULL::jsonb AS value, false AS sliver, "
        f"ST_Transform(coalesce(f.geom_source, f.geom), {grid.srid}) AS shape, f.geom AS place "
        f"FROM {table} f WHERE ({where.text})",
        (*built.values, *where.values),
    )
    first, last, count = fetched(
        Sql(f"SELECT coalesce(min(id), 1), coalesce(max(id), 0), 0 FROM {table}")
    )[0]
    return Rows(
        sql,
        DIMENSIONS[definition.geometry],
        int(first),
        int(last),
        version=version,
        keeps_units=any(f.type.name == "unit" for f in definition.fields),
        count=count or max(0, int(last) - int(first) + 1),
        filtered=source.filter is not None,
    )


def filter_sql(written: object, definition: LayerDefinition) -> Sql:
    """A condition over `f`, from CQL2 text or JSON."""
    if isinstance(written, str):
        return compile_filter(written, "cql2-text", queryables_of(definition))
    return compile_filter(json.dumps(written), "cql2-json", queryables_of(definition))


def area_rows(source: AreaInput, grid: Crs) -> Rows:
    """A planner's own area: one row."""
    sql = Sql(
        "SELECT 1::bigint AS id, p.id AS uid, NULL::uuid AS b_uid, NULL::bigint AS unit_id, "
        "jsonb_build_object(%s::text, p.name) AS classes, NULL::jsonb AS value, false AS sliver, "
        f"ST_Transform(p.geom_source, {grid.srid}) AS shape "
        "FROM planner_plannerarea p WHERE p.id = %s",
        (f"{source.name}.name", str(source.area)),
    )
    return Rows(sql, POLYGON, 1, 1, count=1)


def unit_rows(source: UnitsInput, grid: Crs) -> Rows:
    """Units of a level as they were on a date, those that have a shape."""
    on = source.on or today()
    shape = f"ST_Transform(u.geom, {grid.srid})"
    sql = Sql(
        # A unit has no uid: one is made of its number, the same every time.
        "SELECT u.id, lpad(to_hex(u.id), 32, '0')::uuid AS uid, NULL::uuid AS b_uid, "
        "u.id AS unit_id, jsonb_build_object(%s::text, u.code, %s::text, u.name) AS classes, "
        "NULL::jsonb AS value, "
        f"false AS sliver, CASE WHEN ST_IsValid({shape}) THEN {shape} "
        f"ELSE ST_CollectionExtract(ST_MakeValid({shape}), 3) END AS shape "
        "FROM layers_adminunit u WHERE u.level = %s AND u.geom IS NOT NULL "
        "AND u.valid_from <= %s AND (u.valid_to IS NULL OR u.valid_to > %s)",
        (f"{source.name}.code", f"{source.name}.name", source.units, on, on),
    )
    first, last, count = fetched(
        Sql(
            f"SELECT coalesce(min(id), 1), coalesce(max(id), 0), count(*) FROM ({sql.text}) u",
            sql.values,
        )
    )[0]
    return Rows(sql, POLYGON, first, last, count=count, keeps_units=is_of_today(source.on))


def is_of_today(on: date | None) -> bool:
    """Units of that date are those that features name."""
    if on is None or on >= today():
        return True
    later = fetched(
        Sql(
            "SELECT EXISTS (SELECT FROM layers_adminunit WHERE level = 'commune' "
            "AND (valid_from > %s AND valid_from <= %s OR valid_to > %s AND valid_to <= %s))",
            (on, today(), on, today()),
        )
    )
    return not later[0][0]


def staged(store: ResultStore, part: int, dimension: int, *, keeps_units: bool) -> Rows:
    """The rows that were written to a stage."""
    table = store.table(part)
    count = fetched(Sql(f"SELECT coalesce(max(seq), 0) FROM {table}"))[0][0]
    sql = Sql(
        "SELECT s.seq AS id, s.a_uid AS uid, s.b_uid, s.unit_id, s.classes, s.value, s.sliver, "
        f"s.geom AS shape, s.geom AS place FROM {table} s"
    )
    return Rows(sql, dimension, 1, int(count), part=part, keeps_units=keeps_units, count=int(count))
