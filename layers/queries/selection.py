"""Which features of a version, in which order, and the condition that this is in SQL."""

import json
from dataclasses import dataclass, field
from typing import Any

from layers.boxes import Corners, ground_of
from layers.cql2.queryable import Queryable
from layers.cql2.sql import Sql
from layers.crs import by_srid

_BOX = "ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
# Boxes that overlap are not yet shapes that meet; only shapes across the edge are compared. CASE,
# not OR: the planner would make index conditions of an OR and give up the key order.
_MEETS = f"""(f.geom && {_BOX}
  AND CASE WHEN f.geom @ {_BOX} THEN true ELSE ST_Intersects(f.geom, {_BOX}) END)"""
# A box whose sides are curved in degrees: its bounds, a box inside, its outline.
_MEETS_OUTLINE = f"""(f.geom && {_BOX} AND CASE WHEN f.geom @ {_BOX} THEN true
  ELSE ST_Intersects(f.geom, ST_SetSRID(%s::geometry, 4326)) END)"""
_MEETS_NARROW = f"(f.geom && {_BOX} AND ST_Intersects(f.geom, ST_SetSRID(%s::geometry, 4326)))"
_UNITS = """f.unit_id IN (
  SELECT u.id FROM layers_adminunit u LEFT JOIN layers_adminunit up ON up.id = u.parent_id
  WHERE u.valid_to IS NULL AND (u.code = %s OR up.code = %s))"""


@dataclass(frozen=True)
class SortKey:
    """One key of an order: an expression over the row `f`; features without a value come last.

    `presence` is null exactly where the expression is, in the words of the partial index that
    serves it; without one, the expression itself.
    """

    expression: Sql
    descending: bool = False
    presence: Sql | None = None


@dataclass(frozen=True)
class Selection:
    """Which features of a version, in which order.

    Attributes:
        bbox: west, south, east, north (west > east: across the 180th meridian, degrees only).
        bbox_srid: the box's system; x is east and y is north whatever its official axes are.
        unit: code of a unit in force; a province stands for its communes.
        equal: queryables equal to values.
        filter: a compiled condition over the row `f`.
        sort: keys of the order; features equal in all of them, and without any, are in order of id.
    """

    version_id: int
    bbox: Corners | None = None
    unit: str = ""
    equal: tuple[tuple[Queryable, Any], ...] = ()
    filter: Sql | None = None
    bbox_srid: int = 4326
    sort: tuple[SortKey, ...] = ()

    @property
    def is_of_place(self) -> bool:
        """Nothing but numbers and shapes of the features decides which ones, and in which order."""
        return not (self.unit or self.equal or self.filter or self.sort)

    @property
    def boxes(self) -> tuple[Corners, ...]:
        """The box, or its two halves on either side of the 180th meridian; none without a box."""
        if self.bbox is None:
            return ()
        west, south, east, north = self.bbox
        if west <= east:
            return (self.bbox,)
        return (west, south, 180.0, north), (-180.0, south, east, north)


@dataclass
class Condition:
    """Parts that must all hold, and their values."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, part: str, *values: Any) -> None:
        """One more part."""
        self.parts.append(part)
        self.values += values

    @property
    def sql(self) -> Sql:
        """All of it."""
        return Sql(" AND ".join(self.parts), tuple(self.values))


def condition_of(selection: Selection) -> Sql:
    """The WHERE of a selection over `layers_feature f`, version included."""
    return condition(selection).sql


def condition(selection: Selection, *, of_version: bool = True) -> Condition:
    """As `condition_of`, to be added to; without the version where a table holds no other."""
    where = Condition()
    if of_version:
        where.add("f.version_id = %s", selection.version_id)
    if selection.boxes:
        meets = [_meets(box, selection.bbox_srid) for box in selection.boxes]
        values = [value for part in meets for value in part.values]
        where.add(f"({' OR '.join(part.text for part in meets)})", *values)
    if selection.unit:
        where.add(_UNITS, selection.unit, selection.unit)
    for queryable, value in selection.equal:
        where.add(*_equal(queryable, value))
    if selection.filter is not None:
        where.add(f"({selection.filter.text})", *selection.filter.values)
    return where


def _meets(box: Corners, srid: int) -> Sql:
    ground = ground_of(box, by_srid(srid))
    if not ground.outline:
        return Sql(_MEETS, ground.outer * 3)
    if ground.inner is None:
        return Sql(_MEETS_NARROW, (*ground.outer, ground.outline))
    return Sql(_MEETS_OUTLINE, (*ground.outer, *ground.inner, ground.outline))


def _equal(queryable: Queryable, value: Any) -> tuple[str, *tuple[Any, ...]]:
    """In the shape of the index that serves it; lists hold all of the values."""
    if queryable.kind == "uid":
        return "f.uid = %s::uuid", value
    if queryable.kind == "list":
        return f"{queryable.sql.text} @> %s::jsonb", *queryable.sql.values, json.dumps(value)
    return f"{queryable.sql.text} = %s", *queryable.sql.values, value
