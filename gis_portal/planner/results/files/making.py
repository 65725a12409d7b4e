"""The making of a large file by a worker: aside, in constant memory, under its name when whole.

Each second the progress is written and asked whether to go on. A worker that is told to stop puts
the wish back.
"""

import datetime as dt
import os
import threading
import time

from django.conf import settings
from django.utils import translation

from gis_portal.planner.models import RunFile, run_files
from gis_portal.planner.results.asked import check_pieces
from gis_portal.planner.results.errors import RunFilesFull, RunFileTooLarge
from gis_portal.planner.results.files.formats import format_of
from gis_portal.planner.results.files.queue import MB, QUEUE, is_full
from gis_portal.planner.results.told import told
from layers.exports.building import patient, size_of
from layers.ondemand import making
from layers.ondemand.making import Stopped

BEAT_SECONDS = 1.0


def make_next() -> str:
    """Make the file whose turn it is, unless one is being made."""
    return making.make_next(
        QUEUE,
        ("asked_at",),
        lambda file, stop: Making(file, stop).run(),
        lambda _file: dt.timedelta(days=settings.PORTAL_RUN_FILE_DAYS),
    )


class Making:
    """One file being made."""

    def __init__(self, file: RunFile, stop: threading.Event) -> None:
        self.file, self.stop = file, stop
        self.next_beat = time.monotonic() + BEAT_SECONDS
        self.ends = time.monotonic() + settings.PORTAL_RUN_FILE_MINUTES * 60
        self.part = run_files() / f"{file.pk}.{file.attempts}.part.{file.format}"

    def run(self) -> int:
        """Make the file; answers its size. Raises PortalError, Stopped."""
        file = self.file
        check_pieces(file.run)
        run_files().mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with patient(), translation.override(file.language):
                about = told(file.run, file.language, whole=True)
                format_of(file.format).write(about, self.part, file.address, self._beat)
            size = self._allowed(self._size())
            with self.part.open("rb") as made:
                os.fsync(made.fileno())
            self.part.replace(file.path)
            return size
        finally:
            self.part.unlink(missing_ok=True)

    def _size(self) -> int:
        """Of the file, and of what lies beside it while it is made."""
        return sum(size_of(path) for path in run_files().glob(f"{self.file.pk}.*.part*"))

    def _allowed(self, size: int) -> int:
        if size > settings.PORTAL_RUN_FILE_MB * MB:
            raise RunFileTooLarge(f"> {settings.PORTAL_RUN_FILE_MB} MB")
        return size

    def _beat(self, done: int) -> None:
        """Raises Stopped, RunFileTooLarge, RunFilesFull, ResultGone."""
        if self.stop.is_set():
            raise Stopped
        if time.monotonic() < self.next_beat:
            return
        self.next_beat = time.monotonic() + BEAT_SECONDS
        if time.monotonic() > self.ends:
            raise RunFileTooLarge(f"> {settings.PORTAL_RUN_FILE_MINUTES} min")
        size = self._allowed(self._size())
        mine = RunFile.objects.filter(
            pk=self.file.pk, state=RunFile.BUILDING, attempts=self.file.attempts
        )
        # Gone with its run, or taken over by others.
        if not mine.update(rows_done=done, size=size):
            raise Stopped
        if is_full():
            raise RunFilesFull
