"""The pieces of a result, one by one, as files and lists tell them.

Names of columns are made of the document's own names, so that they are the same in every file of
the question. Shapes come in the system that is asked for.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gis_portal.planner.engine import store
from gis_portal.planner.engine.store import ResultStore, fetched
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.naming import Named, names_of
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import derived_label
from layers.cql2 import Sql
from layers.models import AdminUnit

Json = Any
PAGE = 5_000
BEAT_EVERY = 1_000
# How many parts have been written; what it raises ends the writing.
Beat = Callable[[int], None]
Where = tuple[str, tuple[Any, ...]]
EVERYTHING: Where = ("true", ())


@dataclass(frozen=True)
class PartColumn:
    """One column of the list of parts; `kind`: text, number, boolean."""

    name: str
    label: str
    kind: str


@dataclass(frozen=True)
class Part:
    """One piece; `values` in the order of `part_columns`, `shape` as WKB."""

    seq: int
    values: tuple[Json, ...]
    shape: bytes | None


def part_columns(told: Told) -> tuple[PartColumn, ...]:
    """What is said of every piece, after its number."""
    fields = [c for c in told.groups if c.kind == "field"]
    return (
        PartColumn("feature_name", _("Đối tượng"), "text"),
        PartColumn("other_name", _("Chồng với"), "text"),
        PartColumn("unit_code", _("Mã xã"), "text"),
        PartColumn("unit_name", _("Xã, phường"), "text"),
        *(PartColumn(safe(c.name), c.label, "text") for c in fields),
        *(PartColumn(safe(name), _value_label(name), "text") for name in _value_names(told)),
        PartColumn("area_m2", _("Diện tích, m²"), "number"),
        PartColumn("length_m", _("Chiều dài, m"), "number"),
        PartColumn("whole", _("Nguyên đối tượng"), "boolean"),
        PartColumn("sliver", _("Mảnh vụn"), "boolean"),
        PartColumn("feature", _("Mã đối tượng"), "text"),
        PartColumn("other", _("Mã đối tượng kia"), "text"),
    )


def safe(name: str) -> str:
    """A name that every program takes."""
    return name.replace(".", "_")


def _value_label(name: str) -> str:
    head, _dot, tail = name.partition(".")
    return f"{derived_label(head)}: {tail}" if tail else derived_label(head)


def _value_names(told: Told) -> tuple[str, ...]:
    """Members of what steps worked out for each piece, two levels deep."""
    # Looked for once: a run that is done never changes, and a list is read page by page.
    return _names_in(told.run.pk, str(told.run.finished_at))


@lru_cache(64)
def _names_in(run: UUID, _finished: str) -> tuple[str, ...]:
    table = ResultStore(run).table()
    rows = fetched(
        Sql(
            f"SELECT DISTINCT e.k, s FROM {table} r, jsonb_each(r.value) AS e(k, v) "  # noqa: S608
            "LEFT JOIN LATERAL jsonb_object_keys(CASE WHEN jsonb_typeof(e.v) = 'object' THEN e.v "
            "ELSE '{}' END) AS s ON true WHERE jsonb_typeof(r.value) = 'object' ORDER BY 1, 2"
        )
    )
    return tuple(f"{key}.{inner}" if inner else str(key) for key, inner in rows)


def parts(
    told: Told,
    srid: int,
    *,
    where: Where = EVERYTHING,
    after: int = -1,
    most: int | None = None,
    shapes: bool = True,
) -> Iterator[Part]:
    """In the order of the result, from after that number on; shapes, if any, in that system."""
    run, names = told.run, _value_names(told)
    fields = [c.name for c in told.groups if c.kind == "field"]
    rows = store.rows_sql(run.pk, source_of(run), "geom_source")
    shape = f"ST_AsBinary(ST_Transform(shape, {srid}))" if shapes else "NULL"
    units = _units()
    left = most if most is not None else 2**62
    while left > 0:
        size = min(PAGE, left)
        page = fetched(
            Sql(
                "SELECT seq, a_uid, b_uid, unit_id, classes, area_m2, length_m, value, whole, "  # noqa: S608
                f"sliver, {shape} FROM ({rows}) p "
                f"WHERE seq > %s AND ({where[0]}) ORDER BY seq LIMIT %s",
                (after, *where[1], size),
            )
        )
        called = names_of(told, {UUID(str(uid)) for row in page for uid in row[1:3] if uid})
        for row in page:
            yield _part(row, fields, names, units, called)
        if len(page) < size:
            return
        left, after = left - size, page[-1][0]


def _part(
    row: tuple[Any, ...],
    fields: list[str],
    names: tuple[str, ...],
    units: dict[int, tuple[str, str]],
    called: Mapping[UUID, Named],
) -> Part:
    seq, a_uid, b_uid, unit, classes, area, length, value, whole, sliver, shape = row
    classes, value = store.read(classes) or {}, store.read(value)
    code, name = units.get(unit, (None, None))
    uids = [UUID(str(uid)) if uid else None for uid in (a_uid, b_uid)]
    values = (
        *(called[uid].title if uid is not None and uid in called else None for uid in uids),
        code,
        name,
        *(_text(classes.get(field)) for field in fields),
        *(_text(_inside(value, field)) for field in names),
        area,
        length,
        whole,
        sliver,
        *(str(uid) if uid else None for uid in uids),
    )
    return Part(seq, values, bytes(shape) if shape is not None else None)


def _inside(value: Json, name: str) -> Json:
    head, _dot, tail = name.partition(".")
    found = value.get(head) if isinstance(value, dict) else None
    return (found.get(tail) if isinstance(found, dict) else None) if tail else found


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _units() -> dict[int, tuple[str, str]]:
    rows = AdminUnit.objects.values_list("pk", "code", "name")
    return {pk: (code, name) for pk, code, name in rows}


def count(told: Told) -> int:
    """How many pieces there are, slivers included."""
    return int(told.summary.get("totals", {}).get("count") or 0)


def counted(found: Iterator[Part], beat: Beat) -> Iterator[Part]:
    """The same, saying now and then how many there were."""
    for done, part in enumerate(found):
        if done % BEAT_EVERY == 0:
            beat(done)
        yield part
