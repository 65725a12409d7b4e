"""A result's map on one sheet of A4 or A3: title, legend, scale, grid, north, sources and dates."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_portal.planner.printing.errors import BadPaper
from gis_portal.planner.printing.scene import map_of
from gis_portal.planner.results import about
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import written_date
from gis_portal.typesetting.sheet import set_sheet
from layers.exports.building import patient
from layers.fieldtypes import LOCAL_TIME

FOLDER = Path(__file__).resolve().parent
TEMPLATE = FOLDER / "map.typ"
# Paper → width and height of the map in mm, on the sheet's long side.
PAPERS = {"a4": (200.0, 181.0), "a3": (318.0, 266.0)}


def map_pdf(told: Told, paper: str, address: str) -> bytes:
    """The sheet as PDF. Raises BadPaper, PaperBusy."""
    if paper not in PAPERS:
        raise BadPaper
    width, height = PAPERS[paper]
    with patient():
        drawn = map_of(told, width, height)
    data = {
        **words(told),
        "paper": paper,
        "map": drawn,
        "address": address,
        "language": told.language,
    }
    return set_sheet(TEMPLATE, data, "pdf", key(told, TEMPLATE, paper, address))


def words(told: Told) -> dict[str, Any]:
    """What every sheet of a result says of itself."""
    moment = told.run.finished_at.astimezone(LOCAL_TIME) if told.run.finished_at else None
    portal = settings.PORTAL_NAME_EN if told.language == "en" else settings.PORTAL_NAME_VI
    return {
        "title": told.title,
        "portal": portal,
        "steps": list(told.question.lines),
        "result": told.question.result,
        "slivers": told.question.slivers,
        "illustrative": told.is_illustrative,
        "made": f"{moment:%d/%m/%Y %H:%M}" if moment else "",
        "sources": [
            [
                stand.title,
                f"{stand.version}",
                written_date(stand.data_date, told.language),
                ", ".join(filter(None, (stand.source, stand.decision))),
            ]
            for stand in told.stands
        ],
        "notes": list(told.notes),
        "run": str(told.run.pk),
        "w": _labels(),
        "grid": told.grid,
        "facts": about.facts(told),
    }


def _labels() -> dict[str, str]:
    return {
        "legend": _("Chú giải"),
        "scale": _("Tỷ lệ"),
        "north": _("B"),
        "grid_step": _("Lưới"),
        "axes": _("X hướng bắc, Y hướng đông"),
        "sources": _("Nguồn dữ liệu"),
        "layer": _("Lớp dữ liệu"),
        "version": _("Phiên bản"),
        "date": _("Ngày dữ liệu"),
        "source": _("Nguồn"),
        "made": _("Tính xong lúc"),
        "run": _("Mã lần chạy"),
        "illustrative": _("DỮ LIỆU MINH HỌA"),
        "reference": _("Bản in để tham khảo, không thay thế bản đồ địa chính hay văn bản pháp lý."),
        "question": _("Câu hỏi"),
        "map": _("Bản đồ"),
        "map_alt": _("Bản đồ kết quả; các số ở bảng kèm theo"),
        "chart": _("Biểu đồ"),
        "table": _("Bảng kết quả"),
        "slivers": _("Mảnh vụn"),
        "total": _("Tổng cộng"),
        "page": _("Trang"),
        "grid": _("Lưới tính diện tích"),
        "address": _("Xem trên cổng"),
        "notes": _("Ghi chú"),
    }


def key(told: Told, template: Path, *parts: str) -> str:
    """The same run in the same form: the same sheet."""
    text = "|".join([str(told.run.pk), str(told.run.finished_at), told.language, *parts])
    return hashlib.sha256(text.encode() + form(template)).hexdigest()


@cache
def form(template: Path) -> bytes:
    """A digest of how sheets look: templates and the code that places things."""
    digest = hashlib.sha256(template.read_bytes())
    for file in sorted(FOLDER.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.digest()
