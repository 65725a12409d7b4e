"""Which pieces stand behind a row of the result, and which row a piece stands in.

The only pages' module that asks the tables of a run; `engine/store.py` knows their names.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gis_portal.planner.document.model import UnitGroup
from gis_portal.planner.engine import store
from gis_portal.planner.engine.store import ResultStore, fetched, read
from gis_portal.planner.engine.summary import (
    column_names,
    further_dates,
    groups_of,
    unit_column,
    unit_of,
)
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.told import Line, Told
from layers.cql2 import Sql
from layers.models import AdminUnit

Json = Any
ROW, SLIVER, ALL = "row", "sliver", "all"
# Outlines that the map shows of a row at once: the browser draws them on top of the tiles.
MOST_OUTLINES = 1_500


@dataclass(frozen=True)
class Wanted:
    """Pieces that somebody asks for: of a row, of a row of slivers, or all; `place` from 0 on."""

    kind: str = ALL
    place: int = 0
    line: Line | None = None

    @property
    def count(self) -> int | None:
        """How many, where that is known without counting."""
        return None if self.line is None else int(self.line.values.get("count") or 0)


@dataclass(frozen=True)
class RowPiece:
    """One piece; `value` is what steps worked out for it."""

    seq: int
    a_uid: UUID | None
    b_uid: UUID | None
    unit_id: int | None
    classes: dict[str, Json]
    value: dict[str, Json]
    area_m2: float | None
    length_m: float | None
    whole: bool
    sliver: bool


def condition(about: Told, wanted: Wanted) -> Sql:
    """Over `r`, the table of the run."""
    if wanted.line is None:
        return Sql("true")
    conditions: list[str] = ["r.sliver" if wanted.kind == SLIVER else "NOT r.sliver"]
    values: list[Json] = []
    for column in about.groups:
        raw = wanted.line.values.get(column.name)
        if column.kind == "field":
            conditions.append("nullif(r.classes -> %s, 'null') IS NOT DISTINCT FROM %s::jsonb")
            values += [column.name, None if raw is None else json.dumps(raw)]
            continue
        units = [unit for unit, code in _codes(about, column.name).items() if code == raw]
        known = [unit for unit in units if unit is not None]
        own = unit_of(_key(about, column.name)[1])
        conditions.append(f"{own.text} = ANY(%s)")
        values += [*own.values, known]
        if None in units:
            conditions[-1] = f"({own.text} IS NULL OR {conditions[-1]})"
            values[-1:-1] = own.values
    return Sql(" AND ".join(conditions), tuple(values))


def _key(about: Told, name: str) -> tuple[UnitGroup, str]:
    """What a column of units is told by, and the key under which pieces keep that unit."""
    groups = groups_of(about.run.document)
    group = groups[column_names(groups).index(name)]
    assert isinstance(group, UnitGroup)
    return group, further_dates(groups)[group.on]


def _codes(about: Told, name: str) -> dict[int | None, str | None]:
    """Units of pieces → code of the unit that a column of the result counts them to."""
    group, key = _key(about, name)
    own, table = unit_of(key), ResultStore(about.run.pk).table()
    rows = fetched(
        Sql(
            f"SELECT g.unit_id, {unit_column(group)} "  # noqa: S608
            f"FROM (SELECT DISTINCT {own.text} AS unit_id FROM {table} r) g",
            own.values,
        )
    )
    known = AdminUnit.objects.filter(pk__in={row[1] for row in rows if row[1] is not None})
    codes = dict(known.values_list("pk", "code"))
    return {unit: codes.get(counted) for unit, counted in rows}


def page_of(about: Told, wanted: Wanted, *, first: int, size: int) -> list[RowPiece]:
    """The best ones first where they have a rank, else the largest."""
    where = condition(about, wanted)
    table = ResultStore(about.run.pk).table()
    rows = fetched(
        Sql(
            "SELECT r.seq, r.a_uid, r.b_uid, r.unit_id, r.classes, r.value, r.area_m2, "  # noqa: S608
            f"r.length_m, r.whole, r.sliver FROM {table} r WHERE {where.text} "
            "ORDER BY (r.value ->> 'rank')::float8 NULLS LAST, r.area_m2 DESC NULLS LAST, "
            "r.length_m DESC NULLS LAST, r.seq OFFSET %s LIMIT %s",
            (*where.values, first, size),
        )
    )
    return [_piece(row) for row in rows]


def piece_of(about: Told, seq: int) -> RowPiece | None:
    """One piece by its number."""
    table = ResultStore(about.run.pk).table()
    rows = fetched(
        Sql(
            "SELECT r.seq, r.a_uid, r.b_uid, r.unit_id, r.classes, r.value, r.area_m2, "  # noqa: S608
            f"r.length_m, r.whole, r.sliver FROM {table} r WHERE r.seq = %s",
            (seq,),
        )
    )
    return _piece(rows[0]) if rows else None


def _piece(row: tuple[Any, ...]) -> RowPiece:
    seq, a_uid, b_uid, unit, classes, value, area, length, whole, sliver = row
    told = read(value)
    return RowPiece(
        seq, _uuid(a_uid), _uuid(b_uid), unit, read(classes) or {},
        told if isinstance(told, dict) else {}, area, length, whole, sliver,
    )  # fmt: skip


def _uuid(raw: Any) -> UUID | None:
    return None if raw is None else UUID(str(raw))


def row_of(about: Told, piece: RowPiece) -> Wanted | None:
    """The row that a piece is counted in; None where only files hold it."""
    lines = about.slivers if piece.sliver else about.lines
    values: dict[str, Json] = {}
    for column in about.groups:
        if column.kind == "field":
            values[column.name] = piece.classes.get(column.name)
        else:
            key = _key(about, column.name)[1]
            unit = piece.classes.get(key) if key else piece.unit_id
            values[column.name] = _codes(about, column.name).get(unit)
    for place, line in enumerate(lines):
        if all(line.values.get(name) == value for name, value in values.items()):
            return Wanted(SLIVER if piece.sliver else ROW, place, line)
    return None


def outlines(about: Told, wanted: Wanted, seq: int | None = None) -> dict[str, Json]:
    """A feature collection of the largest ones, in degrees, and the box that holds them."""
    where = condition(about, wanted) if seq is None else Sql("r.seq = %s", (seq,))
    table = ResultStore(about.run.pk).table()
    chosen = (
        f"SELECT r.seq FROM {table} r WHERE {where.text} "  # noqa: S608
        "ORDER BY r.area_m2 DESC NULLS LAST, r.seq LIMIT %s"
    )
    shapes = store.rows_sql(about.run.pk, source_of(about.run), "geom")
    rows = fetched(
        Sql(
            "SELECT ST_AsGeoJSON(ST_SimplifyPreserveTopology(p.shape, 0.00002), 6), "  # noqa: S608
            "ST_XMin(p.shape), ST_YMin(p.shape), ST_XMax(p.shape), ST_YMax(p.shape) "
            f"FROM ({shapes}) p WHERE p.seq IN ({chosen}) AND p.shape IS NOT NULL",
            (*where.values, MOST_OUTLINES),
        )
    )
    return {
        "shapes": {"type": "FeatureCollection", "features": list(_features(rows))},
        "extent": [
            min(row[1] for row in rows), min(row[2] for row in rows),
            max(row[3] for row in rows), max(row[4] for row in rows),
        ] if rows else None,
    }  # fmt: skip


def _features(rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Json]]:
    for row in rows:
        yield {"type": "Feature", "properties": {}, "geometry": json.loads(row[0])}
