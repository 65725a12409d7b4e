"""A_EQUALS, A_CONTAINS, A_CONTAINEDBY, A_OVERLAPS: lists compared as sets, in jsonb."""

import json
from decimal import Decimal
from typing import Any

from layers.cql2.sql import Sql, joined
from layers.cql2.typed import Typed

_TEMPLATES = {
    "a_equals": "({} @> {} AND {} <@ {})",
    "a_contains": "({} @> {})",
    "a_containedby": "({} <@ {})",
}
FUNCTIONS = frozenset({*_TEMPLATES, "a_overlaps"})


def written_list(items: tuple[Typed, ...], node: Any) -> Typed:
    """A list that stands in the filter; its items may be fields. Raises Refusal for geometries and
    intervals, which no list of ours holds.
    """
    for item in items:
        item.must_be("text", "number", "boolean", "date", "moment", "list")
    if all(item.literal for item in items):
        values = [item.value for item in items]
        sql = Sql("%s::jsonb", (json.dumps(values, ensure_ascii=False, default=_number),))
        return Typed("list", sql, node, literal=True, value=values, items=items)
    # Joined one by one: a call takes a hundred arguments at most.
    parts = " || ".join(["jsonb_build_array({})"] * len(items))
    return Typed("list", joined(f"({parts})", *(i.sql for i in items)), node, items=items)


def _number(value: Any) -> Any:
    assert isinstance(value, Decimal)
    whole = value == value.to_integral_value()
    return int(value) if whole else float(value)


def relate(name: str, left: Typed, right: Typed, node: Any) -> Typed:
    """One array function. Raises Refusal when an operand is no list."""
    a, b = left.must_be("list").sql, right.must_be("list").sql
    if name == "a_overlaps":
        shared = "EXISTS (SELECT 1 FROM jsonb_array_elements({}) AS e(value) WHERE {} @> {})"
        one = Sql("jsonb_build_array(e.value)")
        both = "{} IS NOT NULL AND {} IS NOT NULL"
        found = joined(f"(CASE WHEN {both} THEN {shared} END)", a, b, a, b, one)
    elif name == "a_equals":
        found = joined(_TEMPLATES[name], a, b, a, b)
    else:
        found = joined(_TEMPLATES[name], a, b)
    return Typed("boolean", found, node)
