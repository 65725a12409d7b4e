"""The result as a workbook: the question, its inputs, the table, parts, slivers, notes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from gis_portal.planner.results import about
from gis_portal.planner.results.parts import Beat, Part, PartColumn, counted, part_columns, parts
from gis_portal.planner.results.reckoning import (
    difference_label,
    sums_words,
    units_without,
)
from gis_portal.planner.results.table import main_measure
from gis_portal.planner.results.told import SLIVER, Line, Told
from gis_portal.planner.results.words import unit_of, unknown_words
from gis_portal.planner.workbench.result_table import sliver_sums
from layers.crs import by_code
from layers.exports.tables import text_cell

AREA, SHARE, COUNT = "#,##0.00", "0.00%", "#,##0"
FORMATS = {"count": COUNT, "area_m2": AREA, "length_m": AREA, "share": SHARE}
# A sheet holds 1,048,576 rows; further parts are in further sheets.
MOST_IN_SHEET = 1_000_000
WIDTHS = {
    "feature_name": 38, "other_name": 38, "feature": 38, "other": 38,
    "unit_name": 28, "unit_code": 10, "whole": 12, "sliver": 12,
}  # fmt: skip
BOLD, WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
HEAD = PatternFill("solid", fgColor="E4EEF0")
ABOVE = Border(top=Side("thin"))


def write_workbook(told: Told, path: Path, address: str, beat: Beat) -> None:
    """The whole file. Raises what `beat` raises."""
    is_english = told.language == "en"
    book = Workbook(write_only=True)
    book.properties.title = told.title
    book.properties.creator = settings.PORTAL_NAME_EN if is_english else settings.PORTAL_NAME_VI
    _question(book, told, address)
    _inputs(book, told)
    _table(book.create_sheet(_("Kết quả")), told, told.lines, total=True)
    _parts(book, told, beat)
    _table(book.create_sheet(_("Mảnh vụn")), told, told.slivers, total=False)
    _notes(book, told)
    book.save(path)


def _question(book: Any, told: Told, address: str) -> None:
    sheet = book.create_sheet(_("Câu hỏi"))
    _widths(sheet, (24, 110))
    for label, text in about.facts(told, address):
        sheet.append([_bold(sheet, label), _wrapped(sheet, text)])
    sheet.append([])
    sheet.append([_bold(sheet, _("Câu hỏi dạng JSON"))])
    for line in about.document_text(told).splitlines():
        sheet.append(["", text_cell(sheet, line)])


def _inputs(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Dữ liệu vào"))
    _widths(sheet, (18, 26, 34, 10, 14, 50, 24, 16, 46))
    _heads(sheet, about.input_heads())
    for row in about.inputs(told):
        sheet.append([_wrapped(sheet, text) for text in row])


def _table(sheet: Any, told: Told, lines: Iterable[Line], *, total: bool) -> None:
    _widths(sheet, [*([14, 44] * len(told.groups)), *([18] * len(told.measures))])
    heads = [head for c in told.groups for head in (f"{c.label} ({_('mã')})", c.label)]
    heads += [f"{c.label} ({c.unit})" if c.unit else c.label for c in told.measures]
    if not told.groups:
        # A row of the total alone says what it is.
        sheet.column_dimensions["A"].width, heads = 30, ["", *heads]
    _heads(sheet, heads)
    for line in lines:
        cells: list[Any] = [] if told.groups else [_("Tất cả")]
        for column in told.groups:
            raw = line.values.get(column.name)
            cells += [
                "" if raw is None else text_cell(sheet, str(raw)),
                text_cell(sheet, line.labels.get(column.name, unknown_words())),
            ]
        sheet.append([*cells, *_numbers(sheet, told, line)])
    if total:
        blanks = [""] * max(0, 2 * len(told.groups) - 1)
        if told.slivers:
            apart = Line(SLIVER, sliver_sums(told), {})
            head = [_cell(sheet, text) for text in (_("Mảnh vụn, tính riêng"), *blanks)]
            sheet.append([*head, *_numbers(sheet, told, apart)])
        head = [_cell(sheet, text) for text in (_("Tổng, kể cả mảnh vụn"), *blanks)]
        sheet.append([_totalled(cell) for cell in (*head, *_numbers(sheet, told, told.total))])


def _numbers(sheet: Any, told: Told, line: Line) -> list[Any]:
    cells = []
    for column in told.measures:
        cell = WriteOnlyCell(sheet, value=line.values.get(column.name))
        cell.number_format = FORMATS.get(column.name, "General")
        cells.append(cell)
    return cells


def _totalled(cell: Any) -> Any:
    cell.font, cell.border = BOLD, ABOVE
    return cell


def _parts(book: Any, told: Told, beat: Beat) -> None:
    columns = part_columns(told)
    found = counted(parts(told, by_code(str(told.summary["grid"])).srid, shapes=False), beat)
    first, yes, number = _("Các phần"), _("có"), 1
    sheet = _parts_sheet(book, first, columns)
    for place, part in enumerate(found):
        if place % MOST_IN_SHEET == 0:
            if place:
                number += 1
                sheet = _parts_sheet(book, f"{first} {number}", columns)
            # One a column, written again and again: a sheet takes of a cell only what it holds now.
            measured = [_measured(sheet) if c.kind == "number" else None for c in columns]
        sheet.append([part.seq, *_part(sheet, part, measured, yes)])


def _parts_sheet(book: Any, name: str, columns: tuple[PartColumn, ...]) -> Any:
    sheet = book.create_sheet(name)
    _widths(sheet, [8, *(WIDTHS.get(column.name, 20) for column in columns)])
    _heads(sheet, [_("STT"), *(column.label for column in columns)])
    return sheet


def _measured(sheet: Any) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.number_format = AREA
    return cell


def _part(sheet: Any, part: Part, measured: list[Any], yes: str) -> Iterator[Any]:
    for cell, value in zip(measured, part.values, strict=True):
        if isinstance(value, str):
            yield text_cell(sheet, value)
        elif cell is not None and value is not None:
            cell.value = value
            yield cell
        elif isinstance(value, bool):
            yield yes if value else ""
        else:
            yield value


def _notes(book: Any, told: Told) -> None:
    sheet = book.create_sheet(_("Ghi chú"))
    _widths(sheet, (44, 90))
    sums, slivers = told.summary.get("sums", {}), told.summary.get("slivers", {})
    unit = unit_of(main_measure(told))
    rows = [
        (_("Tổng đưa vào"), sums.get("input"), unit),
        (_("Tổng các phần"), sums.get("parts"), unit),
        (difference_label(told), sums.get("difference"), unit),
        (_("Số mảnh vụn"), slivers.get("count"), ""),
        (_("Diện tích mảnh vụn"), slivers.get("area_m2"), "m²"),
    ]
    for label, value, measured in rows:
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = AREA if measured else COUNT
        cell.alignment = Alignment(horizontal="left")
        sheet.append([_bold(sheet, f"{label}, {measured}" if measured else label), cell])
    for words in filter(None, (sums_words(told), units_without(told))):
        sheet.append([_bold(sheet, _("Đối chiếu")), _wrapped(sheet, words)])
    for note in told.notes:
        sheet.append([_bold(sheet, _("Ghi chú")), _wrapped(sheet, note)])


def _heads(sheet: Any, texts: Iterable[str]) -> None:
    """The first row: stays in sight, is printed on every page, and filters what is below."""
    cells = [_bold(sheet, text) for text in texts]
    for cell in cells:
        cell.fill, cell.alignment = HEAD, WRAPPED
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.append(cells)


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    # Labels of fields are a planner's: never a formula.
    cell.value, cell.data_type = str(text), "s"
    return cell


def _bold(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = BOLD
    return cell


def _wrapped(sheet: Any, text: str) -> Any:
    found = text_cell(sheet, text)
    cell = _cell(sheet, found) if isinstance(found, str) else found
    cell.alignment = WRAPPED
    return cell


def _widths(sheet: Any, widths: Iterable[int]) -> None:
    for number, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
