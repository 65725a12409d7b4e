"""What was added, removed and changed between two versions of a layer, feature by feature."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_portal.planner.engine.rows import CHUNK, DIMENSIONS, LINE, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS, fetched
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.definition import LayerDefinition
from layers.partitions import feature_table

_SHAPE = "ST_Transform(coalesce({0}.geom_source, {0}.geom), {1})"
# Another order of corners is no other shape.
_MOVED = "CASE WHEN o.shape = n.shape THEN false ELSE NOT ST_Equals(o.shape, n.shape) END"
# Names of public fields that say something else. Values of fields that are none now are not read.
_FIELDS = """ARRAY(SELECT name FROM unnest(%s::text[]) AS name
  WHERE o.properties -> name IS DISTINCT FROM n.properties -> name ORDER BY name)"""


def changes(
    work: Work,
    definition: LayerDefinition,
    versions: tuple[int, int],
    *,
    name: str,
    fields: list[str],
    ids: tuple[list[int] | None, list[int] | None] = (None, None),
) -> Rows:
    """A stage: the later features that are new or changed, then the earlier ones that are gone.

    `change` is added, removed or changed; `kind` says of changed ones: fields, shape, both. `ids`:
    of a sample, the numbers that are looked at in either version.
    """
    dimension, part = DIMENSIONS[definition.geometry], work.store.stage()
    work.written = 0
    old, new = (feature_table(version) for version in versions)
    public = [field.name for field in definition.public_fields]
    for half, (table, make, drawn) in enumerate(((new, _later, ids[1]), (old, _gone, ids[0]))):
        chosen = [*_chunks(table, drawn)]
        for number, chunk in enumerate(chosen):
            work.told((half + number / len(chosen)) / 2, _("So hai phiên bản"))
            found = make(work, (old, new), public, chunk)
            work.written += work.do(_insert(work, part, found, dimension, name, fields))[0]
    work.store.index(part)
    units = any(field.type.name == "unit" for field in definition.fields)
    return staged(work.store, part, dimension, keeps_units=units)


def _chunks(table: str, drawn: list[int] | None) -> Iterator[Sql]:
    """Conditions over `c`, which hold for the features of a portion."""
    if drawn is not None:
        yield Sql("c.id = ANY(%s)", (drawn,))
        return
    text = f"SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM {table}"
    first, last = fetched(Sql(text))[0]
    for start in range(first, last + 1, CHUNK):
        yield Sql("c.id >= %s AND c.id < %s", (start, start + CHUNK))


def _later(work: Work, tables: tuple[str, str], public: list[str], chunk: Sql) -> Sql:
    """Features of the later version that are new, or not as they were."""
    old, new = tables
    shapes = [_SHAPE.format(f"{one}", work.grid.srid) for one in ("a", "c")]
    return Sql(
        "SELECT n.id, n.uid, n.unit_id, n.properties, n.shape, "
        "CASE WHEN o.uid IS NULL THEN 'added' ELSE 'changed' END AS change, "
        "CASE WHEN o.uid IS NULL THEN NULL WHEN d.moved AND d.fields <> '{}' THEN 'both' "
        "WHEN d.moved THEN 'shape' ELSE 'fields' END AS kind, d.fields, "
        "o.shape AS before FROM "
        f"(SELECT c.*, {shapes[1]} AS shape FROM {new} c WHERE {chunk.text}) n "
        f"LEFT JOIN (SELECT a.*, {shapes[0]} AS shape FROM {old} a) o ON o.uid = n.uid "
        f"CROSS JOIN LATERAL (SELECT {_MOVED} AS moved, {_FIELDS} AS fields OFFSET 0) d "
        "WHERE o.uid IS NULL OR d.moved OR d.fields <> '{}'",
        (*chunk.values, public),
    )


def _gone(work: Work, tables: tuple[str, str], _public: list[str], chunk: Sql) -> Sql:
    """Features of the earlier version that the later one has not."""
    old, new = tables
    shape = _SHAPE.format("c", work.grid.srid)
    return Sql(
        f"SELECT c.id, c.uid, c.unit_id, c.properties, {shape} AS shape, 'removed' AS change, "
        f"NULL::text AS kind, NULL::text[] AS fields, {shape} AS before FROM {old} c "
        f"WHERE {chunk.text} AND NOT EXISTS (SELECT FROM {new} n WHERE n.uid = c.uid)",
        chunk.values,
    )


def _sizes(dimension: int) -> str:
    """Members of what is told beside a shape: how large it was and is; nothing of points."""
    if dimension not in (LINE, POLYGON):
        return ""
    size, of, by = {
        LINE: ("ST_Length", "length_m", "length_change_m"),
        POLYGON: ("ST_Area", "area_m2", "area_change_m2"),
    }[dimension]
    return (
        f", '{of}_before', {size}(c.before), "
        f"'{of}_after', CASE WHEN c.change <> 'removed' THEN {size}(c.shape) END, "
        f"'{by}', CASE c.change WHEN 'removed' THEN 0 ELSE {size}(c.shape) END "
        f"- coalesce({size}(c.before), 0)"
    )


def _insert(work: Work, part: int, found: Sql, dimension: int, name: str, fields: list[str]) -> Sql:
    area = "ST_Area(c.shape)" if dimension == POLYGON else "NULL::float8"
    length = "ST_Length(c.shape)" if dimension == LINE else "NULL::float8"
    pairs = "".join(", %s::text, c.properties -> %s" for _each in fields)
    values = tuple(v for field in fields for v in (f"{name}.{field}", field))
    return Sql(
        f"INSERT INTO {work.store.table(part)} ({COLUMNS}) "
        f"SELECT {work.written} + row_number() OVER (ORDER BY c.id), c.id, c.uid, NULL, c.unit_id, "
        f"jsonb_build_object(%s::text, c.change, %s::text, c.kind{pairs}), {area}, {length}, "
        f"jsonb_build_object('fields', c.fields{_sizes(dimension)}), "
        f"false, false, c.shape, NULL FROM ({found.text}) c",
        (f"{name}.change", f"{name}.kind", *values, *found.values),
    )
