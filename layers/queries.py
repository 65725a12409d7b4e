"""Reading features of one version: pages of GeoJSON built by the database, counts, one feature.

Called by `layers.api`; written for the indexes that `layers.partitions` makes in every version.
Values are always bound; names of fields come from the declaration only. Every statement carries the
version, without which PostgreSQL plans over all partitions (16–149 ms instead of 0.2).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from layers.cql2.sql import Sql
from layers.definition import Field

# Seven decimals of a degree are about 1 cm; more is noise of the transformation, a third more
# bytes.
COORDINATE_DIGITS = 7
# Casts that expression indexes are made with; days and moments are compared as the ISO text they
# are stored as.
INDEXED_CASTS = frozenset({"numeric", "bigint", "boolean"})

# RFC 7946 wants shells counter-clockwise; rows hold them as the tiles want them.
# $fields: columns of jsonb_to_record; keys that the version does not hold come out as null.
_PAGE = """
WITH page AS MATERIALIZED (
  SELECT f.id, f.uid, f.unit_id, f.area_m2, f.length_m, f.geom, f.properties
  FROM layers_feature f WHERE {where}
  ORDER BY {order} LIMIT %s
), lines AS (
  SELECT page.id, row_number() OVER (ORDER BY page.id) AS place,
    '{{"type":"Feature","id":"' || page.uid || '","geometry":'
      || coalesce(ST_AsGeoJSON(ST_ForcePolygonCCW(page.geom), {digits}), 'null')
      || ',"properties":' || row_to_json(p)::text || '}}' AS feature
  FROM page LEFT JOIN layers_adminunit u ON u.id = page.unit_id,
  LATERAL (SELECT {columns}) p
)
SELECT string_agg(feature, ',' ORDER BY id) FILTER (WHERE place <= %s),
  count(*) FILTER (WHERE place <= %s), max(id) FILTER (WHERE place <= %s), count(*)
FROM lines
"""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM layers_feature f WHERE {where} LIMIT %s) AS capped"
_BOX = "ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
# Boxes that overlap are not yet shapes that meet; only shapes across the edge are compared. CASE,
# not OR: the planner would make index conditions of an OR and give up the key order.
_MEETS = f"""(f.geom && {_BOX}
  AND CASE WHEN f.geom @ {_BOX} THEN true ELSE ST_Intersects(f.geom, {_BOX}) END)"""
_UNITS = """f.unit_id IN (
  SELECT u.id FROM layers_adminunit u LEFT JOIN layers_adminunit up ON up.id = u.parent_id
  WHERE u.valid_to IS NULL AND (u.code = %s OR up.code = %s))"""


@dataclass(frozen=True)
class SortKey:
    """One key of an order: an expression over the row `f`; features without a value come last."""

    expression: Sql
    descending: bool = False


@dataclass(frozen=True)
class Selection:
    """Which features of a version, in which order.

    Attributes:
        bbox: west, south, east, north (west > east: across the 180th meridian, degrees only).
        bbox_srid: the box's system; x is east and y is north whatever its official axes are.
        unit: code of a unit in force; a province stands for its communes.
        equal: fields equal to values.
        filter: a compiled condition over the row `f`.
        sort: keys of the order; features equal in all of them, and without any, are in order of id.
    """

    version_id: int
    bbox: tuple[float, float, float, float] | None = None
    unit: str = ""
    equal: tuple[tuple[Field, Any], ...] = ()
    filter: Sql | None = None
    bbox_srid: int = 4326
    sort: tuple[SortKey, ...] = ()

    @property
    def boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """The box, or its two halves on either side of the 180th meridian; none without a box."""
        if self.bbox is None:
            return ()
        west, south, east, north = self.bbox
        if west <= east:
            return (self.bbox,)
        return (west, south, 180.0, north), (-180.0, south, east, north)


@dataclass(frozen=True)
class Page:
    """GeoJSON features joined by commas; `last_id` is the token of the next page, if there is
    one.
    """

    features: str
    count: int
    last_id: int | None
    has_more: bool


@dataclass
class _Condition:
    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values += values

    def __str__(self) -> str:
        return " AND ".join(self.parts)


def features_page(
    selection: Selection, fields: tuple[Field, ...], *, limit: int, after: int | None = None
) -> Page:
    """One page in order of id, as GeoJSON text; one statement whatever the size."""
    where, order, order_values = _condition(selection), "f.id", []
    start = 0 if after is None else after
    where.add("f.id > %s::bigint", start)
    if len(selection.boxes) == 1:
        # The composite GiST (geom, point(id, 0)) streams the box in key order; ORDER BY id alone
        # would walk the primary key past everything outside it. >> is the index's own f.id > last.
        key = "point(f.id::float8, 0)"
        where.add(f"{key} >> point(%s::float8, 0)", start)
        order, order_values = f"{key} <-> point(%s::float8, 0)", [start]
    statement = _PAGE.format(
        where=where, order=order, digits=COORDINATE_DIGITS, columns=_columns(fields)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*where.values, *order_values, limit + 1, limit, limit, limit])
        text, count, last_id, found = cursor.fetchone()
    return Page(text or "", count, last_id, found > limit)


def count_matching(selection: Selection, *, cap: int) -> int | None:
    """How many features match, or None when more than `cap`: counting all would be slow."""
    where = _condition(selection)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(where=where), [*where.values, cap + 1])
        (count,) = cursor.fetchone()
    return count if count <= cap else None


def condition_of(selection: Selection) -> Sql:
    """The WHERE of a selection over `layers_feature f`, version included."""
    where = _condition(selection)
    return Sql(str(where), tuple(where.values))


def _condition(selection: Selection) -> _Condition:
    where = _Condition()
    where.add("f.version_id = %s", selection.version_id)
    if selection.boxes:
        meets = " OR ".join([_MEETS] * len(selection.boxes))
        where.add(f"({meets})", *(edge for box in selection.boxes for edge in box * 3))
    if selection.unit:
        where.add(_UNITS, selection.unit, selection.unit)
    for declared, value in selection.equal:
        where.add(*_equal(declared, value))
    if selection.filter is not None:
        where.add(f"({selection.filter.text})", *selection.filter.values)
    return where


def _equal(declared: Field, value: Any) -> tuple[str, *tuple[Any, ...]]:
    """Equality on one declared field, in the shape of the expression index that serves it."""
    if declared.type.json_type == "array":
        return "(f.properties -> %s) @> %s::jsonb", declared.name, json.dumps(value)
    cast = declared.type.sql_cast
    if cast in INDEXED_CASTS:
        return f"((f.properties ->> %s)::{cast}) = %s", declared.name, value
    return "(f.properties ->> %s) = %s", declared.name, value


def _columns(fields: tuple[Field, ...]) -> str:
    """Select list of a feature's properties, in declared order, then what the portal adds."""
    quote = connection.ops.quote_name
    declared = [f"r.{quote(f.name)}" for f in fields]
    added = [
        "u.code AS unit_code",
        "u.name AS unit_name",
        "round(page.area_m2::numeric, 1) AS area_m2",
        "round(page.length_m::numeric, 1) AS length_m",
    ]
    if not fields:
        return ", ".join(added)
    record = ", ".join(f"{quote(f.name)} jsonb" for f in fields)
    return ", ".join(declared + added) + f" FROM jsonb_to_record(page.properties) AS r({record})"
