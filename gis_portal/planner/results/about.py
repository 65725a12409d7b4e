"""What travels with every file of a result: the question, what it stands on, how it was computed.

The same facts in XLSX, GeoPackage and PDF. No clock but the run's own.
"""

import json

from django.utils.translation import gettext as _

from gis_portal.planner.results.reckoning import sums_words, units_without
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import written_date, written_moment
from layers.exports.about import NOTE

Fact = tuple[str, str]


def facts(told: Told, address: str = "") -> list[Fact]:
    """Label and text, in the order of reading; only what is known. `address`: the run's page."""
    run = told.run
    rows = [
        (_("Câu hỏi"), told.title),
        *((_("Bước %(n)s") % {"n": n}, line) for n, line in enumerate(told.question.lines, 1)),
        (_("Kết quả"), told.question.result),
        (_("Mảnh vụn"), told.question.slivers),
        (_("Lưới tính diện tích"), told.grid),
        (_("Chuyển lưới"), told.moved),
        (_("Đối chiếu tổng"), sums_words(told)),
        (_("Không có phần nào"), units_without(told)),
        (_("Tính xong lúc"), written_moment(run.finished_at, told.language)),
        (_("Mã lần chạy"), str(run.pk)),
        (_("Trang kết quả"), address),
        (_("Dữ liệu minh họa"), _("Có dữ liệu minh họa") if told.is_illustrative else ""),
        (_("Lưu ý"), NOTE),
    ]
    return [(str(label), str(text)) for label, text in rows if text]


INPUT_HEADS = (
    "name",
    "layer",
    "title",
    "version",
    "data_date",
    "source",
    "decision",
    "licence",
    "grid",
)


def input_heads() -> list[str]:
    """Headings of the table of inputs."""
    return [
        _("Tên trong câu hỏi"),
        _("Mã lớp"),
        _("Lớp dữ liệu"),
        _("Phiên bản"),
        _("Ngày dữ liệu"),
        _("Nguồn"),
        _("Quyết định"),
        _("Giấy phép"),
        _("Hệ tọa độ gốc"),
    ]


def inputs(told: Told) -> list[tuple[str, ...]]:
    """A row an input, as texts."""
    return [
        (
            stand.name,
            stand.slug,
            stand.title,
            str(stand.version),
            written_date(stand.data_date, told.language),
            stand.source,
            stand.decision,
            stand.licence,
            stand.system,
        )
        for stand in told.stands
    ]


def document_text(told: Told) -> str:
    """The document itself, to be sent again."""
    return json.dumps(told.run.document, ensure_ascii=False, indent=1, sort_keys=True)
