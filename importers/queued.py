"""One queued run, from the queue to its end: what a worker does with a task.

Claims the run, keeps its heartbeat, imports, and puts it back when the worker is being stopped.
Neighbours: `importers.tasks` calls this, `importers.jobs` fills the queue and sweeps it.
"""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import transaction

from importers import uploads
from importers.heartbeat import INTERRUPT, Heartbeat
from importers.models import ImportRun
from importers.progress import StoppableProgress, Stopped
from importers.request import Request, from_options
from importers.run import execute
from importers.running import claimed_run

# What the main thread is importing just now: the worker's signals stop it.
_current: list[StoppableProgress] = []


def work_on(number: int) -> str:
    """Import a queued run; the answer is what became of it, for the task's record.

    An unforeseen error is recorded with the run, and raised again for the worker's log.
    """
    with claimed_run(number, worker=worker_name()) as run:
        if run is None:
            return "not waiting"
        progress = StoppableProgress(run)
        try:
            with _stoppable(progress), Heartbeat(progress):
                execute(request_of(run), run, progress)
        except Stopped:
            put_back(run)
            return "put back"
        finally:
            uploads.tidy(run)
    return run.state


def request_of(run: ImportRun) -> Request:
    """What was asked for, with the file where it is kept."""
    return from_options(
        run.options,
        path=uploads.path_of(run),
        layer=run.layer,
        name=run.file_name,
        user=run.started_by,
    )


def worker_name() -> str:
    """This process, as runs and tasks name it: host and number."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}"


def stop_current() -> None:
    """Raise Stopped in the import that runs, when it can still be given up; else it ends soon."""
    for progress in _current:
        progress.stop(Stopped())
        progress.interrupt()


def put_back(run: ImportRun) -> None:
    """Into the queue again, without a task; this attempt does not count."""
    with transaction.atomic():
        mine = ImportRun.objects.filter(
            pk=run.pk, state=ImportRun.RUNNING, attempts=run.attempts, worker=run.worker
        )
        mine.update(
            state=ImportRun.QUEUED,
            attempts=run.attempts - 1,
            worker="",
            task_id=None,
            lease_until=None,
            progress={},
            step="",
        )


@contextmanager
def _stoppable(progress: StoppableProgress) -> Iterator[None]:
    """The heartbeat's signal interrupts the main thread while the block runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        progress.interrupt()

    former = signal.signal(INTERRUPT, interrupted)
    _current.append(progress)
    try:
        yield
    finally:
        _current.remove(progress)
        signal.signal(INTERRUPT, former or signal.SIG_DFL)
