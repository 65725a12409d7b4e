"""The issues of a run as a file for whoever mends the data: a CSV, or a workbook with a summary.

Values are as `importers.issue_log` keeps them: what is not public is masked already. Cells that a
spreadsheet would take for a formula are written as text.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from importers.issue_texts import EXPLAINED, is_serious, text_of
from importers.models import ImportIssue, ImportRun
from layers.sentences import in_language

# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Columns of the list: heading and width in characters. North and east follow.
_COLUMNS = (
    (_("Dòng"), 9),
    (_("Đối tượng"), 30),
    (_("Trường"), 22),
    (_("Cột của tệp"), 18),
    (_("Giá trị"), 24),
    (_("Chi tiết"), 36),
    (_("Mã lỗi"), 20),
    (_("Mức"), 20),
    (_("Nội dung"), 46),
    (_("Cần làm"), 46),
)
_PLACE_WIDTH = 16
_HEAD_FILL = PatternFill("solid", fgColor="DCEDEE")


def write_issues(run: ImportRun, path: Path) -> int:
    """Write the recorded issues as CSV in UTF-8 with its mark; answers how many. Raises OSError."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        return write_csv(run, out)


def write_csv(run: ImportRun, out: IO[str]) -> int:
    """The same into an open text stream; the caller writes the mark."""
    writer = csv.writer(out)
    writer.writerow(headings(run))
    count = 0
    for cells in rows(run):
        writer.writerow([_plain(cell) for cell in cells])
        count += 1
    return count


def write_workbook(run: ImportRun, out: IO[bytes]) -> None:
    """Sheet 1: what it is about and what to do; sheet 2: one line an issue."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):  # a new workbook has one sheet
        raise TypeError
    first.title = gettext("Tóm tắt")
    _write_summary(first, run)
    _write_list(book.create_sheet(gettext("Các dòng")), run)
    book.save(out)


def headings(run: ImportRun) -> list[str]:
    """Names of the columns; the last two are north and east in the file's own system."""
    place = (_("Vĩ độ"), _("Kinh độ")) if is_in_degrees(run) else (_("X (Bắc)"), _("Y (Đông)"))
    return [*(str(name) for name, _width in _COLUMNS), *map(str, place)]


def rows(run: ImportRun) -> Iterator[list[Any]]:
    """One list of cells an issue, in the file's order."""
    names, keys = FieldNames(run), run.report.get("keys", {})
    digits = 8 if is_in_degrees(run) else 3
    for issue in run.issues.order_by("row", "id"):
        yield [
            issue.row,
            keys.get(str(issue.row), ""),
            names.label(issue.field),
            names.column(issue.field),
            "" if issue.code in EXPLAINED else issue.value,
            value_of(issue.code, issue.value) if issue.code in EXPLAINED else "",
            issue.code,
            _level(issue),
            in_language(issue.message),
            in_language(issue.hint),
            _rounded(issue.y, digits),
            _rounded(issue.x, digits),
        ]


def value_of(code: str, value: str) -> str:
    """What a row's cell held, as it is; an explanation of ours in the reader's language."""
    return in_language(value) if code in EXPLAINED else value


def _level(issue: ImportIssue) -> str:
    if is_serious(issue.code, issue.severity):
        return gettext("cảnh báo nặng: vẫn nạp")
    return issue.get_severity_display()


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def is_in_degrees(run: ImportRun) -> bool:
    """Whether the file's own numbers are latitude and longitude."""
    source = run.report.get("source") or {}
    return bool((source.get("first_point") or {}).get("degrees"))


class FieldNames:
    """What the fields of a run's issues are called: by people, and in the file."""

    def __init__(self, run: ImportRun) -> None:
        self._known: dict[str, dict[str, str]] = run.report.get("fields", {})

    def label(self, field: str) -> str:
        """The declared label; empty for a column that fills no field."""
        return ", ".join(f["label"] for f in self._of(field))

    def column(self, field: str) -> str:
        """The file's column; the name itself where no field is filled from it."""
        columns = ", ".join(f["column"] for f in self._of(field) if f.get("column"))
        return columns or ("" if self._of(field) else field)

    def _of(self, field: str) -> list[dict[str, str]]:
        return [self._known[name] for name in field.split(", ") if name in self._known]


def _write_summary(sheet: Worksheet, run: ImportRun) -> None:
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 70
    sheet.append([gettext("Danh sách cần sửa"), ""])
    sheet["A1"].font = Font(bold=True, size=14)
    for name, value in _about(run):
        sheet.append([name, _plain(value)])
    sheet.append([])
    sheet.append([gettext("Lỗi"), gettext("Số dòng"), gettext("Cần làm")])
    sheet.column_dimensions["C"].width = 70
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
    for group in run.report.get("issues", []):
        text = text_of(group["code"])
        what = f"{_kind(group)}: {text.message}"
        label = f" [{_plain(group['label'])}]" if group.get("label") else ""
        hint = group["hint"]
        sheet.append([what + label, group["count"], in_language(hint)])
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        line[0].font = Font(bold=line[0].font.bold, color="465D65")


def _kind(group: dict[str, Any]) -> str:
    if group["severity"] == ImportIssue.ERROR:
        return gettext("Lỗi, bỏ dòng")
    if group.get("serious"):
        return gettext("Cảnh báo nặng, vẫn nạp")
    return gettext("Cảnh báo, vẫn nạp")


def _about(run: ImportRun) -> Iterator[tuple[str, object]]:
    """Name and value of each line about the run."""
    yield gettext("Lớp"), run.layer.title_vi
    yield gettext("Tệp"), run.file_name
    yield gettext("Mã SHA-256 của tệp"), run.file_sha256
    yield gettext("Hệ tọa độ"), run.crs_code
    yield (
        gettext("Kiểm tra lúc"),
        localtime(run.finished_at or run.started_at).strftime("%d/%m/%Y %H:%M"),
    )
    yield gettext("Kết quả"), run.get_state_display()
    yield gettext("Số dòng đọc"), run.rows_read
    yield gettext("Số dòng nạp được"), run.rows_loaded
    yield gettext("Số dòng bỏ vì lỗi"), run.rows_refused
    error = run.report.get("error")
    if error:
        title, hint = error["title"], error.get("hint")
        detail = in_language(error.get("detail", ""))
        yield gettext("Vì sao bị từ chối"), f"{in_language(title)}. {detail}"
        yield gettext("Cần làm"), in_language(hint or "")
    kept, counted = run.issues.count(), sum(g["count"] for g in run.report.get("issues", []))
    if counted > kept:
        yield (
            gettext("Lưu ý"),
            gettext("Có %(all)s lỗi; trang sau ghi %(kept)s dòng đầu của từng loại.")
            % {"all": counted, "kept": kept},
        )
    yield (
        gettext("Cách dùng"),
        gettext("Sửa các dòng ở trang “Các dòng” trong tệp gốc rồi gửi lại cả tệp."),
    )


def _write_list(sheet: Worksheet, run: ImportRun) -> None:
    titles = headings(run)
    sheet.append(titles)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for cells in rows(run):
        sheet.append([_plain(cell) for cell in cells])
    widths = [*(width for _name, width in _COLUMNS), _PLACE_WIDTH, _PLACE_WIDTH]
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    digits = "0.000000" if is_in_degrees(run) else "0.000"
    for line in sheet.iter_rows(min_row=2, min_col=1, max_col=len(titles)):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        for cell in line[-2:]:
            cell.number_format = digits
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions


def _plain(cell: object) -> object:
    """A text that is no formula, without the control characters that a workbook cannot hold."""
    if not isinstance(cell, str):
        return cell
    text = "".join(c for c in cell if c >= " " or c in "\t\n")
    return f"'{text}" if text.startswith(_FORMULA) else text
