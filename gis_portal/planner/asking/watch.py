"""Beside a run that is computed: writes its progress, and stops it when its time is over, when
somebody cancels it, or when the worker is to end.

A thread with a connection of its own: what the engine does in the other one is a transaction that
nobody sees into. Statements are stopped by cancelling this worker's own session, never another's.
"""

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.db import Error, connection

from gis_portal.planner.models import Run

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.5
CANCELLED, TOO_LONG, STOPPED = "cancelled", "too long", "stopped"


class Stopped(Exception):
    """The run is not to go on; `Watch.reason` says why."""


class Watch:
    """Around one run."""

    def __init__(self, run: Run, stop: threading.Event) -> None:
        self.run, self.stop = run, stop
        self.reason = ""
        self._ends = time.monotonic() + settings.PORTAL_RUN_SECONDS
        self._told = self._written = (0.0, "")
        self._was_seen = False
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._session: Any = None
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        connection.ensure_connection()
        self._session = connection.connection
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._over.set()
        self._thread.join()

    def progress(self, share: float, note: str) -> None:
        """What the engine calls between statements. Raises Stopped."""
        self._told = (min(max(share, 0.0), 1.0), note[:200])
        if not self.reason and time.monotonic() > self._ends:
            self.reason = TOO_LONG
        if self.reason:
            raise Stopped(self.reason)

    def _look(self) -> None:
        try:
            while not self._over.wait(BEAT_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        if not self.reason:
            self.reason = self._why_not()
        if self.reason:
            with self._lock:
                # Under the lock: the next statement of this session is not ours to stop.
                if not self._over.is_set():
                    self._session.cancel()

    def _why_not(self) -> str:
        """Why it has to stop; "" while it may go on."""
        if self.stop.is_set():
            return STOPPED
        if time.monotonic() > self._ends:
            return TOO_LONG
        try:
            return self._asked()
        except Error as error:
            log.warning("%s: its progress could not be written: %s", self.run.pk, error)
            return ""

    def _asked(self) -> str:
        mine = Run.objects.filter(pk=self.run.pk, state=Run.RUNNING, attempts=self.run.attempts)
        asked = mine.values_list("cancel_asked", flat=True).first()
        if asked is None:
            # Deleted, or taken over by others. (What was never seen is not committed yet.)
            return CANCELLED if self._was_seen else ""
        self._was_seen = True
        if self._told != self._written:
            self._written = self._told
            mine.update(progress=self._written[0], note=self._written[1])
        return CANCELLED if asked else ""
