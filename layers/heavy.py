"""Of the few threads of a process some stay free for those who ask little: maps, pages, tiles.

A question that the database answers quickly needs nothing. One that takes longer goes on only in
one of a few places; where these are taken it is cut off (503, `Retry-After`). Whoever makes a small
file while the caller waits takes one from the beginning. So a handful of dear filters, asked again
and again, do not stop the portal for everybody.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from layers.errors import ServiceBusy

# Of the four threads of a process (bin/run.py).
PLACES = threading.BoundedSemaphore(2)
QUICK_SECONDS = 0.5


@contextmanager
def place() -> Iterator[None]:
    """One of the places from now on. Raises ServiceBusy."""
    if not PLACES.acquire(blocking=False):
        raise ServiceBusy
    try:
        yield
    finally:
        PLACES.release()


@contextmanager
def in_turn() -> Iterator[None]:
    """Around statements that a caller may make dear. What is cut off raises OperationalError, as
    the time limit of statements does.
    """
    connection.ensure_connection()
    watch = _Watch()
    watch.start()
    try:
        yield
    finally:
        watch.end()


class _Watch:
    """Looks once, after a while, whether the statements still run."""

    def __init__(self) -> None:
        self._session = connection.connection
        self._lock = threading.Lock()
        self._has_ended = self._has_place = False
        self._timer = threading.Timer(QUICK_SECONDS, self._look)
        self._timer.daemon = True

    def start(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        with self._lock:
            if self._has_ended:
                return
            self._has_place = PLACES.acquire(blocking=False)
            if not self._has_place:
                self._session.cancel()

    def end(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._has_ended = True
            if self._has_place:
                PLACES.release()
