"""The files that versions were made from, as they came: kept once each, under their SHA-256.

`keep` copies a file aside before its version is committed; `original_path` gives it back only when
its content is still what the name says. The worker calls `drop_unneeded`. Files hold personal
data: they lie below MEDIA_ROOT, readable by the portal's user alone, and no page serves that
folder.
"""

import hashlib
import os
import re
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from importers.models import ImportRun
from importers.refusals import FileChanged, FileMissing
from layers.models import LayerVersion

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 2**20
# A running import names its file in the database only when it ends.
_YOUNG_SECONDS = 86_400


def keep(path: Path, *, sha256: str = "") -> str:
    """Store the file once; answers its SHA-256, 64 hex digits.

    `sha256`: what was read from it; raises FileChanged when the file is not that any more.
    """
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="new-", dir=folder)
    aside = Path(name)
    try:
        found = _copy(path, handle)
        if sha256 and found != sha256:
            raise FileChanged(path.name)
        # Atomic, and over whatever stood there: a damaged copy is mended by the next import.
        aside.replace(_place(found))
    finally:
        aside.unlink(missing_ok=True)
    return found


def original_path(sha256: str) -> Path:
    """The kept file. Raises FileMissing when it is not kept, FileChanged when it was damaged."""
    if not _SHA256.fullmatch(sha256) or not (path := _place(sha256)).is_file():
        raise FileMissing(_("Tệp gốc không còn được lưu."))
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
            raise FileChanged(sha256)
    return path


def is_kept(sha256: str) -> bool:
    """Whether there is such a file; its content is checked when it is read."""
    return bool(_SHA256.fullmatch(sha256)) and _place(sha256).is_file()


def drop_unneeded() -> int:
    """Delete the files that no kept version and no recent or unfinished run needs; answers how
    many.
    """
    needed = _needed()
    young = time.time() - _YOUNG_SECONDS
    dropped = 0
    for path in _folder().glob("*"):
        if path.name not in needed and path.stat().st_mtime < young:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _needed() -> set[str]:
    versions = LayerVersion.objects.filter(state__in=LayerVersion.KEPT)
    since = timezone.now() - timedelta(days=settings.PORTAL_ORIGINALS_DAYS)
    recent = ImportRun.objects.filter(started_at__gte=since)
    unfinished = ImportRun.objects.exclude(state__in=ImportRun.ENDED)
    return {
        *versions.values_list("source_sha256", flat=True),
        *recent.values_list("file_sha256", flat=True),
        *unfinished.values_list("file_sha256", flat=True),
    }


def _copy(path: Path, handle: int) -> str:
    """Copy into the open file, durably; answers the digest of what was copied."""
    digest = hashlib.sha256()
    with path.open("rb") as source, os.fdopen(handle, "wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _place(sha256: str) -> Path:
    return _folder() / sha256


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "originals"
