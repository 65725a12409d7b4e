"""Which imports are alive: each holds a lock of its database session and a private folder.

The lock goes with the session, however the process ends, so others know whose record says
“running” but is not, close it, and remove what it left on disk: unpacked personal data stay
nowhere. It also fences: whoever lost the session has lost the lock and must not write
(`check_ours`). Neighbours: `importers.run` (command line), `importers.queued` (a worker's runs),
`importers.jobs` (the sweeper). A pooler in front must keep sessions (not transactions).
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from importers.confined.refusals import FileTooDemanding
from importers.folder_size import fits
from importers.limits import limits
from importers.models import ImportRun
from importers.refusals import Interrupted, Superseded
from importers.removing import removed
from importers.report import describe_error
from layers.errors import PortalError

# First half of the advisory locks of imports, the run's number is the second.
LOCKS = 7021
# The same for the moment in which one run of a layer is chosen; the second half is the layer.
_CHOICE_LOCKS = 7022
# A private folder may hold an archive's files so many times,
_ROOM = 2
# each in so many folders of its own.
_FOLDERS = 20


@contextmanager
def recorded_run(**values: Any) -> Iterator[ImportRun]:
    """A new run, known as alive until the block ends. Closes the dead ones before."""
    close_dead_runs()
    remove_left_folders()
    with transaction.atomic():
        run = ImportRun.objects.create(**values)
        _ask("SELECT pg_advisory_lock(%s, %s)", run.pk)
    try:
        yield run
    finally:
        release(run.pk)


@contextmanager
def claimed_run(number: int, *, worker: str) -> Iterator[ImportRun | None]:
    """A queued run, taken by this worker and alive until the block ends.

    None when it is not waiting any more, lives elsewhere, or its layer is busy: then it stays in
    the queue without a task, and whoever ends the layer's import calls it.
    """
    if not take_if_dead(number):
        yield None
        return
    try:
        yield _claim(number, worker)
    finally:
        release(number)


def _claim(number: int, worker: str) -> ImportRun | None:
    with transaction.atomic():
        run = ImportRun.objects.filter(pk=number, state=ImportRun.QUEUED).first()
        if run is None:
            return None
        choose_alone(run.layer_id)
        if is_busy(run.layer_id):
            ImportRun.objects.filter(pk=number, state=ImportRun.QUEUED).update(task_id=None)
            return None
        now = timezone.now()
        taken = ImportRun.objects.filter(pk=number, state=ImportRun.QUEUED).update(
            state=ImportRun.RUNNING,
            worker=worker,
            attempts=run.attempts + 1,
            heartbeat_at=now,
            lease_until=now + lease(),
        )
        if not taken:
            return None
        run.refresh_from_db()
        if run.version_id is None:
            # Defects that an interrupted attempt wrote down would be listed twice.
            run.issues.all().delete()
    return run


def choose_alone(layer_id: int) -> None:
    """Until the transaction ends nobody else chooses which run of the layer goes next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CHOICE_LOCKS, layer_id])


def is_busy(layer_id: int) -> bool:
    """Whether an import of the layer runs, in a worker or on a command line."""
    return ImportRun.objects.filter(layer_id=layer_id, state=ImportRun.RUNNING).exists()


def lease() -> dt.timedelta:
    """How long a worker's run counts as alive after each sign of life."""
    return dt.timedelta(seconds=settings.PORTAL_LEASE_SECONDS)


@contextmanager
def private_folder(run: ImportRun) -> Iterator[Path]:
    """An empty folder of this run that nobody else may open, removed with all in it."""
    folder = _folder_of(run)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        removed(folder)


def check_folder(run: ImportRun) -> None:
    """Raise FileTooDemanding when the reader has filled the run's private folder: an honest one
    writes what an archive may hold, and some conversion of it."""
    limit = limits()
    folder, entries = _folder_of(run), _ROOM * _FOLDERS * limit.archive_entries
    if not fits(folder, most_bytes=_ROOM * limit.unpacked_bytes, most_entries=entries):
        raise FileTooDemanding(_("Trình đọc ghi ra đĩa quá mức cho phép."))


def lost_session(run: ImportRun) -> bool:
    """Whether the database session that held the run's lock is gone."""
    try:
        return not _holds(run.pk)
    except Error:
        return True


def check_ours(run: ImportRun) -> None:
    """Raise Superseded when this session does not hold the run's lock (any more).

    Asked at the beginning of each transaction that writes data: a session that is lost later takes
    its transaction with it, so a process that slept or lost its connection cannot be a second
    writer.
    """
    if not _holds(run.pk):
        raise Superseded(run.file_name)


def may_write_end(run: ImportRun) -> bool:
    """Whether the run's end is ours to write: still running, in the same attempt, nobody else at
    it. Called in the transaction that writes it."""
    mine = ImportRun.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=run.pk, state=ImportRun.RUNNING, attempts=run.attempts, worker=run.worker
    )
    return (_holds(run.pk) or take_if_dead(run.pk)) and mine.exists()


def close_dead_runs() -> None:
    """Record runs of command lines whose process is gone as interrupted. A worker's run goes back
    to the queue: `importers.jobs.sweep`."""
    for run in ImportRun.objects.filter(state=ImportRun.RUNNING, worker=""):
        with _if_dead(run.pk) as dead:
            if dead:
                close(run, Interrupted(_("Tiến trình nạp đã dừng mà không kịp ghi kết quả.")))


def remove_left_folders() -> int:
    """Remove the private folders of runs that are not alive; answers how many."""
    count = 0
    for folder in _root().glob("import-*"):
        number = folder.name.split("-")[1]
        if number.isdecimal():
            with _if_dead(int(number)) as dead:
                count += dead and removed(folder)
    return count


@contextmanager
def _if_dead(number: int) -> Iterator[bool]:
    """Whether no session holds the run's lock; if so, ours does until the block ends."""
    dead = take_if_dead(number)
    try:
        yield dead
    finally:
        if dead:
            release(number)


def close(run: ImportRun, error: PortalError, state: str = ImportRun.INTERRUPTED) -> bool:
    """End a run that has no process. False when it is not in the state in which it was read: it may
    have ended since."""
    closed = ImportRun.objects.filter(pk=run.pk, state=run.state).update(
        state=state,
        finished_at=timezone.now(),
        lease_until=None,
        error_code=error.code,
        error_detail=str(error.detail),
        report={
            **run.report,
            "layer": run.layer.title_vi,
            "file": run.file_name,
            "outcome": str(error.title),
            "error": describe_error(error),
        },
    )
    return bool(closed)


def _holds(number: int) -> bool:
    """Whether this very session holds the run's lock."""
    return bool(
        _ask(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s "
            "AND objid = %s AND pid = pg_backend_pid() AND granted",
            number,
        )
    )


def take_if_dead(number: int) -> bool:
    """Take the lock of a run when no other session holds it; locks of one session add up."""
    return bool(_ask("SELECT pg_try_advisory_lock(%s, %s)", number))


def release(number: int) -> None:
    """Give the lock back once. A session that is gone has done so already."""
    with suppress(Error):
        _ask("SELECT pg_advisory_unlock(%s, %s)", number)


def _folder_of(run: ImportRun) -> Path:
    """Of this attempt: one that was cut off, and ends later, removes its own folder, not ours."""
    return _root() / f"import-{run.pk}-{run.attempts}"


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "importing"


def _ask(sql: str, number: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCKS, number % 2**31])
        return cursor.fetchone()[0]
