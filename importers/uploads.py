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
from django.utils import timezone

from importers.models import ImportRun
from importers.removing import removed

# A folder without a run is that of a transaction which never ended, unless it is this young.
_ORPHAN_SECONDS = 3600
_LOADED = (ImportRun.STAGED, ImportRun.PUBLISHED)


def keep(run: ImportRun, file: Path) -> Path:
    """Copy a file into the run's own folder; its last name decides what the importer takes it for,
    so it stays."""
    folder = _folder(run.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / _safe_name(run.file_name)
    # 0600 before the first byte is in it.
    kept.touch(mode=0o600)
    shutil.copyfile(file, kept)
    return kept


def path_of(run: ImportRun) -> Path:
    """Where the file of a run lies, whether it is still there or not."""
    return _folder(run.pk) / _safe_name(run.file_name)


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


def _safe_name(name: str) -> str:
    """The name without what a path or a shell could mean; its last part stays, short enough."""
    plain = re.sub(r"[^\w.\- ]", "_", Path(name.replace("\\", "/")).name).strip(". ")
    return plain[-100:] or "file"
