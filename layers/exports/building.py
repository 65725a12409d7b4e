"""The making of an export by a worker: aside, in constant memory, under its name when it is whole.

Each second the progress is written and asked whether to go on. A worker that is told to stop puts
the wish back.
"""

import datetime as dt
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import QueryDict

from layers.errors import VersionRetired
from layers.exports.asking import is_current
from layers.exports.errors import ExportImpossible, ExportsFull
from layers.exports.queue import MB, QUEUE, is_full
from layers.exports.wish import read_wish
from layers.exports.writing import write_file
from layers.models import Export
from layers.models.export import folder
from layers.ondemand import making
from layers.ondemand.making import Stopped

BEAT_SECONDS = 1.0


def make_next() -> str:
    """Make the export whose turn it is, unless one is being made."""
    return making.make_next(
        QUEUE,
        ("asked_at",),
        lambda export, stop: Build(export, stop).run(),
        lambda _export: dt.timedelta(days=settings.PORTAL_EXPORT_DAYS),
    )


class Build:
    """One export being made."""

    def __init__(self, export: Export, stop: threading.Event) -> None:
        self.export, self.stop = export, stop
        self.next_beat = time.monotonic() + BEAT_SECONDS
        self.ends = time.monotonic() + settings.PORTAL_EXPORT_MINUTES * 60
        self.part = folder() / f"{export.pk}.{export.attempts}.part.{export.format}"

    def run(self) -> int:
        """Make the file; answers its size. Raises PortalError, Stopped."""
        export = self.export
        if not is_current(export):
            raise VersionRetired
        query = QueryDict(mutable=True)
        query.update(export.query)
        wish = read_wish(export.format, query, export.layer.parsed)
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with patient():
                write_file(
                    wish,
                    export.layer,
                    export.version,
                    self.part,
                    address=export.address,
                    beat=self._beat,
                )
            return self._named()
        finally:
            self.part.unlink(missing_ok=True)

    def _named(self) -> int:
        size = self._allowed(self._size())
        with self.part.open("rb") as file:
            os.fsync(file.fileno())
        self.part.replace(self.export.path)
        return size

    def _size(self) -> int:
        """Of the file, and of what lies beside it while it is made."""
        return sum(size_of(path) for path in folder().glob(f"{self.export.pk}.*.part*"))

    def _allowed(self, size: int) -> int:
        if size > settings.PORTAL_EXPORT_MB * MB:
            raise ExportImpossible(f"> {settings.PORTAL_EXPORT_MB} MB")
        return size

    def _beat(self, done: int) -> None:
        """Raises Stopped, ExportImpossible, ExportsFull, VersionRetired."""
        if self.stop.is_set():
            raise Stopped
        if time.monotonic() < self.next_beat:
            return
        self.next_beat = time.monotonic() + BEAT_SECONDS
        if time.monotonic() > self.ends:
            # Others wait; a filter may make each batch as dear as one statement may be.
            raise ExportImpossible(f"> {settings.PORTAL_EXPORT_MINUTES} min")
        size = self._allowed(self._size())
        mine = Export.objects.filter(
            pk=self.export.pk, state=Export.BUILDING, attempts=self.export.attempts
        )
        if not mine.update(rows_done=done, size=size):
            raise Stopped
        fresh = mine.select_related("layer", "version").first()
        if fresh is None or not is_current(fresh):
            raise VersionRetired
        if is_full():
            raise ExportsFull


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what goes meanwhile counts nothing."""
    try:
        if path.is_dir():
            return sum(size_of(child) for child in path.iterdir())
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def patient() -> Iterator[None]:
    """Statements may take longer than a caller of the API would wait."""
    limit = f"{settings.PORTAL_EXPORT_SECONDS}s"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (former,) = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [former])
