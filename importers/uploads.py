"""Files that wait for their import, and for a while after one that came to nothing.

`MEDIA_ROOT/uploads/run-<number>/<name>`, readable by the portal only. A refused file is kept for
PORTAL_UPLOADS_DAYS, so that it can be run again with another choice; what was loaded is kept as an
original instead (`importers.originals`). Neighbours: `importers.jobs`, `importers.queued`.
"""

import datetime as dt
import re
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from importers.models import ImportRun
from importers.removing import removed
from layers.errors import PortalError

# A folder without a run is that of a transaction which never ended, unless it is this young.
_ORPHAN_SECONDS = 3600
# Bytes; file systems allow 255.
_LONGEST_NAME = 200
_LOADED = (ImportRun.STAGED, ImportRun.PUBLISHED)


class TooManyQueued(PortalError):
    """One person has PORTAL_MAX_QUEUED imports waiting, each with its file on disk."""

    code, status = "too-many-queued", 429
    title = _("Quá nhiều lần nạp đang chờ")
    hint = _("Đợi các lần nạp trước chạy xong, hoặc hủy những lần không cần nữa.")


def check_room(user: object) -> None:
    """Raises TooManyQueued. Requests at the same moment may pass together: as many at most as the
    web server has threads, which is no harm."""
    if not isinstance(user, User) or not user.pk:
        return
    waiting = ImportRun.objects.filter(started_by=user, state=ImportRun.QUEUED).count()
    if waiting >= settings.PORTAL_MAX_QUEUED:
        raise TooManyQueued(str(waiting))


def keep(run: ImportRun, file: Path) -> Path:
    """Copy a file into the run's own folder; its last name decides what the importer takes it for,
    so it stays."""
    folder = _folder(run.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / safe_name(run.file_name)
    # 0600 before the first byte is in it.
    kept.touch(mode=0o600)
    shutil.copyfile(file, kept)
    return kept


def path_of(run: ImportRun) -> Path:
    """Where the file of a run lies, whether it is still there or not."""
    return _folder(run.pk) / safe_name(run.file_name)


def tidy(run: ImportRun) -> None:
    """Remove the file of a run that was loaded: it is in the database now."""
    if run.state in _LOADED:
        drop(run)


def drop(run: ImportRun) -> None:
    """Remove the file of a run."""
    removed(_folder(run.pk))


def sweep() -> int:
    """Remove files that nobody needs any more; answers how many."""
    oldest = timezone.now() - dt.timedelta(days=settings.PORTAL_UPLOADS_DAYS)
    dropped = 0
    for folder in _root().glob("run-*"):
        number = folder.name.partition("-")[2]
        if number.isdecimal() and _is_stale(folder, int(number), oldest):
            dropped += removed(folder)
    return dropped


def _is_stale(folder: Path, number: int, oldest: dt.datetime) -> bool:
    run = ImportRun.objects.filter(pk=number).only("state", "finished_at").first()
    if run is None:
        return time.time() - folder.stat().st_mtime > _ORPHAN_SECONDS
    if run.state not in ImportRun.ENDED:
        return False
    return run.state in _LOADED or (run.finished_at or oldest) <= oldest


def _folder(number: int) -> Path:
    return _root() / f"run-{number}"


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def safe_name(name: str) -> str:
    """The name without what a path or a shell could mean; its last part stays, short enough."""
    plain = re.sub(r"[^\w.\- ]", "_", Path(name.replace("\\", "/")).name).strip(". ")
    # A file system counts bytes, and most letters of Vietnamese are two or three.
    return plain[-100:].encode()[-_LONGEST_NAME:].decode(errors="ignore") or "file"
