"""XLSX: the sheet that holds coordinates, read by calamine within the archive's limits."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from importers.encoding import ColumnEncoding, decide
from importers.readers.archive import check_workbook
from importers.readers.sheet import open_table
from importers.readers.sheet_extent import check_extent
from importers.readers.source import Source, Wanted
from importers.readers.table import NumberedRows, Table, find_table, require_table
from importers.refusals import BrokenFile, EmptyFile, LayerChoiceNeeded

_READ_ERRORS = (CalamineError, ValueError, OSError, zipfile.BadZipFile, zlib.error)


def open_xlsx(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """The one sheet with coordinates, or the one asked for. Raises LayerChoiceNeeded, BadTable."""
    check_workbook(path)
    try:
        check_extent(path)
        sheets = _sheets(path)
    except _READ_ERRORS as error:
        raise BrokenFile(_("Không mở được bảng tính.")) from error
    if wanted.sheet is not None:
        if wanted.sheet not in sheets:
            raise LayerChoiceNeeded(", ".join(sheets), layers=list(sheets))
        sheets = {wanted.sheet: sheets[wanted.sheet]}
    filled = {name: rows for name, rows in sheets.items() if rows}
    if not filled:
        raise EmptyFile(path.name)
    table, encodings = _choose(filled)
    return open_table(table, "XLSX", wanted, encodings)


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    workbook = CalamineWorkbook.from_path(str(path))
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }


def _choose(filled: dict[str, list[list[Any]]]) -> tuple[Table, list[ColumnEncoding]]:
    encodings = {name: _decide_columns(rows) for name, rows in filled.items()}
    views = {name: _decoded_rows(rows, encodings[name]) for name, rows in filled.items()}
    tables = {name: find_table(name, view) for name, view in views.items()}
    found = [name for name, table in tables.items() if table is not None]
    if len(found) > 1:
        raise LayerChoiceNeeded(", ".join(found), layers=found)
    chosen = found[0] if found else next(iter(filled))
    table = tables[chosen] or require_table(chosen, views[chosen])
    header = dict(enumerate(table.header))
    named = [
        ColumnEncoding(header.get(i, str(i)), g.encoding, g.confidence, g.preview)
        for i, g in encodings[chosen].items()
        if g.encoding != "unicode"
    ]
    return table, named


def _decide_columns(rows: list[list[Any]]) -> dict[int, ColumnEncoding]:
    """Cells are Unicode, but registers typed in .VnTime hold TCVN3 letters under Latin-1 names."""
    columns: dict[str, list[str]] = {}
    for row in rows:
        for index, cell in enumerate(row):
            if isinstance(cell, str) and not cell.isascii():
                columns.setdefault(str(index), []).append(cell)
    return {int(name): guess for name, guess in decide(columns, raw=False).items()}


def _decoded_rows(
    rows: list[list[Any]], encodings: dict[int, ColumnEncoding]
) -> Callable[[], NumberedRows]:
    def decoded() -> NumberedRows:
        for number, row in enumerate(rows, start=1):
            cells = [
                encodings[i].decode(cell) if isinstance(cell, str) and i in encodings else cell
                for i, cell in enumerate(row)
            ]
            yield number, cells

    return decoded
