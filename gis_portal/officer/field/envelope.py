"""What every operation has around its payload, read from what a device sent."""

import datetime as dt
import uuid
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.officer.field.canonical import Unwritable, canonical, digest
from gis_portal.officer.field.errors import OperationHash, OperationTooLarge, OperationUnreadable
from gis_portal.officer.field.models import KINDS
from layers.definition import SLUG

# 200 photos, 8,000 letters of a note and 2,000 corners of a sketch are 130 KB.
MOST_BYTES = 192 * 1024
LONGEST_SLUG = 60
# Beyond these a clock is not merely wrong: the database has no such day in every time zone.
_FIRST, _LAST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
_MOST_VERSION = 2**53


@dataclass(frozen=True)
class Base:
    """The parcel as the device knew it."""

    layer: str
    uid: uuid.UUID
    version: int | None


@dataclass(frozen=True)
class Envelope:
    """An operation that can be read. `made_at` None: no day that there could be."""

    id: uuid.UUID
    kind: str
    made_at: dt.datetime | None
    base: Base | None
    payload: dict[str, Any] = field(repr=False)
    sha256: str

    @property
    def content(self) -> bytes:
        """The payload as it is kept: without people."""
        return self.without({"people"})

    def without(self, names: Set[str]) -> bytes:
        """The payload without these parts, which are kept apart."""
        return canonical({name: part for name, part in self.payload.items() if name not in names})


def read_envelope(item: Any) -> Envelope:
    """Raises OperationUnreadable, OperationTooLarge, OperationHash."""
    if not isinstance(item, Mapping):
        raise OperationUnreadable(_("Mục phải là một đối tượng JSON."))
    payload = item.get("payload")
    if not isinstance(payload, dict):
        raise _wrong("payload")
    try:
        content = canonical(payload)
    except Unwritable as error:
        raise _wrong("payload") from error
    if len(content) > MOST_BYTES:
        raise OperationTooLarge(_("Nhiều nhất 192 KB một mục."))
    kind, number = item.get("kind"), claimed(item)
    if number is None:
        raise _wrong("id")
    if not isinstance(kind, str) or kind not in KINDS:
        raise _wrong("kind")
    envelope = Envelope(
        id=number,
        kind=kind,
        made_at=_moment(item.get("made_at")),
        base=_base(item.get("base")),
        payload=payload,
        sha256=digest(content),
    )
    if item.get("sha256") != envelope.sha256:
        raise OperationHash
    return envelope


def claimed(item: Any) -> uuid.UUID | None:
    """The id that an item says it has."""
    return as_uuid(item.get("id")) if isinstance(item, Mapping) else None


def as_uuid(value: object) -> uuid.UUID | None:
    """Written with hyphens, as everybody writes them; None for anything else."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        found = uuid.UUID(value)
    except ValueError:
        return None
    return found if str(found) == value.lower() else None


def moment(value: object) -> dt.datetime | None:
    """A moment with its time zone, None for what is none or lies beyond all clocks."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = dt.datetime.fromisoformat(value)
        return found if found.tzinfo and _FIRST < found < _LAST else None
    except (ValueError, OverflowError):
        return None


def _moment(value: object) -> dt.datetime | None:
    """As `moment`; what is not even text is no operation of ours."""
    if not isinstance(value, str):
        raise _wrong("made_at")
    return moment(value)


def _base(value: object) -> Base | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _wrong("base")
    slug, uid, version = value.get("layer"), as_uuid(value.get("uid")), value.get("version")
    if not isinstance(slug, str) or len(slug) > LONGEST_SLUG or uid is None:
        raise _wrong("base")
    if not SLUG.fullmatch(slug):
        raise _wrong("base")
    number = version if isinstance(version, int) and not isinstance(version, bool) else None
    if number is not None and not 0 <= number <= _MOST_VERSION:
        number = None
    return Base(slug, uid, number)


def _wrong(name: str) -> OperationUnreadable:
    return OperationUnreadable(_("Phần “%(name)s” thiếu hoặc sai.") % {"name": name})
