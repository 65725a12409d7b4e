"""Whose turn it is: of each kind one file is made at a time, so that imports find a worker.

A row that waits is the wish; a task in the queue only calls a worker. The lock of a database
session says who makes one: it goes with the session however the process ends. Neighbours: `making`,
`bin/worker.py` (beat and housekeeping).
"""

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import Error, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.errors import PortalError
from layers.ondemand.model import FileOnDemand

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
# A task that a worker took must have become the lock within this time.
_TAKEN = dt.timedelta(seconds=30)
_FAILED_KEPT = dt.timedelta(days=1)
Row = TypeVar("Row", bound=FileOnDemand)


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """The files of one kind.

    Attributes:
        model: its rows.
        task: dotted name of the task that makes the next one.
        making_lock, asking_lock: first halves of advisory locks.
        folder: the private folder of its files.
        interrupted: what a wish failed of whose workers died.
        is_current: whether a finished file may still be handed out.
        from_start: columns of a row that begins again.
        related: what a row is of, read along with it.
    """

    model: type[Row]
    task: str
    making_lock: int
    asking_lock: int
    folder: Callable[[], Path]
    interrupted: type[PortalError]
    is_current: Callable[[Row], bool]
    from_start: dict[str, Any] = field(default_factory=dict)
    related: tuple[str, ...] = ("layer__live_version", "version")

    @property
    def rows(self) -> QuerySet[Row]:
        """All of them."""
        return self.model._default_manager.all()

    def call(self) -> None:
        """Have a worker come, unless one will anyway."""
        if not self._is_called():
            self.enqueue()

    def enqueue(self) -> None:
        """Have a worker come."""
        import_string(self.task).enqueue()

    def _is_called(self) -> bool:
        tasks = DBTaskResult.objects.filter(task_path=self.task)
        if tasks.filter(status=TaskResultStatus.READY).exists():
            return True
        recent = timezone.now() - _TAKEN
        return tasks.filter(status=TaskResultStatus.RUNNING, started_at__gt=recent).exists()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else makes one; if so nobody can until the block ends."""
        ours = self._ask("SELECT pg_try_advisory_lock(%s, 0)")
        try:
            yield ours
        finally:
            if ours:
                with suppress(Error):  # a session that is gone has given it back already
                    self._ask("SELECT pg_advisory_unlock(%s, 0)")

    def _ask(self, sql: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(sql, [self.making_lock])
            return bool(cursor.fetchone()[0])

    def sweep(self) -> None:
        """At every beat: put back what a dead worker left, call a worker for what waits."""
        if self.rows.filter(state=FileOnDemand.BUILDING).exists():
            with self.alone() as is_dead:
                if is_dead:
                    for row in self.rows.filter(state=FileOnDemand.BUILDING):
                        self._begin_again(row)
        if self.rows.filter(state=FileOnDemand.WAITING).exists():
            self.call()

    def _begin_again(self, row: Row) -> None:
        mine = self.rows.filter(pk=row.pk, state=FileOnDemand.BUILDING)
        for left in self.folder().glob(f"{row.pk}.*.part*"):
            discard(left)
        if row.attempts >= MOST_ATTEMPTS:
            mine.update(state=FileOnDemand.FAILED, error_code=self.interrupted.code)
        else:
            log.warning("%s: its worker is gone; it is made anew", row.pk)
            mine.update(state=FileOnDemand.WAITING, **self.from_start)

    def keep_house(self) -> None:
        """Now and then: what has expired, may not be handed out any more, or lies in the folder
        without being known.
        """
        now = timezone.now()
        old = Q(expires_at__lt=now) | Q(state=FileOnDemand.FAILED, asked_at__lt=now - _FAILED_KEPT)
        for row in self.rows.filter(old):
            self.throw_away(row)
        ended = self.rows.exclude(state=FileOnDemand.BUILDING)
        for row in ended.select_related(*self.related):
            is_gone = row.state == FileOnDemand.READY and not row.path.is_file()
            if is_gone or not self.is_current(row):
                self.throw_away(row)
        with self.alone() as is_quiet:
            if is_quiet and self.folder().is_dir():
                known = {str(pk) for pk in self.rows.values_list("pk", flat=True)}
                for path in self.folder().iterdir():
                    if ".part" in path.name or path.name.split(".", 1)[0] not in known:
                        discard(path)

    def throw_away(self, row: Row) -> None:
        """Row and file; whoever is reading the file reads on to its end."""
        path = row.path
        with transaction.atomic():
            if self.rows.filter(pk=row.pk).delete()[0]:
                transaction.on_commit(lambda: path.unlink(missing_ok=True))


def discard(path: Path) -> None:
    """A file, or a folder with what lies in it; not there is as good."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
