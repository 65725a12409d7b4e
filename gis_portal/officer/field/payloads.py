"""What is inside of a payload, by kind. Nothing that an officer wrote is refused for a detail: what
cannot be read (a sketch, a place, an answer of the checklist) is left out of the report, named in
its receipt, and stays in the payload.
"""

import datetime as dt
import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils.translation import gettext as _

from gis_portal.officer.field.envelope import as_uuid, moment
from gis_portal.officer.field.errors import OperationPayload
from gis_portal.officer.field.models import REPORT_KINDS

MOST_PHOTOS = 200
MOST_PHOTO_BYTES = 12 * 2**20
LONGEST_NOTE = 8000
LONGEST_VALUE = 2000
MOST_ANSWERS = 100
MOST_CORNERS = 2000
_DIGITS = set("0123456789abcdef")
_SKETCHES = {"Point", "LineString", "Polygon", "MultiLineString", "MultiPolygon"}


@dataclass(frozen=True)
class DeclaredPhoto:
    """A photo that the operation says belongs to it."""

    index: int
    sha256: str
    size: int
    taken_at: dt.datetime | None
    point: Point | None
    accuracy_m: float | None
    bearing: float | None


@dataclass(frozen=True)
class Observation:
    """The payload of an observation. `unread`: names of parts that could not be read."""

    kind: str
    state: str
    note: str
    point: Point | None
    accuracy_m: float | None
    heading: float | None
    sketch: GEOSGeometry | None
    checklist: dict[str, Any]
    photos: tuple[DeclaredPhoto, ...]
    at: dt.datetime | None
    has_people: bool
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Proposed:
    """The payload of a proposal."""

    field: str
    old: Any
    new: Any
    why: str


@dataclass(frozen=True)
class Answered:
    """The payload of an answer."""

    report: uuid.UUID
    note: str


def read_observation(payload: Mapping[str, Any]) -> Observation:
    """Raises OperationPayload where the kind or the photos are wrong: photos could never come."""
    kind = payload.get("kind")
    if not isinstance(kind, str) or kind not in REPORT_KINDS:
        raise _wrong("kind")
    unread: list[str] = []
    place = payload.get("place")
    place = place if isinstance(place, Mapping) else {}
    point = read_point(place)
    if payload.get("place") and point is None:
        unread.append("place")
    sketch = None
    if payload.get("sketch") is not None:
        sketch = _sketch(payload["sketch"])
        unread += ["sketch"] * (sketch is None)
    checklist = payload.get("checklist") or {}
    answers = _answers(checklist)
    if answers != checklist:
        unread.append("checklist")
    return Observation(
        kind=kind,
        state=text(payload.get("state"), 40),
        note=text(payload.get("note"), LONGEST_NOTE),
        point=point,
        accuracy_m=number(place.get("accuracy_m"), 0, 1e6),
        heading=number(place.get("heading"), 0, 360),
        sketch=sketch,
        checklist=answers,
        photos=read_photos(payload.get("photos")),
        at=moment(payload.get("at")),
        has_people=bool(payload.get("people")),
        unread=unread,
    )


def read_proposal(payload: Mapping[str, Any]) -> Proposed:
    """Raises OperationPayload."""
    name = payload.get("field")
    if not isinstance(name, str) or not 0 < len(name) <= 63:
        raise _wrong("field")
    if "new" not in payload:
        raise _wrong("new")
    old, new = payload.get("old"), payload["new"]
    for part, value in (("old", old), ("new", new)):
        if not _is_value(value):
            raise _wrong(part)
    return Proposed(name, plain(old), plain(new), text(payload.get("why"), LONGEST_NOTE))


def read_answer(payload: Mapping[str, Any]) -> Answered:
    """Raises OperationPayload."""
    report = as_uuid(payload.get("report"))
    if report is None:
        raise _wrong("report")
    note = text(payload.get("note"), LONGEST_NOTE)
    if not note:
        raise _wrong("note")
    return Answered(report, note)


def read_photos(value: object) -> tuple[DeclaredPhoto, ...]:
    """Every photo with its hash and size, each number once. Raises OperationPayload."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_PHOTOS:
        raise _wrong("photos")
    photos = tuple(_photo(one) for one in value)
    if len({photo.index for photo in photos}) != len(photos):
        raise _wrong("photos")
    return photos


def _photo(value: object) -> DeclaredPhoto:
    if not isinstance(value, Mapping):
        raise _wrong("photos")
    index, size, sha256 = value.get("index"), value.get("bytes"), value.get("sha256")
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (index, size))
    if not whole or not isinstance(sha256, str) or len(sha256) != 64 or set(sha256) - _DIGITS:
        raise _wrong("photos")
    assert isinstance(index, int)
    assert isinstance(size, int)
    if not 0 <= index < 10_000 or not 0 < size <= MOST_PHOTO_BYTES:
        raise _wrong("photos")
    return DeclaredPhoto(
        index=index,
        sha256=sha256,
        size=size,
        taken_at=moment(value.get("taken_at")),
        point=read_point(value),
        accuracy_m=number(value.get("accuracy_m"), 0, 1e6),
        bearing=number(value.get("bearing"), 0, 360),
    )


def read_point(place: Mapping[str, Any]) -> Point | None:
    """lon, lat in degrees."""
    lon, lat = number(place.get("lon"), -180, 180), number(place.get("lat"), -90, 90)
    return Point(lon, lat, srid=4326) if lon is not None and lat is not None else None


def number(value: object, least: float, most: float) -> float | None:
    """A finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and least <= value <= most else None


def text(value: object, longest: int) -> str:
    """A text that the database takes, cut where it is too long; the payload has all of it."""
    return value.replace("\0", "").strip()[:longest] if isinstance(value, str) else ""


def plain(value: Any) -> Any:
    """The same without what jsonb does not take."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def _is_value(value: object) -> bool:
    """What a field of a parcel may hold."""
    if isinstance(value, list):
        return len(value) <= 50 and all(_is_scalar(one) for one in value)
    return _is_scalar(value)


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE
    return value is None or isinstance(value, bool | int | float)


def _answers(value: object) -> dict[str, Any]:
    """Answers that have the shape of answers; which questions there are may change."""
    if not isinstance(value, Mapping) or len(value) > MOST_ANSWERS:
        return {}
    return {
        plain(name): plain(answer)
        for name, answer in value.items()
        if len(name) <= 63 and _is_value(answer)
    }


def _sketch(value: object) -> GEOSGeometry | None:
    """A drawn geometry in degrees; None when it is none."""
    if not isinstance(value, Mapping) or value.get("type") not in _SKETCHES:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(value))
        corners = shapely.get_coordinates(shape)
    except (shapely.errors.ShapelyError, ValueError, TypeError, RecursionError):
        return None
    if not 0 < len(corners) <= MOST_CORNERS:
        return None
    west, south, east, north = shapely.bounds(shape)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return GEOSGeometry(memoryview(shapely.to_wkb(shapely.force_2d(shape))), srid=4326)


def _wrong(name: str) -> OperationPayload:
    return OperationPayload(_("Phần “%(name)s” thiếu hoặc sai.") % {"name": name})
