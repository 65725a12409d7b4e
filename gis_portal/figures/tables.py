"""Cells → lines of a table: by class, by unit; each with the query that counts it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.figures.declared import Indicator
from gis_portal.figures.links import Only, band_edges, items_address
from gis_portal.figures.places import Place
from gis_portal.figures.tally import OTHERS, Cell
from layers.definition import LayerDefinition
from layers.landuse import colour_of, name_of
from layers.values import group_digits

_BEHIND = "\uffff"
SHORT = 4


@dataclass(frozen=True)
class Sums:
    """What some cells come to: features, m², m, and the declared amount."""

    count: int = 0
    area: float = 0.0
    length: float = 0.0
    amount: float = 0.0

    def plus(self, cell: Cell) -> "Sums":
        """With one cell more."""
        return Sums(
            self.count + cell.count,
            self.area + cell.area,
            self.length + cell.length,
            self.amount + cell.amount,
        )

    def main(self, indicator: Indicator) -> float:
        """What bars and colours follow."""
        return float(getattr(self, indicator.measure))


@dataclass(frozen=True)
class Line:
    """One line: `share` of the longest bar in percent, `href` the query, `key` a class or place."""

    key: str
    label: str
    sums: Sums
    href: str
    share: str = "0"
    note: str = ""
    colour: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Table:
    """Lines and their total."""

    lines: tuple[Line, ...]
    total: Line

    @property
    def short(self) -> tuple[Line, ...]:
        """The largest lines in the table's order, as many as a card has room for."""
        ranked = sorted(self.lines, key=lambda line: -float(line.share))[:SHORT]
        return tuple(line for line in self.lines if line in ranked)

    @property
    def beyond(self) -> int:
        """How many more there are."""
        return max(0, len(self.lines) - SHORT)


def sum_of(cells: Iterable[Cell]) -> Sums:
    """Of all of them."""
    sums = Sums()
    for cell in cells:
        sums = sums.plus(cell)
    return sums


def by_value(
    indicator: Indicator,
    definition: LayerDefinition,
    cells: Iterable[Cell],
    language: str,
    place: Place | None = None,
) -> Table:
    """The classes, of the whole layer or of one place."""
    everywhere = list(cells)
    here = [cell for cell in everywhere if place is None or place.holds(cell)]
    kept = classes_kept(everywhere)
    found: dict[str | None, Sums] = {}
    for cell in here:
        found[cell.value] = found.get(cell.value, Sums()).plus(cell)
    only = only_at(place)
    lines = [
        Line(
            key="~" if value is None else value or "+",
            label=label_of(indicator, definition, value, language),
            sums=sums,
            href=items_address(indicator, definition, replace(only, value=(value,), kept=kept)),
            colour=_colour(indicator, definition, value),
        )
        for value, sums in sorted(found.items(), key=_order(indicator, definition))
    ]
    total = Line("", _("Tổng"), sum_of(here), items_address(indicator, definition, only))
    return Table(_with_shares(lines, indicator), total)


def by_place(
    indicator: Indicator,
    definition: LayerDefinition,
    cells: Iterable[Cell],
    places: list[Place],
    value: tuple[str | None] | None = None,
) -> Table:
    """The places, of all classes or of one."""
    everywhere = list(cells)
    told = [cell for cell in everywhere if value is None or cell.value == value[0]]
    kept = classes_kept(everywhere)
    lines = []
    for place in places:
        only = replace(only_at(place), value=value, kept=kept)
        sums = sum_of(cell for cell in told if place.holds(cell))
        href = items_address(indicator, definition, only)
        lines.append(Line(place.key, place.name, sums, href, note=place.note, place=place))
    total = Line(
        "",
        _("Tổng"),
        sum_of(told),
        items_address(indicator, definition, Only(value=value, kept=kept)),
    )
    return Table(_with_shares(lines, indicator), total)


def only_at(place: Place | None) -> Only:
    """The side of a query that a place is."""
    return Only() if place is None else Only(units=place.codes, old=place.old)


def classes_kept(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The classes that are counted on their own."""
    return tuple(sorted({cell.value for cell in cells if cell.value not in (None, OTHERS)}))


def label_of(
    indicator: Indicator, definition: LayerDefinition, value: str | None, language: str
) -> str:
    """A class in words."""
    field = definition.by_name[indicator.group].type
    if value is None:
        return _("Không ghi")
    if value == OTHERS:
        return _("Các giá trị khác")
    if indicator.bounds:
        return _band(field, *band_edges(indicator, value), language)
    if field.name == "land_use":
        return f"{value} · {name_of(value, language)}"
    if field.name == "boolean":
        return field.format(value == "true", language)
    return field.format(value, language)


def _band(field: Any, first: int | None, last: int | None, language: str) -> str:
    def words(number: int) -> str:
        short: str = field.brief(number, language)
        return short if field.name == "money" or not field.unit else f"{number} {field.unit}"

    if first is None:
        return _("Dưới %(last)s") % {"last": words(last or 0)}
    if last is None:
        return _("Từ %(first)s trở lên") % {"first": words(first)}
    return _("Từ %(first)s đến dưới %(last)s") % {"first": words(first), "last": words(last)}


def _colour(indicator: Indicator, definition: LayerDefinition, value: str | None) -> str:
    """The colour that the map gives the class, where it has one."""
    field = definition.by_name[indicator.group].type
    if value is None or indicator.bounds:
        return ""
    if field.name == "land_use":
        return colour_of(value)
    return next((c.color for c in field.choices if c.value == value), "")


def _order(
    indicator: Indicator, definition: LayerDefinition
) -> Callable[[tuple[str | None, Sums]], tuple[Any, ...]]:
    """Declared choices and ranges in their own order, else the largest first; leftovers last."""
    declared = [choice.value for choice in definition.by_name[indicator.group].type.choices]

    def place(entry: tuple[str | None, Sums]) -> tuple[Any, ...]:
        value, sums = entry
        rank = 2 if value is None else 1 if value == OTHERS else 0
        if indicator.bounds and value is not None:
            return rank, int(value), 0.0, ""
        if value in declared:
            return rank, declared.index(value), 0.0, ""
        return rank, len(declared), -sums.main(indicator), value or _BEHIND

    return place


def _with_shares(lines: list[Line], indicator: Indicator) -> tuple[Line, ...]:
    most = max((line.sums.main(indicator) for line in lines), default=0) or 1
    return tuple(
        replace(line, share=f"{line.sums.main(indicator) / most * 100:.2f}") for line in lines
    )


def in_hectares(square_metres: float, language: str) -> str:
    """`11.104,0`: one decimal, two below a hundred hectares' tenth where one would say nothing."""
    hectares = Decimal(str(square_metres)) / 10_000
    return group_digits(hectares, 1 if hectares >= 10 or not hectares else 2, language)
