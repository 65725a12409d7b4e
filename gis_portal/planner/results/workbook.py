"""The result as a workbook: the question, its inputs, the table, parts, slivers, notes."""

import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gis_portal.planner.results import about
from gis_portal.planner.results.parts import check_size, part_columns, parts
from gis_portal.planner.results.told import Line, Told
from gis_portal.planner.results.words import unknown_words
from layers.crs import by_code
from layers.exports.tables import text_cell

AREA, SHARE, COUNT = "#,##0.00", "0.00%", "#,##0"
FORMATS = {"count": COUNT, "area_m2": AREA, "length_m": AREA, "share": SHARE}


def workbook(told: Told) -> bytes:
    """The whole file. Raises ResultTooLarge."""
    check_size(told)
    book = Workbook(write_only=True)
    _question(book, told)
    _inputs(book, told)
    _table(book.create_sheet(_("Kết quả")), told, told.lines, total=True)
    _parts(book, told)
    _table(book.create_sheet(_("Mảnh vụn")), told, told.slivers, total=False)
    _notes(book, told)
    text = io.BytesIO()
    book.save(text)
    return text.getvalue()


def _question(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Câu hỏi"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    for label, text in about.facts(told):
        sheet.append([_bold(sheet, label), text_cell(sheet, text)])
    sheet.append([])
    sheet.append([_bold(sheet, _("Câu hỏi dạng JSON"))])
    for line in about.document_text(told).splitlines():
        sheet.append(["", text_cell(sheet, line)])


def _inputs(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Dữ liệu vào"))
    _widths(sheet, (18, 26, 34, 10, 14, 50, 24, 16, 46))
    sheet.append([_bold(sheet, head) for head in about.input_heads()])
    for row in about.inputs(told):
        sheet.append([text_cell(sheet, text) for text in row])


def _table(sheet: Any, told: Told, lines: Iterable[Line], *, total: bool) -> None:
    _widths(sheet, [*([14, 44] * len(told.groups)), *([18] * len(told.measures))])
    sheet.freeze_panes = "A2"
    heads = [head for c in told.groups for head in (f"{c.label} ({_('mã')})", c.label)]
    heads += [f"{c.label} ({c.unit})" if c.unit else c.label for c in told.measures]
    sheet.append([_bold(sheet, head) for head in heads])
    for line in lines:
        cells: list[Any] = []
        for column in told.groups:
            raw = line.values.get(column.name)
            cells += [
                "" if raw is None else text_cell(sheet, str(raw)),
                text_cell(sheet, line.labels.get(column.name, unknown_words())),
            ]
        sheet.append([*cells, *_numbers(sheet, told, line)])
    if total:
        blanks = [""] * max(0, 2 * len(told.groups) - 1)
        head = [_bold(sheet, _("Tổng, kể cả mảnh vụn")), *blanks] if told.groups else []
        sheet.append([*head, *_numbers(sheet, told, told.total)])


def _numbers(sheet: Any, told: Told, line: Line) -> list[Any]:
    cells = []
    for column in told.measures:
        cell = WriteOnlyCell(sheet, value=line.values.get(column.name))
        cell.number_format = FORMATS.get(column.name, "General")
        cells.append(cell)
    return cells


def _parts(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Các phần"))
    columns = part_columns(told)
    sheet.freeze_panes = "A2"
    _widths(sheet, [8, *([20] * len(columns))])
    sheet.append([_bold(sheet, head) for head in ("STT", *(c.label for c in columns))])
    grid = by_code(str(told.summary["grid"]))
    for part in parts(told, grid.srid):
        cells = [
            text_cell(sheet, value) if isinstance(value, str) else value for value in part.values
        ]
        sheet.append([part.seq, *cells])


def _notes(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Ghi chú"))
    _widths(sheet, (40, 90))
    sums, slivers = told.summary.get("sums", {}), told.summary.get("slivers", {})
    rows = [
        (_("Tổng đưa vào"), sums.get("input")),
        (_("Tổng các phần"), sums.get("parts")),
        (_("Chênh lệch"), sums.get("difference")),
        (_("Số mảnh vụn"), slivers.get("count")),
        (_("Diện tích mảnh vụn, m²"), slivers.get("area_m2")),
        *((_("Ghi chú"), text_cell(sheet, note)) for note in told.notes),
    ]
    for label, value in rows:
        sheet.append([_bold(sheet, label), value])


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    # Labels of fields are a planner's: never a formula.
    cell.value, cell.data_type, cell.font = str(text), "s", Font(bold=True)
    return cell


def _widths(sheet: Any, widths: Iterable[int]) -> None:
    for number, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
