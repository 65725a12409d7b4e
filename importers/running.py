"""Which imports are alive: each holds a lock of its database session and a private folder.

The lock goes with the process, however it ends, so the next import knows whose record says
“running” but is not, closes it, and removes what it left on disk: unpacked personal data stay
nowhere. `importers.run` calls these; a pooler in front must keep sessions (not transactions).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from importers.models import ImportRun
from importers.refusals import Interrupted

# First half of the advisory locks of imports, the run's number is the second.
_LOCKS = 7021


@contextmanager
def recorded_run(**values: Any) -> Iterator[ImportRun]:
    """A new run, known as alive until the block ends. Closes the dead ones before."""
    close_dead_runs()
    with transaction.atomic():
        run = ImportRun.objects.create(**values)
        _ask("SELECT pg_advisory_lock(%s, %s)", run.pk)
    try:
        yield run
    finally:
        _ask("SELECT pg_advisory_unlock(%s, %s)", run.pk)


@contextmanager
def private_folder(run: ImportRun) -> Iterator[Path]:
    """An empty folder of this run that nobody else may open, removed with all in it."""
    root = _root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = root / f"import-{run.pk}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def close_dead_runs() -> None:
    """Record runs whose process is gone as interrupted and remove the folders they left."""
    for run in ImportRun.objects.filter(state=ImportRun.RUNNING):
        if _take_if_dead(run.pk):
            _close(run)
            _ask("SELECT pg_advisory_unlock(%s, %s)", run.pk)
    for folder in _root().glob("import-*"):
        number = folder.name.partition("-")[2]
        if number.isdigit() and _take_if_dead(int(number)):
            shutil.rmtree(folder, ignore_errors=True)
            _ask("SELECT pg_advisory_unlock(%s, %s)", int(number))


def _close(run: ImportRun) -> None:
    """Once more a running one: it may have ended since the list was read."""
    error = Interrupted(_("Tiến trình nạp đã dừng mà không kịp ghi kết quả."))
    told = {"code": error.code, "detail": str(error.detail)}
    told |= {"title": str(error.title), "hint": str(error.hint)}
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.RUNNING).update(
        state=ImportRun.INTERRUPTED,
        finished_at=timezone.now(),
        error_code=error.code,
        error_detail=str(error.detail),
        report={
            "layer": run.layer.title_vi,
            "file": run.file_name,
            "outcome": str(error.title),
            "error": told,
        },
    )


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "importing"


def _take_if_dead(number: int) -> bool:
    return bool(_ask("SELECT pg_try_advisory_lock(%s, %s)", number))


def _ask(sql: str, number: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_LOCKS, number % 2**31])
        return cursor.fetchone()[0]
