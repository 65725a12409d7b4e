"""A sheet of cells with its header found: rows below it, their numbers, places and attributes.

`csv_file` and `xlsx` bring the cells, `coordinates` finds the columns, `points` and `corners` make
shapes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from importers.batch import Issue, object_array
from importers.columns import fold_name
from importers.readers.coordinates import CoordinateColumns, find_columns
from importers.readers.degrees import parse_dms
from importers.readers.shape_text import find_cell
from importers.refusals import BadTable, EmptyFile
from importers.wording import names_in_brief
from layers.values import BadValue, is_empty, parse_number

Row = Sequence[Any]
# (row or line of the file, counted from 1; its cells)
NumberedRows = Iterator[tuple[int, Row]]
# A title, a decision number and a unit line often stand above the header of an office's sheet.
_HEADER_WITHIN = 15
# Rows below it in which a column of whole shapes has its first one.
_BELOW = 50


@dataclass(frozen=True)
class Table:
    """A sheet with its header found. `rows()` are those below it."""

    name: str
    header: list[str]
    columns: CoordinateColumns
    rows: Callable[[], NumberedRows]


class TableRow(NamedTuple):
    """A row below the header; `cells` are padded to it. `defect`: too many or too few cells."""

    number: int
    cells: list[Any]
    defect: Issue | None


def find_table(name: str, rows: Callable[[], NumberedRows]) -> Table | None:
    """The table of a sheet: its header is the first row that names coordinate columns, or one
    column of whole shapes.
    """
    first = [list(row) for _number, row in islice(rows(), _HEADER_WITHIN + _BELOW)]
    for index, row in enumerate(first[:_HEADER_WITHIN]):
        header = [str(cell).strip() if cell is not None else "" for cell in row]
        columns = find_columns(header) or find_cell(header, first[index + 1 :])
        if columns:
            return Table(name, header, columns, _after(rows, index + 1))
    return None


def _after(rows: Callable[[], NumberedRows], count: int) -> Callable[[], NumberedRows]:
    return lambda: islice(rows(), count, None)


def require_table(name: str, rows: Callable[[], NumberedRows]) -> Table:
    """`find_table`, or the named refusal. Raises EmptyFile, BadTable."""
    table = find_table(name, rows)
    if table:
        return table
    first = next(iter(rows()), None)
    if first is None:
        raise EmptyFile(name)
    shown = names_in_brief([cell for cell in first[1] if not is_empty(cell)])
    raise BadTable(_("Các cột có trong tệp: %(names)s") % {"names": shown})


def table_rows(table: Table) -> Iterator[TableRow]:
    """Every row with any cell filled."""
    width = len(table.header)
    needed = max(i for i, name in enumerate(table.header) if name) + 1
    for number, row in table.rows():
        if all(is_empty(cell) for cell in row):
            continue
        cells = list(row[:width]) + [None] * (width - len(row))
        defect = _wrong_width(table, number, row, cells, needed)
        yield TableRow(number, cells, defect)


def _wrong_width(
    table: Table, number: int, row: Row, cells: list[Any], needed: int
) -> Issue | None:
    """A cut row, or one whose cells have moved: an unquoted decimal comma makes two of one."""
    many = any(not is_empty(cell) for cell in row[len(table.header) :])
    if not many and len(row) >= needed:
        return None
    shown = _("%(count)d ô, tiêu đề có %(needed)d") % {"count": len(row), "needed": needed}
    code = "too-many-cells" if many else "too-few-cells"
    return Issue(number, code, "", shown, cells=None if many else named_cells(table, cells))


def named_cells(table: Table, cells: list[Any]) -> dict[str, Any]:
    """The cells by the header's names, so that a refused row can be called by its key."""
    return {name: cell for name, cell in zip(table.header, cells, strict=True) if name}


def coordinate(cell: Any) -> float:
    """A coordinate cell as a number; NaN when it is not one."""
    if is_empty(cell):
        return float("nan")
    try:
        return float(parse_number(cell))
    except BadValue:
        degrees = parse_dms(cell) if isinstance(cell, str) else None
        return float("nan") if degrees is None else degrees


def bad_coordinate(table: Table, row: int, cells: list[Any]) -> Issue:
    """The issue of a row whose X or Y is no number."""
    columns = table.columns
    shown = f"{cells[columns.north]!s}; {cells[columns.east]!s}"
    names = f"{columns.north_name}, {columns.east_name}"
    return Issue(row, "bad-coordinate", names, shown, cells=named_cells(table, cells))


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
