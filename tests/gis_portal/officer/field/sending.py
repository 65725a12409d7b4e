"""Officers with devices, and what they send, for tests of the field."""

import datetime as dt
import hashlib
import itertools
import json
import os
import time
import uuid
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client

from gis_portal.officer.devices.door import COOKIE
from gis_portal.officer.devices.sessions import make_device
from gis_portal.officer.field.canonical import canonical
from layers.models import AdminUnit, Jurisdiction

OPERATIONS = "/officer/api/operations"
_BEGUN = time.time_ns() // 1_000_000
_COUNT = itertools.count()


def uuid7() -> str:
    """As a device makes them: by time, and counted within a millisecond."""
    count = next(_COUNT)
    begun = _BEGUN + (count >> 12) << 16 | 7 << 12 | count & 0xFFF
    return str(uuid.UUID(int=begun << 64 | 2 << 62 | int.from_bytes(os.urandom(7))))


def unit(code: str, west: float) -> AdminUnit:
    """A commune half a degree wide; the plots of `tests.layers.rows` lie in the one from 107."""
    return AdminUnit.objects.create(
        code=code,
        level=AdminUnit.COMMUNE,
        kind="Phường",
        name=f"Phường {code}",
        short_name=code,
        name_en=code,
        valid_from=dt.date(2025, 7, 1),
        geom=MultiPolygon(Polygon.from_bbox((west, 10, west + 0.5, 11)), srid=4326),
    )


def account(name: str, *roles: str, units: tuple[AdminUnit, ...] = ()) -> User:
    """Somebody with these roles and units."""
    user = User.objects.create_user(name)
    user.groups.set(Group.objects.filter(name__in=roles))
    for one in units:
        Jurisdiction.objects.create(user=user, unit=one)
    return user


class Phone:
    """A device of an officer, talking through the real door."""

    def __init__(self, user: User, name: str = "Máy thử") -> None:
        self.user = user
        self.device, cookie = make_device(user, name, "test")
        self.client = Client(headers={"X-Officer": "1"})
        self.client.cookies[COOKIE] = cookie

    def send(self, *operations: Any, status: int = 200) -> list[dict[str, Any]]:
        """The receipts."""
        answer = self.client.post(
            OPERATIONS, json.dumps({"operations": operations}), "application/json"
        )
        assert answer.status_code == status, answer.content.decode()
        found: list[dict[str, Any]] = answer.json().get("receipts", [])
        return found

    def patch(self, path: str, body: bytes, offset: int, whole: bytes, **headers: str) -> Any:
        """A piece of a photo."""
        said = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(whole)),
            "X-Sha256": sha256(whole),
            "X-Count": "1",
        }
        return self.client.patch(
            path, body, "application/octet-stream", headers={**said, **headers}
        )


def operation(payload: dict[str, Any], kind: str = "observation", **more: Any) -> dict[str, Any]:
    """With its id, time and hash."""
    return {
        "id": uuid7(),
        "kind": kind,
        "made_at": dt.datetime.now(dt.UTC).isoformat(),
        "base": None,
        "payload": payload,
        "sha256": sha256(canonical(payload)),
        **more,
    }


def observation(*photos: bytes, note: str = "Cọc mốc bị nhổ.", **more: Any) -> dict[str, Any]:
    """A payload with a place in the commune from 107."""
    return {
        "kind": "encroachment",
        "state": "encroached",
        "note": note,
        "place": {"lon": 107.1, "lat": 10.5, "accuracy_m": 4.5, "heading": None},
        "sketch": None,
        "checklist": {"form": "shifted", "ongoing": True},
        "photos": [declared(index, photo) for index, photo in enumerate(photos)],
        "at": dt.datetime.now(dt.UTC).isoformat(),
        **more,
    }


def declared(index: int, photo: bytes) -> dict[str, Any]:
    """A photo in a payload."""
    return {
        "index": index, "sha256": sha256(photo), "bytes": len(photo), "taken_at": None,
        "lon": 107.1, "lat": 10.5, "accuracy_m": 4.5, "bearing": 90.5,
    }  # fmt: skip


def proposal(base: dict[str, Any], field: str, old: Any, new: Any) -> dict[str, Any]:
    """An operation that proposes a value."""
    payload = {"field": field, "old": old, "new": new, "why": "Đo lại tại chỗ."}
    return operation(payload, "proposal", base=base)


def sha256(content: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
