"""A worker makes the file whose turn it is; told to stop, it puts the wish back."""

import datetime as dt
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from django.db.models import F
from django.utils import timezone

from layers.errors import PortalError
from layers.ondemand.model import FileOnDemand
from layers.ondemand.queue import Queue

Row = TypeVar("Row", bound=FileOnDemand)


class Stopped(Exception):
    """The worker is to end, or somebody else has the wish."""


def make_next(
    queue: Queue[Row],
    order: tuple[Any, ...],
    make: Callable[[Row, threading.Event], int],
    lasts: Callable[[Row], dt.timedelta | None],
) -> str:
    """Make the file whose turn it is, unless one is being made; answers what became of it.

    `make` answers the size of the finished file; `lasts`: how long it is kept, None with its
    version.
    """
    with queue.alone() as is_ours:
        if not is_ours:
            return "busy"
        row = queue.rows.filter(state=FileOnDemand.WAITING).order_by(*order).first()
        if row is None:
            return "nothing waits"
        queue.rows.filter(pk=row.pk).update(
            state=FileOnDemand.BUILDING, started_at=timezone.now(), attempts=F("attempts") + 1
        )
        row.refresh_from_db()
        outcome = _make(queue, row, make, lasts)
    # One after the other: a task that waits goes between.
    if outcome != "put back" and queue.rows.filter(state=FileOnDemand.WAITING).exists():
        queue.enqueue()
    return outcome


def _make(
    queue: Queue[Row],
    row: Row,
    make: Callable[[Row, threading.Event], int],
    lasts: Callable[[Row], dt.timedelta | None],
) -> str:
    mine = queue.rows.filter(pk=row.pk, state=FileOnDemand.BUILDING, attempts=row.attempts)
    try:
        with stoppable() as stop:
            size = make(row, stop)
    except Stopped:
        mine.update(state=FileOnDemand.WAITING, attempts=F("attempts") - 1, **queue.from_start)
        return "put back"
    except PortalError as error:
        failed = FileOnDemand.FAILED
        mine.update(state=failed, error_code=error.code, error_detail=str(error.detail), size=0)
        return error.code
    except Exception:
        mine.update(state=FileOnDemand.FAILED, error_code=PortalError.code, size=0)
        raise
    now, kept = timezone.now(), lasts(row)
    expires = None if kept is None else now + kept
    done = mine.update(state=FileOnDemand.READY, ready_at=now, expires_at=expires, size=size)
    if not done:
        row.path.unlink(missing_ok=True)
    return "made" if done else "not wanted any more"


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that SIGTERM sets; what else listens to the signal does so too."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    former = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()
        if callable(former):
            former(number, frame)

    signal.signal(signal.SIGTERM, told)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, former)
