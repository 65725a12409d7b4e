"""Imports in the background: submit, cancel, retry, and the sweeper that loses none.

A run waits as QUEUED. One run of each layer at a time has a task in the queue (`dispatch`), so a
layer's second file waits without holding a worker. Neighbours: `importers.tasks`,
`importers.queued` (what a worker does), `importers.running` (who is alive), `bin/worker.py`.
"""

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import User
from django.db import Error, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from importers import uploads
from importers.ending import PUBLISHING, drop_loaded
from importers.models import ImportRun, WorkerBeat
from importers.refusals import Cancelled, CannotCancel, CannotRetry, Interrupted
from importers.request import Request
from importers.running import (
    choose_alone,
    close,
    close_dead_runs,
    is_busy,
    lease,
    release,
    remove_left_folders,
    take_if_dead,
)
from importers.tasks import run_queued
from layers.models import LayerVersion

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
_FORGOTTEN = dt.timedelta(days=1)
# Workers show themselves every 5 seconds (`bin/worker.py`).
_MISSING = dt.timedelta(seconds=30)
# Runs that may be done once more: nothing of theirs is in the layer.
_RETRIED = (ImportRun.INTERRUPTED, ImportRun.CANCELLED, ImportRun.FAILED)


def submit(request: Request, *, upload: Path) -> ImportRun:
    """Put an import into the queue; the answer waits (QUEUED). `upload` is copied, not moved.

    Raises TooManyQueued.
    """
    uploads.check_room(request.user)
    with transaction.atomic():
        user = request.user
        run = ImportRun.objects.create(
            layer=request.layer,
            state=ImportRun.QUEUED,
            started_by=user if isinstance(user, User) and user.pk else None,
            file_name=request.file_name,
            dry_run=request.dry_run,
            options=request.options(),
        )
        uploads.keep(run, upload)
        dispatch(run.layer_id)
    run.refresh_from_db()
    return run


def file_of(run: ImportRun) -> Path | None:
    """The run's file while it is kept: to submit it again with another choice."""
    path = uploads.path_of(run)
    return path if path.is_file() else None


def waiting_for(run: ImportRun) -> ImportRun | None:
    """The run of the same layer that a queued one has to wait for, if there is one."""
    if run.state != ImportRun.QUEUED:
        return None
    ahead = Q(state=ImportRun.RUNNING) | Q(state=ImportRun.QUEUED, pk__lt=run.pk)
    found = ImportRun.objects.filter(ahead, layer_id=run.layer_id).exclude(pk=run.pk)
    return found.order_by("pk").first()


def cancel(run: ImportRun) -> ImportRun:
    """Call a run off: at once while it waits, at its next step or statement while it runs.

    Raises CannotCancel when it has ended or is being published.
    """
    with transaction.atomic():
        # Before the row, as `claimed_run` does: two that lock in another order block each other.
        choose_alone(run.layer_id)
        waiting = ImportRun.objects.filter(pk=run.pk, state=ImportRun.QUEUED)
        run.refresh_from_db()
        if waiting.select_for_update(of=("self",), no_key=True).exists():
            _tasks(run).filter(status=TaskResultStatus.READY).delete()
            run.state = ImportRun.QUEUED
            close(run, Cancelled(run.file_name), ImportRun.CANCELLED)
            drop_loaded(run)
            dispatch(run.layer_id)
        else:
            running = ImportRun.objects.filter(pk=run.pk, state=ImportRun.RUNNING)
            asked = running.exclude(worker="").exclude(step=PUBLISHING)
            if not asked.update(cancel_requested=True):
                raise CannotCancel(run.file_name)
    run.refresh_from_db()
    return run


def retry(run: ImportRun) -> ImportRun:
    """Queue a run once more that was interrupted, cancelled or failed. Raises CannotRetry."""
    if file_of(run) is None:
        raise CannotRetry(_("Tệp của lần nạp này không còn được giữ."))
    # What waits to be published needs no second loading; what was thrown away does.
    loaded = LayerVersion.objects.filter(import_run=run, state=LayerVersion.STAGED).first()
    with transaction.atomic():
        again = ImportRun.objects.filter(pk=run.pk, state__in=_RETRIED).update(
            state=ImportRun.QUEUED,
            version=loaded,
            report=run.report if loaded else {},
            attempts=0,
            cancel_requested=False,
            task_id=None,
            worker="",
            step="",
            progress={},
            finished_at=None,
            error_code="",
            error_detail="",
        )
        if not again:
            raise CannotRetry(run.file_name)
        dispatch(run.layer_id)
    run.refresh_from_db()
    return run


def dispatch(layer_id: int) -> None:
    """Give the layer's oldest waiting run a task, unless one of the layer runs or has one."""
    with transaction.atomic():
        choose_alone(layer_id)
        waiting = ImportRun.objects.filter(layer_id=layer_id, state=ImportRun.QUEUED)
        if is_busy(layer_id) or waiting.filter(task_id__isnull=False).exists():
            return
        first = waiting.order_by("pk").first()
        if first is not None:
            task = run_queued.enqueue(first.pk)
            ImportRun.objects.filter(pk=first.pk).update(task_id=task.id)


def sweep() -> None:
    """Bring back what dead workers left, start what waits: at every beat of every worker.

    Each run is a transaction of its own; the sweeper itself may be killed anywhere. What fails is
    logged and keeps nothing else from being done. Raises Error when the database is gone.
    """
    runs = (close_dead_runs, _bring_all_back, _mend_tasks, start_waiting, _end_tasks)
    for stage in (*runs, remove_left_folders, uploads.sweep):
        _guarded(stage)


def _guarded(work: Callable[..., object], *of: ImportRun) -> None:
    """Do it; a failure is logged, unless nothing else could be done after it."""
    try:
        work(*of)
    except Exception as error:
        if isinstance(error, Error) and not connection.is_usable():
            raise
        log.exception("Sweeping failed in %s", work)


def _bring_all_back() -> None:
    """Runs of workers that gave no sign of life for a lease."""
    expired = Q(lease_until__lt=timezone.now()) | Q(lease_until__isnull=True)
    for run in ImportRun.objects.filter(expired, state=ImportRun.RUNNING).exclude(worker=""):
        _guarded(_bring_back, run)


def _mend_tasks() -> None:
    """Runs that wait with a task."""
    for run in ImportRun.objects.filter(state=ImportRun.QUEUED, task_id__isnull=False):
        _guarded(_mend_task, run)


def start_waiting() -> None:
    """Give tasks to runs whose layer has become free."""
    waiting = ImportRun.objects.filter(state=ImportRun.QUEUED, task_id__isnull=True)
    for layer_id in set(waiting.values_list("layer_id", flat=True)):
        dispatch(layer_id)


def _bring_back(run: ImportRun) -> None:
    """A run whose lease expired goes back to the queue, and its task with it, unless its session
    lives: a laptop that slept goes on with its work."""
    if not take_if_dead(run.pk):
        return
    try:
        with transaction.atomic():
            if run.cancel_requested:
                close(run, Cancelled(run.file_name), ImportRun.CANCELLED)
                drop_loaded(run)
            elif run.attempts >= MOST_ATTEMPTS:
                why = _("Máy chủ đã dừng %(count)s lần khi đang nạp tệp này.")
                close(run, Interrupted(why % {"count": run.attempts}))
            else:
                _queue_again(run)
                return
            _tasks(run).update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
    finally:
        release(run.pk)


def _queue_again(run: ImportRun) -> None:
    """Run and task in one transaction. A task that is gone is made anew by `dispatch`."""
    log.warning("Run %s: its worker %s is gone; it is queued again", run.pk, run.worker)
    again = _tasks(run).update(
        status=TaskResultStatus.READY, started_at=None, finished_at=None, traceback=""
    )
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.RUNNING).update(
        state=ImportRun.QUEUED,
        worker="",
        step="",
        progress={},
        lease_until=None,
        task_id=run.task_id if again else None,
    )


def _mend_task(run: ImportRun) -> None:
    """A queued run's task must be waiting: a worker killed between taking the task and taking the
    run leaves it RUNNING for ever, and one that is gone or ended is made anew."""
    long_ago = timezone.now() - lease()
    tasks = _tasks(run)
    if tasks.filter(status=TaskResultStatus.READY).exists():
        return
    if tasks.filter(status=TaskResultStatus.RUNNING, started_at__gt=long_ago).exists():
        return
    stuck = tasks.filter(status=TaskResultStatus.RUNNING)
    if not stuck.update(status=TaskResultStatus.READY, started_at=None):
        same = ImportRun.objects.filter(pk=run.pk, state=ImportRun.QUEUED, task_id=run.task_id)
        same.update(task_id=None)


def _end_tasks() -> None:
    """A worker killed after its run had ended, or was put back, leaves a task that says RUNNING."""
    open_runs = ImportRun.objects.exclude(state__in=ImportRun.ENDED).exclude(task_id=None)
    left = DBTaskResult.objects.running().filter(
        task_path=run_queued.module_path, started_at__lt=timezone.now() - lease()
    )
    left.exclude(pk__in=open_runs.values("task_id")).update(
        status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now()
    )


def _tasks(run: ImportRun) -> "QuerySet[DBTaskResult[[int], str]]":
    return DBTaskResult.objects.filter(pk__in=[run.task_id] if run.task_id else [])


def show_worker(name: str) -> None:
    """A worker is here; those that were not seen for a day are forgotten."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=name, defaults={"seen_at": now})
    WorkerBeat.objects.filter(seen_at__lt=now - _FORGOTTEN).delete()


def forget_worker(name: str) -> None:
    """A worker ended properly."""
    WorkerBeat.objects.filter(name=name).delete()


def worker_alive() -> bool:
    """Whether any worker, on any machine, showed itself within half a minute."""
    return WorkerBeat.objects.filter(seen_at__gt=timezone.now() - _MISSING).exists()
