"""Maps on sheets of A4 or A3: title, legend, scale, grid, north, sources and dates.

A result has one sheet; `gis_portal/planner/compositions/paper.py` sets one for each side of a map
that a planner put together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_portal.planner.printing.drawing import LAND
from gis_portal.planner.printing.errors import BadPaper
from gis_portal.planner.printing.ground import base_mark
from gis_portal.planner.printing.scene import map_of
from gis_portal.planner.results import about
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import written_date, written_moment
from gis_portal.typesetting.sheet import set_sheet
from layers.exports.building import patient

FOLDER = Path(__file__).resolve().parent
TEMPLATE = FOLDER / "map.typ"
# Paper → width and height of the map in mm, on the sheet's long side.
PAPERS = {"a4": (200.0, 181.0), "a3": (318.0, 266.0)}
Json = Any


@dataclass(frozen=True)
class Sheet:
    """One map and what stands beside it.

    Attributes:
        drawn: of `Scene.data`.
        legend: blocks of `{group, title, notes, entries: [{color, opacity, kind, label}]}`.
        parts: headings with lines, between scale and sources.
        sources: layer, version, day of the data, whose.
    """

    drawn: dict[str, Json]
    legend: Sequence[dict[str, Json]]
    sources: Sequence[Sequence[str]]
    foot: str
    side: str = ""
    parts: Sequence[tuple[str, Sequence[str]]] = ()
    notes: Sequence[str] = ()
    illustrative: bool = False

    def data(self) -> dict[str, Json]:
        """As the template reads it."""
        return {
            "map": {"inset": [], **self.drawn},
            "legend": list(self.legend),
            "sources": [list(row) for row in self.sources],
            "foot": self.foot,
            "side": self.side,
            "parts": [[words, list(lines)] for words, lines in self.parts],
            "notes": list(self.notes),
            "illustrative": self.illustrative,
        }


def check_paper(paper: str) -> tuple[float, float]:
    """Width and height of the map in mm. Raises BadPaper."""
    if paper not in PAPERS:
        raise BadPaper
    return PAPERS[paper]


def sheets_pdf(
    sheets: Sequence[Sheet], *, title: str, description: str, language: str, paper: str, key: str
) -> bytes:
    """All of them as one PDF. Raises PaperBusy."""
    data = {
        "title": title,
        "description": description,
        "portal": portal_name(language),
        "language": language,
        "paper": paper,
        "land": LAND,
        "w": labels(),
        "sheets": [sheet.data() for sheet in sheets],
    }
    return set_sheet(TEMPLATE, data, "pdf", key)


def map_pdf(told: Told, paper: str, address: str) -> bytes:
    """The sheet of a result as PDF. Raises BadPaper, PaperBusy."""
    width, height = check_paper(paper)
    with patient():
        drawn = map_of(told, width, height)
    said = words(told)
    legend = {
        "group": "",
        "title": "",
        "notes": [drawn["summed"]] if drawn["summed"] else [],
        "entries": drawn["legend"],
    }
    asked = [*(f"{n}. {line}" for n, line in enumerate(said["steps"], 1)), said["result"]]
    sheet = Sheet(
        drawn,
        [legend],
        said["sources"],
        f"{_('Tính xong lúc')} {said['made']}. {_('Mã lần chạy')} {said['run']}.",
        parts=[(_("Câu hỏi"), asked)],
        notes=said["notes"],
        illustrative=said["illustrative"],
    )
    return sheets_pdf(
        [sheet],
        title=told.title,
        description=said["result"],
        language=told.language,
        paper=paper,
        key=key(told, TEMPLATE, paper, address),
    )


def portal_name(language: str) -> str:
    """As the installation calls itself."""
    return str(settings.PORTAL_NAME_EN if language == "en" else settings.PORTAL_NAME_VI)


def words(told: Told) -> dict[str, Any]:
    """What every sheet of a result says of itself."""
    return {
        "title": told.title,
        "portal": portal_name(told.language),
        "steps": list(told.question.lines),
        "result": told.question.result,
        "slivers": told.question.slivers,
        "illustrative": told.is_illustrative,
        "made": written_moment(told.run.finished_at, told.language),
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
        "w": labels(),
        "grid": told.grid,
        "facts": about.facts(told),
    }


def labels() -> dict[str, str]:
    """Words that stand on every sheet."""
    return {
        "legend": _("Chú giải"),
        "legend_apart": _("Chú giải ở trang sau."),
        "parts_apart": _("Các bước ở trang sau."),
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
    """The same run in the same form over the same ground: the same sheet."""
    text = [str(told.run.pk), str(told.run.finished_at), told.title, told.language, *parts]
    return digest(template, *text)


def digest(template: Path, *parts: str) -> str:
    """Of what a sheet tells, its form and its ground."""
    text = "|".join([base_mark(), *parts])
    return hashlib.sha256(text.encode() + form(template)).hexdigest()


@cache
def form(template: Path) -> bytes:
    """A digest of how sheets look: templates and the code that places things."""
    found = hashlib.sha256(template.read_bytes())
    for file in sorted((*FOLDER.glob("*.py"), *FOLDER.glob("*.typ"))):
        found.update(file.read_bytes())
    return found.digest()
