"""A sheet of cells with its header found: rows below it, their numbers, places and attributes.

`csv_file` and `xlsx` bring the cells, `coordinates` finds the columns, `points` and `corners` make
shapes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from importers.batch import Issue, object_array
from importers.columns import fold_name
from importers.readers.coordinates import CoordinateColumns, find_columns
from importers.refusals import BadTable, EmptyFile
from layers.values import BadValue, is_empty, parse_number

Row = Sequence[Any]
# A title, a decision number and a unit line often stand above the header of an office's sheet.
_HEADER_WITHIN = 15


@dataclass(frozen=True)
class Table:
    """A sheet with its header found. `rows()` are those below it, the first is `first_row`."""

    name: str
    header: list[str]
    columns: CoordinateColumns
    first_row: int
    rows: Callable[[], Iterable[Row]]


def find_table(name: str, rows: Callable[[], Iterable[Row]]) -> Table | None:
    """The table of a sheet: the first row that names coordinate columns is its header."""
    for index, row in enumerate(islice(rows(), _HEADER_WITHIN)):
        header = [str(cell).strip() if cell is not None else "" for cell in row]
        columns = find_columns(header)
        if columns:
            return Table(name, header, columns, index + 2, _after(rows, index + 1))
    return None


def _after(rows: Callable[[], Iterable[Row]], count: int) -> Callable[[], Iterable[Row]]:
    return lambda: islice(rows(), count, None)


def require_table(name: str, rows: Callable[[], Iterable[Row]]) -> Table:
    """`find_table`, or the named refusal. Raises EmptyFile, BadTable."""
    table = find_table(name, rows)
    if table:
        return table
    first = next(iter(rows()), None)
    if first is None:
        raise EmptyFile(name)
    shown = ", ".join(str(cell) for cell in first if cell is not None)[:300]
    raise BadTable(_("Các cột có trong tệp: %(names)s") % {"names": shown})


def numbered_rows(table: Table) -> Iterator[tuple[int, list[Any]]]:
    """(row number in the file, cells padded to the header) of every row with any cell filled."""
    width = len(table.header)
    for number, row in enumerate(table.rows(), start=table.first_row):
        cells = list(row[:width]) + [None] * (width - len(row))
        if not all(is_empty(cell) for cell in cells):
            yield number, cells


def coordinate(cell: Any) -> float:
    """A coordinate cell as a number; NaN when it is not one."""
    if is_empty(cell):
        return float("nan")
    try:
        return float(parse_number(cell))
    except BadValue:
        return float("nan")


def bad_coordinate(table: Table, row: int, cells: list[Any]) -> Issue:
    """The issue of a row whose X or Y is no number."""
    columns = table.columns
    shown = f"{cells[columns.north]!s}; {cells[columns.east]!s}"
    return Issue(row, "bad-coordinate", f"{columns.north_name}, {columns.east_name}", shown)


def attributes(table: Table, kept: list[list[Any]]) -> dict[str, np.ndarray]:
    """Named attribute columns of these rows, without the coordinates."""
    used = {table.columns.east, table.columns.north}
    return {
        name: object_array(cells[i] for cells in kept)
        for i, name in enumerate(table.header)
        if name and i not in used
    }


def position_of(header: list[str], names: frozenset[str] | set[str]) -> int | None:
    """The first column with one of these folded names."""
    return next((i for i, name in enumerate(header) if fold_name(name) in names), None)
