"""A few invented field reports, sent and handled as anybody's are, so that the desk shows what it
is for: one that became a violation, one remedied, proposals and a conflict. Each says that it is
invented; photos are drawn.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from gis_portal.demo.accounts import OFFICER_UNITS
from gis_portal.demo.field_pictures import picture
from gis_portal.demo.reports import MARK
from gis_portal.officer.desk import handling
from gis_portal.officer.desk.life_cycle import DECISION, STATES, Behind
from gis_portal.officer.devices.door import Officer
from gis_portal.officer.devices.models import Device
from gis_portal.officer.devices.sessions import make_device, revoke
from gis_portal.officer.field.applying import apply
from gis_portal.officer.field.canonical import canonical
from gis_portal.officer.field.models import REFUSED, FieldReport, Operation
from gis_portal.officer.field.photos import expected, take_piece
from gis_portal.officer.jurisdiction import units_of
from layers.models import AdminUnit, Layer

REGISTER = "public-land-parcels"
PHONE, TABLET = "Điện thoại minh họa", "Máy tính bảng minh họa"


@dataclass(frozen=True)
class Ground:
    """A parcel of the demo, or what is beside it."""

    uid: uuid.UUID
    version: int
    properties: dict[str, Any]
    box: tuple[float, float, float, float]

    @property
    def base(self) -> dict[str, Any]:
        """As a device names it."""
        return {"layer": REGISTER, "uid": str(self.uid), "version": self.version}

    def at(self, across: float, along: float) -> list[float]:
        """A position by shares of the parcel's box."""
        west, south, east, north = self.box
        return [west + (east - west) * across, south + (north - south) * along]


@dataclass(frozen=True)
class Invented:
    """A report: in which of the officer's units, how many days ago, how far it has come."""

    unit: str
    kind: str
    days: int
    text: str
    checklist: dict[str, Any]
    pictures: tuple[str, ...] = ()
    sketch: str = ""
    states: tuple[str, ...] = ()
    answer: str = ""
    on_parcel: bool = True


_RECORDED = ("checking", "confirmed", "violation_recorded")
INVENTED = (
    Invented(
        OFFICER_UNITS[0],
        "encroachment",
        24,
        "hộ bên cạnh dựng hàng rào lưới B40 lấn vào khu đất công, chắn lối xuống biển.",
        {"form": "shifted", "area_m2": 60, "built": ["fence"], "ongoing": True},
        ("fence", "fence", "nothing"),
        "strip",
        (*_RECORDED, "sanctioned"),
        "Phường đã lập biên bản; theo dõi việc tháo dỡ trước ngày 30.",
    ),
    Invented(
        OFFICER_UNITS[1],
        "encroachment",
        60,
        "lán tạm chứa vật liệu trên đất công, đã tự tháo dỡ sau khi bị lập biên bản.",
        {"form": "occupied", "area_m2": 35, "built": ["shed", "goods"], "ongoing": False},
        ("shed", "nothing"),
        "strip",
        (*_RECORDED, "sanctioned", "remedied", "managed_vacant"),
        "Đã nghiệm thu, đất trả về quản lý.",
    ),
    Invented(
        OFFICER_UNITS[1],
        "construction",
        2,
        "nhà tạm mới dựng trên đất công, móng gạch, mái tôn.",
        {},
        ("shed", "shed"),
        "strip",
    ),
    Invented(
        OFFICER_UNITS[0],
        "boundary",
        5,
        "mốc giới phía bờ kè bị nghiêng, cần chôn lại.",
        {},
        ("stone",),
        "line",
        ("checking",),
        "Thứ năm tổ đo đạc đến chôn lại mốc.",
    ),
    Invented(
        OFFICER_UNITS[2],
        "inspection",
        9,
        "kiểm tra định kỳ: đất trống, không có công trình, mốc còn đủ.",
        {},
        ("nothing",),
        "",
        ("checking", "noted"),
    ),
    Invented(OFFICER_UNITS[2], "contract", 1, "đơn vị thuê chưa dựng biển tên theo hợp đồng.", {}),
    Invented(
        OFFICER_UNITS[0],
        "other",
        3,
        "rác thải xây dựng đổ ven đường, ngoài ranh thửa đất công.",
        {},
        ("nothing",),
        on_parcel=False,
    ),
)
_REASONS = {
    "noted": "Đã kiểm tra tại chỗ, không có vi phạm.",
    "rejected": "Kiểm tra lại không thấy như báo cáo.",
}


def ensure_field_reports() -> int:
    """Send and handle them, unless there is any report already; answers how many."""
    people = User.objects.in_bulk(["officer", "steward"], field_name="username")
    grounds = dict(_grounds())
    if len(people) < 2 or not grounds or FieldReport.objects.exists():
        return 0
    officer, steward = people["officer"], people["steward"]
    phone, tablet = (_with_device(officer, name) for name in (PHONE, TABLET))
    sent = 0
    for place, invented in enumerate(INVENTED):
        ground = grounds.get(invented.unit)
        if ground is not None:
            operation = _send(phone, _observed(invented, ground, place), ground, invented)
            _handle(operation, invented, steward, officer)
            sent += 1
    _propose(phone, tablet, grounds)
    # One that is out of use, as some always are.
    revoke(tablet.device, steward)
    return sent


def _with_device(user: User, name: str) -> Officer:
    device = Device.objects.filter(user=user, name=name).first()
    if device is None:
        device, _cookie = make_device(user, name, "minh họa")
    return Officer(user, device, units_of(user))


# The one of middle size in each unit: large enough to see, small enough for a plan. Served by the
# version's partition, which is small.
_GROUNDS = """
SELECT DISTINCT ON (f.unit_id) f.unit_id, f.uid, f.properties::text,
  ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)
FROM layers_feature f WHERE f.version_id = %s AND f.unit_id = ANY(%s)
ORDER BY f.unit_id, abs(coalesce(f.area_m2, 0) - 2500), f.uid
"""


def _grounds() -> Iterator[tuple[str, Ground]]:
    """A parcel for each of the officer's units, by the unit's code."""
    layer = Layer.objects.filter(slug=REGISTER).first()
    version = layer.live_version if layer else None
    if version is None or not version.is_illustrative:
        return
    communes = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to=None)
    units = dict(communes.filter(code__in=OFFICER_UNITS).values_list("pk", "code"))
    with connection.cursor() as cursor:
        cursor.execute(_GROUNDS, [version.pk, list(units)])
        for unit_id, uid, properties, *box in cursor.fetchall():
            yield units[unit_id], Ground(uid, version.pk, json.loads(properties), tuple(box))


def _observed(invented: Invented, ground: Ground, place: int) -> tuple[dict[str, Any], list[bytes]]:
    """The payload and its photos."""
    seen = timezone.now() - dt.timedelta(days=invented.days)
    pictures = [picture(100 * place + n, thing) for n, thing in enumerate(invented.pictures)]
    lon, lat = ground.at(0.8, 0.5) if invented.on_parcel else ground.at(1.6, 0.5)
    photos = [
        {
            "index": n,
            "sha256": hashlib.sha256(jpeg).hexdigest(),
            "bytes": len(jpeg),
            "taken_at": (seen + dt.timedelta(minutes=n)).isoformat(),
            "lon": ground.at(0.7 + 0.1 * n, 0.45)[0],
            "lat": ground.at(0.7, 0.45 + 0.08 * n)[1],
            "accuracy_m": 4,
            "bearing": 40 * n + 20,
        }
        for n, jpeg in enumerate(pictures)
    ]
    payload = {
        "kind": invented.kind,
        "state": "encroached" if invented.kind == "encroachment" else "",
        "note": MARK + invented.text,
        "place": {"lon": lon, "lat": lat, "accuracy_m": 4.2, "heading": 75},
        "sketch": _sketch(invented.sketch, ground),
        "checklist": invented.checklist,
        "photos": photos,
        "at": seen.isoformat(),
    }
    return payload, pictures


def _sketch(kind: str, ground: Ground) -> dict[str, Any] | None:
    if kind == "strip":
        corners = [(0.78, 0.3), (1.1, 0.3), (1.1, 0.62), (0.78, 0.62), (0.78, 0.3)]
        return {"type": "Polygon", "coordinates": [[ground.at(*corner) for corner in corners]]}
    if kind == "line":
        return {"type": "LineString", "coordinates": [ground.at(0.1, 0.05), ground.at(0.9, 0.1)]}
    return None


def _send(
    officer: Officer,
    observed: tuple[dict[str, Any], list[bytes]],
    ground: Ground,
    invented: Invented,
) -> Operation:
    """As a device does: the operation, then its photos."""
    payload, pictures = observed
    base = ground.base if invented.on_parcel else None
    operation = _applied(officer, "observation", payload, base)
    for index, jpeg in enumerate(pictures):
        take_piece(expected(operation.pk, index, officer.user), 0, jpeg)
    return operation


def _applied(
    officer: Officer, kind: str, payload: dict[str, Any], base: dict[str, Any] | None
) -> Operation:
    operation = apply(
        {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "made_at": payload.get("at") or timezone.now().isoformat(),
            "base": base,
            "payload": payload,
            "sha256": hashlib.sha256(canonical(payload)).hexdigest(),
        },
        officer,
    )
    if operation.state == REFUSED:
        raise ValueError(f"{operation.code}: {operation.detail}")
    return operation


def _handle(operation: Operation, invented: Invented, steward: User, officer: User) -> None:
    """Assigned, moved along as far as it has come, answered."""
    report = FieldReport.objects.get(pk=operation.pk)
    if invented.states:
        handling.assign(report, steward, officer)
    first, today = timezone.localtime(report.seen_at).date(), timezone.localdate()
    for place, state in enumerate(invented.states, 1):
        on = min(today, first + dt.timedelta(days=2 * place))
        decided = DECISION in STATES[state].needs
        paper = f"{10 + place}/MH-{state[:2].upper()}" if decided else ""
        behind = Behind(paper, on if decided else None, _REASONS.get(state, ""))
        handling.move(report, state, steward, behind)
    if invented.answer:
        handling.answer(report, steward, MARK + invented.answer)


def _propose(phone: Officer, tablet: Officer, grounds: dict[str, Ground]) -> None:
    """A name that is missing; an address that two devices want differently."""
    why = f"{MARK}ghi theo biển tại chỗ."
    for ground in list(grounds.values())[:1]:
        for officer, new in ((phone, "Đường Ven Biển"), (tablet, "Đường Kè Mới")):
            _proposal(officer, ground, "address", new, why)
    for ground in list(grounds.values())[1:2]:
        _proposal(phone, ground, "name", "Khu đất bờ kè", why)


def _proposal(officer: Officer, ground: Ground, name: str, new: str, why: str) -> None:
    payload = {"field": name, "old": ground.properties.get(name), "new": new, "why": why}
    _applied(officer, "proposal", payload, ground.base)
