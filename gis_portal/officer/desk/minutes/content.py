"""What minutes say, as data for their template: texts in Vietnamese, positions in mm on paper.

Minutes are a paper of Vietnamese administration (Decree 30/2020, Annex III): their language is
Vietnamese whatever the reader's. Blank values become dotted places to be filled in by hand. Names
of those present are printed where somebody typed them for this one sheet, and stored nowhere.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override

from gis_portal.templatetags.portal import day, number
from layers.values import LOCAL_TIME

# By kind of report: what the minutes are about.
SUBJECTS = {
    "inspection": "Về việc kiểm tra hiện trạng sử dụng đất",
    "encroachment": "Về việc kiểm tra hiện trạng đất có dấu hiệu bị lấn, chiếm",
    "construction": "Về việc kiểm tra công trình xây dựng trên đất",
    "boundary": "Về việc kiểm tra ranh giới, mốc giới thửa đất",
    "contract": "Về việc kiểm tra thực hiện hợp đồng sử dụng đất",
    "other": "Về việc ghi nhận sự việc tại thực địa",
}
SIGNERS = (
    "ĐẠI DIỆN ỦY BAN NHÂN DÂN",
    "NGƯỜI LẬP BIÊN BẢN",
    "NGƯỜI SỬ DỤNG ĐẤT",
    "NGƯỜI CHỨNG KIẾN",
)


@dataclass(frozen=True)
class PrintedPhoto:
    """A photo with what is known of it; `jpeg` as it is shown."""

    jpeg: bytes
    caption: str
    sha256: str


@dataclass(frozen=True)
class Typed:
    """What somebody types for one sheet: nothing of it is stored."""

    held: str = ""
    place: str = ""
    people: tuple[str, ...] = ()
    opinions: str = ""
    conclusion: str = ""
    copies: str = ""


@dataclass(frozen=True)
class Signed:
    """The number that signed minutes bear, and their day."""

    number: str
    on: dt.date


@dataclass(frozen=True)
class Minutes:
    """Everything of one sheet. `parcel`, `found`: (label, text); `steps`: (day, state, paper)."""

    reference: str
    kind: str
    unit: str
    illustrative: bool
    reporter: str
    made_at: dt.datetime
    received_at: dt.datetime
    parcel: tuple[tuple[str, str], ...]
    note: str
    found: tuple[tuple[str, str], ...]
    checklist: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()
    plan: dict[str, Any] | None = None
    grid: str = ""
    corners: tuple[tuple[str, str, str, str], ...] = ()
    sketch: tuple[tuple[str, str, str, str], ...] = ()
    photos: tuple[PrintedPhoto, ...] = ()
    photos_left: int = 0
    typed: Typed = field(default_factory=Typed)
    signed: Signed | None = None
    address: str = ""


def document_of(minutes: Minutes) -> dict[str, Any]:
    """All texts of the sheet, in Vietnamese."""
    with override("vi"):
        return _document(minutes)


def _document(m: Minutes) -> dict[str, Any]:
    return {
        "unit": m.unit.upper(),
        "number": m.signed.number if m.signed else "",
        "dated": _dated(m),
        "subject": SUBJECTS.get(m.kind, SUBJECTS["other"]),
        "draft": m.signed is None,
        "signed_on": day(m.signed.on) if m.signed else "",
        "illustrative": m.illustrative,
        "reference": m.reference,
        "reporter": m.reporter,
        "made": moment_of(m.made_at),
        "received": moment_of(m.received_at),
        "held": m.typed.held,
        "place": m.typed.place,
        "people": list(m.typed.people),
        "opinions": m.typed.opinions,
        "conclusion": m.typed.conclusion,
        "copies": m.typed.copies,
        "parcel": rows_of(m.parcel),
        "note": m.note,
        "found": rows_of(m.found),
        "checklist": rows_of(m.checklist),
        "steps": rows_of(m.steps),
        "plan": m.plan,
        "grid": m.grid,
        "corners": rows_of(m.corners),
        "sketch": rows_of(m.sketch),
        "photos": [
            {"name": photo_name(n), "caption": photo.caption, "sha256": photo.sha256[:16]}
            for n, photo in enumerate(m.photos, 1)
        ],
        "photos_left": number(m.photos_left) if m.photos_left else "",
        "signers": list(SIGNERS),
        "address": m.address,
    }


def photo_name(place: int) -> str:
    """The file beside the template."""
    return f"photo-{place}.jpg"


def rows_of(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows that JSON knows."""
    return [list(row) for row in rows]


def moment_of(at: dt.datetime) -> str:
    """As minutes write it: `14 giờ 05 phút, ngày 22/11/2026`."""
    here = at.astimezone(LOCAL_TIME)
    return f"{here.hour} giờ {here:%M} phút, ngày {here:%d/%m/%Y}"


def _dated(m: Minutes) -> str:
    """Place and day of the head; the day is filled in by hand until they are signed."""
    if m.signed is None:
        return f"{m.unit}, ngày ….. tháng ….. năm ……"
    on = m.signed.on
    return f"{m.unit}, ngày {on:%d} tháng {on:%m} năm {on.year}"
