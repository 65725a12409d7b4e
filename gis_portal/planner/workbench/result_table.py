"""The grouped table as the page writes it: one unit a column, in the order that the reader chose.

A line keeps its place in the result (`place`), by which its parts are asked for, however the table
is sorted. Sorting is a link, so it works without JavaScript.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gis_portal.planner.results.table import is_unknown, main_measure
from gis_portal.planner.results.told import Column, Line, Told
from gis_portal.planner.workbench.shown_numbers import Scale, column_words, scale_of, shown
from layers.values import fold

Json = Any
# Rows on the page at once; the files hold all of them.
ROWS_SHOWN = 400
SORT, ORDER = "sort", "order"
UP, DOWN = "ascending", "descending"
_SHORT = {UP: "asc", DOWN: "desc"}


@dataclass(frozen=True)
class Head:
    """A column's heading: where a press on it leads, and how it is sorted now ("" if not)."""

    label: str
    is_number: bool
    href: str
    sorted: str


@dataclass(frozen=True)
class ShownLine:
    """A row: words, numbers with their headings, and which row of the result it is."""

    place: int
    cells: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    is_unknown: bool


@dataclass(frozen=True)
class ShownTable:
    """Lines and `sliver_total` add up to `total`; `beyond`: rows that only files hold."""

    heads: tuple[Head, ...]
    lines: tuple[ShownLine, ...]
    slivers: tuple[ShownLine, ...]
    sliver_total: tuple[tuple[str, str], ...]
    total: tuple[tuple[str, str], ...]
    beyond: int
    is_sorted: bool


def shown_table(about: Told, asked: Mapping[str, str], query: Mapping[str, str]) -> ShownTable:
    """`asked`: the parameters of the address, `query` those that its links have to keep."""
    by = next((column for column in about.columns if column.name == asked.get(SORT)), None)
    down = asked.get(ORDER) == _SHORT[DOWN]
    lines = list(enumerate(about.lines))
    if by is not None:
        lines = _sorted(lines, by, down=down)
    scales, slivers = scales_of(about), sliver_sums(about)
    columns = {
        c.name: column_words(
            c.name,
            [*(line.values.get(c.name) for line in about.lines), slivers.get(c.name)],
            about.total.values.get(c.name),
            scales[c.name],
        )
        for c in about.measures
    }
    apart = {
        c.name: [shown(c.name, s.values.get(c.name), scales[c.name]) for s in about.slivers]
        for c in about.measures
    }
    return ShownTable(
        heads=tuple(_head(column, by, query, down=down) for column in about.columns),
        lines=tuple(_shown(about, columns, lines[:ROWS_SHOWN])),
        slivers=tuple(_shown(about, apart, list(enumerate(about.slivers))[:ROWS_SHOWN])),
        sliver_total=tuple((c.label, columns[c.name][-1]) for c in about.measures)
        if about.slivers
        else (),
        total=tuple(
            (c.label, shown(c.name, about.total.values.get(c.name), scales[c.name]))
            for c in about.measures
        ),
        beyond=max(0, len(about.lines) - ROWS_SHOWN),
        is_sorted=by is not None,
    )


def scales_of(about: Told) -> dict[str, Scale]:
    """By measure: what is told of this result is written alike, in table, chart and on paper."""
    lines = (*about.lines, about.total)
    names = {main_measure(about), *(column.name for column in about.measures)}
    return {name: scale_of(line.values.get(name) for line in lines) for name in names}


def sliver_sums(about: Told) -> dict[str, float]:
    """What all slivers come to, by measure: the row between the rows and the total."""
    if not about.slivers:
        return {}
    return {
        c.name: sum(line.values.get(c.name) or 0 for line in about.slivers) for c in about.measures
    }


def bars_in_words(about: Told, drawn: Json) -> list[str]:
    """Amounts of a chart's bars, as the table has them."""
    amounts = [float(bar["amount"]) for bar in drawn["bars"]]
    measure = drawn["measure"]
    whole = None if drawn.get("beyond") else sum(amounts)
    return column_words(measure, amounts, whole, scales_of(about)[measure])


def left_out(about: Told, drawn: Json) -> str:
    """What the slivers come to that no bar holds; "" where there are none."""
    measure = drawn["measure"]
    found = [line.values.get(measure) or 0 for line in about.slivers]
    return shown(measure, sum(found), scales_of(about)[measure]) if found else ""


def _head(column: Column, by: Column | None, query: Mapping[str, str], *, down: bool) -> Head:
    is_number = column.kind == "measure"
    now = "" if by is None or by.name != column.name else DOWN if down else UP
    # Numbers are looked for from the largest on, names from A on.
    other = (UP if now == DOWN else DOWN) if is_number else (DOWN if now == UP else UP)
    address = urlencode({**query, SORT: column.name, ORDER: _SHORT[other]})
    return Head(column.label, is_number, f"?{address}#table-title", now)


def _sorted(lines: list[tuple[int, Line]], by: Column, *, down: bool) -> list[tuple[int, Line]]:
    """What is not known stands at the end, whichever way the rest goes."""
    if by.kind == "measure":
        known = [pair for pair in lines if pair[1].values.get(by.name) is not None]
        known.sort(key=lambda pair: float(pair[1].values[by.name]), reverse=down)
    else:
        known = [pair for pair in lines if not is_unknown(pair[1], by.name)]
        known.sort(key=lambda pair: fold(pair[1].labels.get(by.name, "")), reverse=down)
    places = {place for place, _line in known}
    return [*known, *(pair for pair in lines if pair[0] not in places)]


def _shown(
    about: Told, columns: Mapping[str, Sequence[str]], lines: list[tuple[int, Line]]
) -> Iterable[ShownLine]:
    """`columns`: what stands in each column at each place."""
    for place, line in lines:
        yield ShownLine(
            place,
            tuple(line.labels.get(column.name, "—") for column in about.groups),
            tuple((column.label, columns[column.name][place]) for column in about.measures),
            any(is_unknown(line, column.name) for column in about.groups),
        )
