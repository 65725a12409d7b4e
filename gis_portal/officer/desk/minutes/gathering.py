"""From a report and what is known of its parcel to the sheet: texts, plan, photos.

The parcel is drawn as the live register has it, the officer's sketch over it in the same grid.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import override

from gis_portal.maps.grids import positions
from gis_portal.officer.desk.handling import signed_of
from gis_portal.officer.desk.life_cycle import STATES
from gis_portal.officer.desk.measuring import Drawn, corner_rows, drawn, grid_or_province
from gis_portal.officer.desk.minutes.content import (
    Minutes,
    PrintedPhoto,
    Signed,
    Typed,
    document_of,
    moment_of,
    photo_name,
)
from gis_portal.officer.desk.models import Step
from gis_portal.officer.desk.told import checklist_of, reference_of
from gis_portal.officer.field import photos as field_photos
from gis_portal.officer.field.errors import UnknownPhoto
from gis_portal.officer.field.models import FieldReport, Photo
from gis_portal.parcels.extract.around import parcels_within
from gis_portal.parcels.extract.plan import Frame, frame_of, plan_of
from gis_portal.parcels.facts import parcel_facts, rings_of
from gis_portal.parcels.parts import ParcelFacts, Ring
from gis_portal.templatetags.portal import day, number
from gis_portal.typesetting.sheet import set_sheet
from layers.crs import WGS84, Crs, transform_point
from layers.errors import ItemRetired, UnknownItem
from layers.permissions import User

TEMPLATE = Path(__file__).resolve().parent / "minutes.typ"
# mm on A4 within the margins.
PLAN_WIDTH, PLAN_HEIGHT = 164.0, 108.0
# A sheet for signing, not an archive: the rest is on the report's page.
MOST_PHOTOS, MOST_CORNERS = 12, 120


def pdf_of(report: FieldReport, user: User, typed: Typed, address: str) -> bytes:
    """The finished sheet. Raises PaperBusy."""
    minutes = minutes_of(report, user, typed, address)
    data = document_of(minutes)
    pictures = {photo_name(n): photo.jpeg for n, photo in enumerate(minutes.photos, 1)}
    said = json.dumps(data, ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(f"minutes|{user.pk}|{said}".encode()).hexdigest()
    return set_sheet(TEMPLATE, data, "pdf", key, pictures)


def minutes_of(report: FieldReport, user: User, typed: Typed, address: str) -> Minutes:
    """All that the sheet says, in Vietnamese. The reader's right to the report is the caller's."""
    with override("vi"):
        facts = _facts(report.uid, user)
        grid = grid_or_province(facts.areas.grid_code if facts else "")
        sketch = drawn(report.sketch, grid) if report.sketch else None
        shown = list(report.operation.photos.order_by("index")[: MOST_PHOTOS + 1])
        printed = _printed(shown[:MOST_PHOTOS])
        return Minutes(
            reference=reference_of(report),
            kind=report.kind,
            unit=report.unit.name if report.unit else "",
            illustrative=_is_illustrative(report, facts),
            reporter=_name_of(report),
            made_at=report.seen_at,
            received_at=report.received_at,
            parcel=tuple(_parcel_rows(facts)) if facts else (),
            note=report.note,
            found=tuple(_found_rows(report, grid, sketch)),
            checklist=tuple(checklist_of(report, "vi")),
            steps=tuple(_steps(report)),
            plan=_plan(report, facts, sketch, grid, printed),
            grid=_grid_name(grid),
            corners=tuple(_corner_texts(_corners(facts))) if facts else (),
            sketch=tuple(_corner_texts(corner_rows(sketch.shape))) if sketch else (),
            photos=tuple(photo for photo, _row in printed),
            photos_left=max(0, report.operation.photos.count() - len(printed)),
            typed=typed,
            signed=_signed(signed_of(report)),
            address=address,
        )


def _signed(step: Step | None) -> Signed | None:
    if step is None or step.decision_date is None:
        return None
    return Signed(step.decision_no, step.decision_date)


def _facts(uid: UUID | None, user: User) -> ParcelFacts | None:
    """None for a place, and for a parcel that is in the register no more."""
    try:
        return parcel_facts(uid, user=user, lang="vi") if uid else None
    except (ItemRetired, UnknownItem):
        return None


def _is_illustrative(report: FieldReport, facts: ParcelFacts | None) -> bool:
    """Of invented data, or of a report that says of itself that it is invented."""
    return bool(facts and facts.illustrative) or "minh họa" in report.note.lower()


def _name_of(report: FieldReport) -> str:
    return report.by.get_full_name() or report.by.get_username()


def _grid_name(grid: Crs) -> str:
    (here,) = positions(107.0, 10.5, [grid])
    return here.label


def _parcel_rows(facts: ParcelFacts) -> list[tuple[str, str]]:
    identity, areas = facts.identity, facts.areas
    rows = [
        ("Thửa đất", identity.title),
        ("Xã, phường", identity.unit.name if identity.unit else ""),
        ("Địa chỉ", ", ".join(filter(None, (identity.site, identity.address)))),
        ("Đơn vị quản lý", facts.manager or ""),
        ("Loại đất", "; ".join(f"{use.code} {use.name}" for use in facts.uses)),
        ("Diện tích theo hồ sơ", "" if areas.surveyed is None else _square(areas.surveyed)),
        ("Diện tích tính từ tọa độ", _square(areas.computed)),
        ("Dữ liệu", f"{facts.layer_title}, ngày {day(facts.data_date)}"),
    ]
    return [(label, text) for label, text in rows if text]


def _found_rows(report: FieldReport, grid: Crs, sketch: Drawn | None) -> list[tuple[str, str]]:
    rows = []
    if report.point:
        (here,) = positions(report.point.x, report.point.y, [grid])
        text = f"X {number(here.x, 2)} m; Y {number(here.y, 2)} m ({here.label})"
        rows.append(("Vị trí ghi nhận", text))
    if report.accuracy_m is not None:
        rows.append(("Độ chính xác định vị", f"±\u00a0{number(report.accuracy_m, 1)}\u00a0m"))
    if sketch and sketch.area is not None:
        rows.append(("Diện tích vẽ tại thực địa", _square(sketch.area)))
    elif sketch and sketch.length is not None:
        rows.append(("Chiều dài vẽ tại thực địa", f"{number(sketch.length, 1)} m"))
    return rows


def _square(value: float) -> str:
    return f"{number(value, 1)} m²"


def _steps(report: FieldReport) -> list[tuple[str, str, str]]:
    moved = Step.objects.filter(case=report.pk, kind=Step.MOVED)
    return [
        (
            day(step.at),
            STATES[step.state].vi,
            f"{step.decision_no} ngày {day(step.decision_date)}" if step.decision_no else "",
        )
        for step in moved
    ]


def _corners(facts: ParcelFacts) -> list[tuple[str, float, float, float | None]]:
    corners = [corner for ring in facts.corners for corner in ring.corners]
    return [(str(c.number), c.x_north, c.y_east, c.edge) for c in corners[:MOST_CORNERS]]


def _corner_texts(
    rows: Sequence[tuple[str, float, float, float | None]],
) -> list[tuple[str, str, str, str]]:
    return [
        (name, number(x, 3), number(y, 3), number(edge, 2) if edge is not None else "")
        for name, x, y, edge in rows[:MOST_CORNERS]
    ]


def _printed(rows: Sequence[Photo]) -> list[tuple[PrintedPhoto, Photo]]:
    """Those that can be shown; an original in a format that no page shows is left out."""
    found = []
    for row in rows:
        try:
            jpeg = field_photos.shown(row)
        except UnknownPhoto:
            continue
        found.append((PrintedPhoto(jpeg, _caption(row), row.sha256), row))
    return found


def _caption(row: Photo) -> str:
    parts = [f"Chụp lúc {moment_of(row.taken_at)}" if row.taken_at else ""]
    if row.bearing is not None:
        parts.append(f"hướng {number(row.bearing)}°")
    if row.accuracy_m is not None:
        parts.append(f"±\u00a0{number(row.accuracy_m)}\u00a0m")
    return ", ".join(filter(None, parts))


# --- The plan -------------------------------------------------------------------------------------
def _plan(
    report: FieldReport,
    facts: ParcelFacts | None,
    sketch: Drawn | None,
    grid: Crs,
    printed: Sequence[tuple[PrintedPhoto, Photo]],
) -> dict[str, Any] | None:
    """Parcel, sketch and where photos were taken; None where there is neither parcel nor sketch
    with an extent.
    """
    rings: tuple[Ring, ...] = facts.corners if facts else ()
    outline = rings_of(sketch.shape) if sketch and sketch.area else ()
    around = [*rings, *outline]
    if not around or facts is None:
        return None
    frame = frame_of(around, PLAN_WIDTH, PLAN_HEIGHT)
    drawing = plan_of(facts, frame, parcels_within(facts, frame.ground, frame.scale))
    return {
        **drawing,
        "sketch": [
            [closed, [frame.mm(x, y) for x, y in path]]
            for closed, path in (sketch.paths if sketch else ())
        ],
        "marks": _marks(frame, grid, printed),
    }


def _marks(
    frame: Frame, grid: Crs, printed: Sequence[tuple[PrintedPhoto, Photo]]
) -> list[list[Any]]:
    """[x, y, number] of the photos that were taken within the frame."""
    found: list[list[Any]] = []
    for place, (_photo, row) in enumerate(printed, 1):
        if row.point is None:
            continue
        x, y = frame.mm(*transform_point(row.point.x, row.point.y, WGS84, grid))
        if 0 < x < frame.width and 0 < y < frame.height:
            found.append([x, y, str(place)])
    return found
