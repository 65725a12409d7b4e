"""Now and then: pieces of photos that nobody will finish.

Pieces are only a convenience: a device that finds none sends its photo from the beginning. So what
may go is a matter of room, not of evidence; yet whoever was away for weeks should not pay twice. A
piece stays as long as the device that began it may still come. Then it goes, when nobody has added
to it for `PORTAL_FIELD_PIECES_DAYS`: another device of the same person may have the photo, from a
file or a rescue.
"""

import fcntl
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from gis_portal.officer.devices.models import Device
from gis_portal.officer.field import store
from gis_portal.officer.field.envelope import as_uuid
from gis_portal.officer.field.models import Operation, Photo

log = logging.getLogger(__name__)
_DAY = 86400.0
# A server that died between receipt and tidying left the whole photo among the pieces.
_YOUNG = 3600.0


def sweep() -> int:
    """Answers how many went."""
    now = time.time()
    gone = 0
    for path, number, index in _pieces():
        quiet = now - _touched(path)
        if quiet > _YOUNG and _is_done(number, index):
            gone += _removed(path, _YOUNG)
        elif quiet > (days := settings.PORTAL_FIELD_PIECES_DAYS * _DAY) and not _may_come(number):
            gone += _removed(path, days)
    if gone:
        log.info("%d photos on their way went", gone)
    return gone


def _pieces() -> Iterator[tuple[Path, UUID, int]]:
    for path in store.parts():
        operation, _, index = path.name.rpartition("-")
        number = as_uuid(operation)
        if number is not None and index.isdecimal():
            yield path, number, int(index)


def _touched(path: Path) -> float:
    """When somebody added to it; now, where it went meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _is_done(number: UUID, index: int) -> bool:
    photo = Photo.objects.filter(operation=number, index=index).first()
    return photo is not None and store.original(photo.sha256).is_file()


def _may_come(number: UUID) -> bool:
    """The device that sent the operation may be used today."""
    sent_by = Operation.objects.filter(pk=number).values_list("device", flat=True).first()
    device = sent_by and Device.objects.filter(pk=sent_by).first()
    return bool(device and device.is_live)


def _removed(path: Path, quiet: float) -> bool:
    """Under the lock of `store.part`, and only if nobody has added to it since."""
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - _touched(path) <= quiet:
                return False
            path.unlink()
            return True
    except (FileNotFoundError, BlockingIOError):
        return False
