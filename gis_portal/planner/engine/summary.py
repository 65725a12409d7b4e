"""The answer as a table: rows by units and classes, what is unknown in rows of its own, slivers
apart, and sums that show that the parts are the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gis_portal.planner.document.model import Document, FieldGroup, UnitGroup
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.store import fetched, read
from layers.cql2 import Sql
from layers.models import AdminUnit
from layers.units import today

Json = Any
MOST_ROWS = 5_000
Groups = tuple[UnitGroup | FieldGroup, ...]
_LEVELS = (AdminUnit.PROVINCE, AdminUnit.DISTRICT, AdminUnit.COMMUNE)


@dataclass(frozen=True)
class Summary:
    """What is kept of a run beside its pieces; `as_json` is what `Run.summary` holds."""

    grid: str
    columns: list[dict[str, Json]]
    rows: list[dict[str, Json]]
    totals: dict[str, float]
    slivers: dict[str, Json]
    notes: list[str]
    extent: list[float] | None
    legend: list[dict[str, Json]]
    sums: dict[str, float]
    source: dict[str, Json] = field(default_factory=dict)
    sample: dict[str, Json] | None = None

    def as_json(self) -> dict[str, Json]:
        """As it is stored and told."""
        return dict(vars(self))


def column_names(groups: Groups) -> list[str]:
    """The names of grouping columns in rows: "commune", "parcels.land_use"; units of the same level
    on a further date "commune@2025-06-30".
    """
    names: list[str] = []
    for group in groups:
        name = f"{group.source}.{group.field}" if isinstance(group, FieldGroup) else group.units
        if isinstance(group, UnitGroup) and name in names:
            name = f"{name}@{group.on or 'today'}"
        names.append(name)
    return names


def groups_of(document: Mapping[str, Json]) -> Groups:
    """The groups of a document as it is kept."""
    made: list[UnitGroup | FieldGroup] = []
    for raw in document.get("result", {}).get("group_by", []):
        if "units" in raw:
            on = date.fromisoformat(raw["on"]) if raw.get("on") else None
            made.append(UnitGroup(raw["units"], on))
        else:
            made.append(FieldGroup(*str(raw["field"]).split(".", 1)))
    return tuple(made)


def further_dates(groups: Groups) -> dict[date | None, str]:
    """Where pieces keep their unit on a date: under this key of their classes, on the first date in
    a column of their own ("").
    """
    dates = dict.fromkeys(group.on for group in groups if isinstance(group, UnitGroup))
    return {on: f"@{on or 'today'}" if place else "" for place, on in enumerate(dates)}


def unit_of(key: str, row: str = "r") -> Sql:
    """SQL of the number of a piece's unit on the date that is kept under this key."""
    return Sql(f"({row}.classes ->> %s)::bigint", (key,)) if key else Sql(f"{row}.unit_id")


def table(name: str, document: Document) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
    """(rows, rows of slivers) of a table of pieces. A row: each column by its name (units as their
    code; None is what nobody knows), count, area_m2, length_m.
    """
    groups = document.result.group_by
    names, dates = column_names(groups), further_dates(groups)
    outer: list[str] = []
    inner: list[str] = []
    values: list[Json] = []
    for place, (column, group) in enumerate(zip(names, groups, strict=True)):
        if isinstance(group, UnitGroup):
            key = unit_of(dates[group.on])
            outer.append(unit_column(group, f"g.k{place}"))
        else:
            key = Sql("nullif(r.classes -> %s, 'null')", (column,))
            outer.append(f"g.k{place}")
        inner.append(f"{key.text} AS k{place}, ")
        values += key.values
    within = ", ".join([*(f"k{n}" for n in range(len(groups))), "sliver"])
    places = ", ".join(str(n) for n in range(1, len(groups) + 2))
    ordered = ", ".join(f"{n} NULLS LAST" for n in range(1, len(groups) + 2))
    # Sums of sorted groups only: the order in which numbers are added is the same every time.
    found = fetched(
        Sql(
            f"SELECT {', '.join([*outer, 'g.sliver'])}, sum(g.count)::bigint, sum(g.area), "
            f"sum(g.length) FROM (SELECT {''.join(inner)}r.sliver, count(*) AS count, "
            "sum(r.area_m2) AS area, sum(r.length_m) AS length "
            f"FROM {name} r GROUP BY {within} ORDER BY {within}) g "
            f"GROUP BY {places} ORDER BY {ordered}",
            tuple(values),
        )
    )
    units = _codes({row[n] for row in found for n in _unit_places(groups)} - {None})
    told: tuple[list[dict[str, Json]], list[dict[str, Json]]] = ([], [])
    for row in found:
        line = dict(zip(names, row, strict=False))
        for n, group in enumerate(groups):
            if isinstance(group, FieldGroup):
                line[names[n]] = read(row[n])
        for n in _unit_places(groups):
            line[names[n]], line[f"{names[n]}_name"] = units.get(row[n], (None, None))
        count = len(groups)
        line |= {"count": row[count + 1], "area_m2": row[count + 2], "length_m": row[count + 3]}
        told[1 if row[count] else 0].append(line)
    return told


def _unit_places(groups: Groups) -> list[int]:
    return [n for n, group in enumerate(groups) if isinstance(group, UnitGroup)]


# A unit on a level: itself, its parent, or the parent of that.
_ON_LEVEL = """CASE WHEN u.level = '{level}' THEN u.id WHEN p.level = '{level}' THEN p.id
  WHEN q.level = '{level}' THEN q.id END"""
_PARENTS = """LEFT JOIN layers_adminunit p ON p.id = u.parent_id
  LEFT JOIN layers_adminunit q ON q.id = p.parent_id"""
# The unit of a row on a date: its own, or the one that it came from, where there is but one.
_UNIT = """(SELECT CASE WHEN min(x.id) = max(x.id) THEN min(x.id) END FROM (
  SELECT {on_level} AS id FROM layers_adminunit u {parents}
  WHERE u.id = {unit} AND {in_force}
  UNION ALL SELECT {on_level} FROM layers_adminunit n
  JOIN layers_unitsuccession c ON c.new_id = n.id JOIN layers_adminunit u ON u.id = c.old_id {parents}
  WHERE n.id = {unit} AND NOT {in_force_n} AND {in_force}) x)"""  # noqa: E501


def unit_column(group: UnitGroup, unit: str = "g.unit_id") -> str:
    """The unit of a row on the group's level and date; `unit` is SQL of its number."""
    level = next(level for level in _LEVELS if level == group.units)
    on = f"DATE '{(group.on or today()).isoformat()}'"
    held = "({0}.valid_from <= {1} AND ({0}.valid_to IS NULL OR {0}.valid_to > {1}))"
    return _UNIT.format(
        unit=unit,
        on_level=_ON_LEVEL.format(level=level),
        parents=_PARENTS,
        in_force=held.format("u", on),
        in_force_n=held.format("n", on),
    )


def _codes(ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = AdminUnit.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: (code, name) for pk, code, name in rows}


def shares(rows: list[dict[str, Json]], slivers: list[dict[str, Json]]) -> dict[str, float]:
    """Gives every row its share of the whole, answers the totals."""
    every = [*rows, *slivers]
    totals = {
        name: sum(row[name] or 0 for row in every) for name in ("count", "area_m2", "length_m")
    }
    by = next((n for n in ("area_m2", "length_m", "count") if totals[n]), "count")
    for row in every:
        row["share"] = (row[by] or 0) / totals[by] if totals[by] else None
    return totals


def columns_of(document: Document, definitions: Mapping[str, Any]) -> list[dict[str, Json]]:
    """What each column is, with its words."""
    told: list[dict[str, Json]] = []
    for name, group in zip(
        column_names(document.result.group_by), document.result.group_by, strict=True
    ):
        if isinstance(group, UnitGroup):
            on = group.on.isoformat() if group.on else None
            told.append({"name": name, "kind": "unit", "level": group.units, "on": on})
            continue
        definition = definitions.get(group.source)
        if naming.is_made(document, group.source, group.field):
            definition = None
        declared = definition.by_name.get(group.field) if definition else None
        label = vars(declared.label) if declared else {"vi": group.field, "en": group.field}
        told.append(
            {
                "name": name,
                "kind": "field",
                "layer": definition.slug if definition else None,
                "field": group.field,
                "label": dict(label),
            }
        )
    return [*told, *({"name": m, "kind": "measure"} for m in document.result.measures)]


def extent_of(rows_sql: str) -> list[float] | None:
    """West, south, east, north of all pieces, in degrees."""
    found = fetched(
        Sql(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM "
            f"(SELECT ST_Extent(shape)::box2d AS e FROM ({rows_sql}) p) x"
        )
    )[0]
    return None if found[0] is None else [float(number) for number in found]
