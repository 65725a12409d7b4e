"""Signs of life of a worker's import, written while its own transaction is open.

A thread with a connection of its own: prolongs the lease, writes the progress that pages show,
reads whether somebody cancelled, and looks at the room on disk that the reader takes. To stop the
import it cancels the statement that the database is busy with and signals the main thread, which
raises at once (`StoppableProgress.interrupt`), also out of a wait for the reader's child process.
Neighbours: `importers.progress`, `importers.queued`.
"""

import logging
import os
import signal
import threading
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from importers.confined.refusals import FileTooDemanding
from importers.ending import PUBLISHING
from importers.models import ImportRun
from importers.progress import StoppableProgress
from importers.refusals import Cancelled
from importers.running import check_folder, lease

log = logging.getLogger(__name__)

# Pages show progress live; a shorter beat would only write more.
_LONGEST_BEAT = 2.0
# The sign that interrupts the main thread. Nothing else of ours uses it.
INTERRUPT = signal.SIGUSR1


class Heartbeat:
    """`with Heartbeat(progress):` around an import that runs on the thread which enters it."""

    def __init__(self, progress: StoppableProgress) -> None:
        self.progress = progress
        self.beat_seconds = min(settings.PORTAL_LEASE_SECONDS / 4, _LONGEST_BEAT)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._backend: int | None = None
        self._importing = threading.current_thread()

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = int(cursor.fetchone()[0])
            # A client that vanished is noticed in a minute and a half, not in two hours: its
            # session would keep the run's lock.
            cursor.execute("SET tcp_keepalives_idle = 60")
            cursor.execute("SET tcp_keepalives_interval = 10")
            cursor.execute("SET tcp_keepalives_count = 3")
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(self.beat_seconds):
                self._beat_in_peace()
        finally:
            connection.close()

    def _beat_in_peace(self) -> None:
        """A beat that fails is not the import's end: its own session decides that."""
        try:
            self.beat()
        except Error as error:
            log.warning("The heartbeat of run %s failed: %s", self.progress.run.pk, error)
            connection.close()

    def beat(self) -> None:
        """Write the signs of life and stop the import when it was cancelled or fills the disk."""
        run, now = self.progress.run, timezone.now()
        steps = self.progress.snapshot()
        with connection.cursor() as cursor:
            # The import locks its row for the moment in which it writes its end.
            cursor.execute("SET lock_timeout = '5s'")
        mine = ImportRun.objects.filter(
            pk=run.pk, state=ImportRun.RUNNING, attempts=run.attempts, worker=run.worker
        )
        names = [step["name"] for step in steps["steps"] if step["name"] != PUBLISHING]
        last = names[-1] if names else ""
        mine.update(heartbeat_at=now, lease_until=now + lease(), progress=steps)
        # The import itself writes that step: from then on nobody may cancel.
        mine.exclude(step=PUBLISHING).exclude(step=last).update(step=last)
        if mine.filter(cancel_requested=True).exists():
            self.progress.stop(Cancelled(run.file_name))
        self._look_at_folder()
        if self.progress.reason is not None:
            self._interrupt()

    def _look_at_folder(self) -> None:
        """The system bounds each file of a reader, not their number."""
        try:
            check_folder(self.progress.run)
        except FileTooDemanding as refusal:
            self.progress.stop(refusal)

    def _interrupt(self) -> None:
        """Again at each beat until the import has noticed: a statement may just have begun."""
        with self.progress.lock:
            if not self.progress.may_stop:
                return
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_cancel_backend(%s)", [self._backend])
            if self._importing is threading.main_thread():
                os.kill(os.getpid(), INTERRUPT)
