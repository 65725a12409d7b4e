"""The address of the query behind a number: the list of exactly the features that it counts."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import reverse

from gis_portal.figures.declared import Indicator
from gis_portal.figures.tally import OTHERS
from layers.definition import LayerDefinition


@dataclass(frozen=True)
class Only:
    """Which part of an indicator is meant; None leaves that side open.

    Attributes:
        value: (class,) with None for features without a value.
        units: codes of units in force; none of them: features whose unit is not known.
        old: (name of the former commune,), None for features that name none.
        kept: with OTHERS, the classes that are counted on their own.
    """

    value: tuple[str | None] | None = None
    units: tuple[str, ...] | None = None
    old: tuple[str | None] | None = None
    kept: tuple[str, ...] = ()


def items_address(indicator: Indicator, definition: LayerDefinition, only: Only) -> str:
    """The list page (or GeoJSON, by what the client accepts) of the features that are meant."""
    query: dict[str, str] = {}
    clauses = [f"({indicator.where})"] if indicator.where else []
    if only.units is not None:
        if len(only.units) == 1:
            query["unit"] = only.units[0]
        else:
            clauses.append(_among("unit", only.units) if only.units else "unit IS NULL")
    if only.value is not None:
        clauses += _of_value(indicator, definition, only, query)
    if only.old is not None:
        clauses.append(_equal(indicator.old_unit, only.old[0]))
    if clauses:
        query["filter"] = " AND ".join(clauses)
    address = reverse("api-items", args=[indicator.layer])
    return f"{address}?{urlencode(query, quote_via=quote)}" if query else address


def _of_value(
    indicator: Indicator, definition: LayerDefinition, only: Only, query: dict[str, str]
) -> list[str]:
    """A declared choice as a parameter, which pages show in words; all else as a condition."""
    assert only.value is not None
    name, value = indicator.group, only.value[0]
    if indicator.bounds:
        return [_band(indicator, value)]
    if value == OTHERS:
        return [f"NOT ({_among(name, only.kept)})", f"{name} IS NOT NULL"]
    kind = definition.by_name[name].type
    if kind.name == "boolean" and value is not None:
        return [f"{name} = {value}"]
    if value is not None and value in {choice.value for choice in kind.choices}:
        query[name] = value
        return []
    return [_equal(name, value)]


def band_edges(indicator: Indicator, value: str) -> tuple[int | None, int | None]:
    """From (included) and to (not included) of a class of numbers."""
    place = int(value)
    first = indicator.bounds[place - 1] if place else None
    last = indicator.bounds[place] if place < len(indicator.bounds) else None
    return first, last


def _band(indicator: Indicator, value: str | None) -> str:
    if value is None:
        return f"{indicator.group} IS NULL"
    first, last = band_edges(indicator, value)
    above = [f"{indicator.group} >= {first}"] if first is not None else []
    below = [f"{indicator.group} < {last}"] if last is not None else []
    return " AND ".join([*above, *below])


def _equal(name: str, value: str | None) -> str:
    return f"{name} IS NULL" if value is None else f"{name} = {_written(value)}"


def _among(name: str, values: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(map(_written, values))})"


def _written(text: str) -> str:
    """A text of CQL2."""
    return "'" + text.replace("'", "''") + "'"
