"""A selection of reports as CSV or XLSX: what officers wrote must stay text (`layers.exports`).

Names and phones of people met are in neither: they are in a table of their own.
"""

import csv
import io
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from gis_portal.maps.grids import positions
from gis_portal.officer.desk.handling import may_desk
from gis_portal.officer.desk.listing import language_of, selected
from gis_portal.officer.desk.measuring import drawn, grid_or_province
from gis_portal.officer.desk.told import Line, lines_of
from gis_portal.steward.access import only
from layers.exports.formulas import harmless
from layers.exports.tables import text_cell
from layers.values import LOCAL_TIME

# Newest first; who needs more narrows the days.
MOST_ROWS = 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | float | None


@never_cache
@require_safe
@only(may_desk)
def as_csv(request: HttpRequest) -> HttpResponse:
    """UTF-8 with the mark that spreadsheets need; cells that look like formulas made harmless."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in _rows(request):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return _file(request, out.getvalue().encode(), "text/csv; charset=utf-8", "csv")


@never_cache
@require_safe
@only(may_desk)
def as_xlsx(request: HttpRequest) -> HttpResponse:
    """One sheet; every text is a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Báo cáo"))
    sheet.freeze_panes = "A2"
    for row in _rows(request):
        sheet.append([text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return _file(request, out.getvalue(), XLSX, "xlsx")


def _file(request: HttpRequest, content: bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="field-reports.{ending}"'
    return answer


def _rows(request: HttpRequest) -> Iterator[list[Cell]]:
    """Heads, then a row a report."""
    _selection, shown = selected(request)
    yield [
        _("Số"),
        _("Ngày"),
        _("Loại việc"),
        _("Trạng thái"),
        _("Địa bàn"),
        _("Thửa đất"),
        "uid",
        _("Nội dung"),
        _("Cán bộ"),
        _("Giao cho"),
        _("Trả lời lần đầu"),
        "lon",
        "lat",
        "X (m)",
        "Y (m)",
        _("Hệ tọa độ"),
        _("Độ chính xác, m"),
        _("Diện tích vẽ, m²"),
        _("Số ảnh"),
    ]
    for line in lines_of(shown[:MOST_ROWS], request.user, language_of(request)):
        yield _row(line)


def _row(line: Line) -> list[Cell]:
    report, case = line.report, getattr(line.report, "case", None)
    answered = case.answered_at if case else None
    sketch = drawn(report.sketch) if report.sketch else None
    return [
        line.reference,
        f"{report.seen_at.astimezone(LOCAL_TIME):%Y-%m-%d %H:%M}",
        report.get_kind_display(),
        line.state_label,
        report.unit.name if report.unit else "",
        line.parcel,
        str(report.uid or ""),
        report.note,
        report.by.get_username(),
        line.assignee,
        f"{answered.astimezone(LOCAL_TIME):%Y-%m-%d %H:%M}" if answered else "",
        *_place(line),
        report.accuracy_m,
        round(sketch.area, 1) if sketch and sketch.area is not None else None,
        report.photo_count,
    ]


def _place(line: Line) -> list[Cell]:
    """lon, lat, X north, Y east, the grid."""
    point = line.report.point
    if point is None:
        return [None, None, None, None, ""]
    (here,) = positions(point.x, point.y, [grid_or_province()])
    return [round(point.x, 7), round(point.y, 7), round(here.x, 3), round(here.y, 3), here.label]
