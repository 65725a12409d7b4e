"""The queue of packages: one is made at a time, so that imports always find a worker.

A row that waits is the wish; a task in the queue only calls a worker. The lock of a database
session says who makes one: it goes with the session however the process ends. Neighbours:
`building`, `tasks`, `bin/worker.py` (beat and housekeeping).
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.models import Layer
from tiles.packages.errors import PackageInterrupted
from tiles.packages.model import Package, folder

log = logging.getLogger(__name__)
MAKING = 7031
MOST_ATTEMPTS = 3
TASK = "tiles.packages.tasks.make_package"
# A task that a worker took must have become the lock within this time.
_TAKEN = dt.timedelta(seconds=30)
_FAILED_KEPT = dt.timedelta(days=1)


def call() -> None:
    """Have a worker come, unless one will anyway."""
    from tiles.packages.tasks import make_package  # the task imports the making, which calls again

    if not _is_called():
        make_package.enqueue()


def _is_called() -> bool:
    tasks = DBTaskResult.objects.filter(task_path=TASK)
    if tasks.filter(status=TaskResultStatus.READY).exists():
        return True
    recent = timezone.now() - _TAKEN
    return tasks.filter(status=TaskResultStatus.RUNNING, started_at__gt=recent).exists()


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else makes a package; if so nobody can until the block ends."""
    ours = _ask("SELECT pg_try_advisory_lock(%s, 0)")
    try:
        yield ours
    finally:
        if ours:
            with suppress(Error):  # a session that is gone has given it back already
                _ask("SELECT pg_advisory_unlock(%s, 0)")


def _ask(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [MAKING])
        return bool(cursor.fetchone()[0])


def sweep() -> None:
    """At every beat: put back what a dead worker left, call a worker for what waits."""
    if Package.objects.filter(state=Package.BUILDING).exists():
        with alone() as is_dead:
            if is_dead:
                for package in Package.objects.filter(state=Package.BUILDING):
                    _begin_again(package)
    if Package.objects.filter(state=Package.WAITING).exists():
        call()


def _begin_again(package: Package) -> None:
    mine = Package.objects.filter(pk=package.pk, state=Package.BUILDING)
    for left in folder().glob(f"{package.pk}.*.part"):
        left.unlink(missing_ok=True)
    if package.attempts >= MOST_ATTEMPTS:
        mine.update(state=Package.FAILED, error_code=PackageInterrupted.code)
    else:
        log.warning("Package %s: its worker is gone; it is made anew", package.pk)
        mine.update(state=Package.WAITING, tiles_done=0)


def keep_house() -> None:
    """Now and then: what has expired, is of a version that is live no more, or lies in the folder
    without being known.
    """
    from tiles.packages.asking import is_current

    now = timezone.now()
    old = Q(expires_at__lt=now) | Q(state=Package.FAILED, asked_at__lt=now - _FAILED_KEPT)
    for package in Package.objects.filter(old):
        throw_away(package)
    ended = Package.objects.exclude(state=Package.BUILDING)
    for package in ended.select_related("layer__live_version", "version"):
        is_gone = package.state == Package.READY and not package.path.is_file()
        if is_gone or not (package.layer.live_version_id and is_current(package)):
            throw_away(package)
    with alone() as is_quiet:
        if is_quiet and folder().is_dir():
            known = {str(pk) for pk in Package.objects.values_list("pk", flat=True)}
            for path in folder().iterdir():
                if path.name.endswith(".part") or path.stem not in known:
                    path.unlink(missing_ok=True)


def throw_away(package: Package) -> None:
    """Row and file; whoever is reading the file reads on to its end."""
    path = package.path
    with transaction.atomic():
        if Package.objects.filter(pk=package.pk).delete()[0]:
            transaction.on_commit(lambda: path.unlink(missing_ok=True))


def on_layer(layer: Layer | None = None, **_more: Any) -> None:
    """Signal receiver: another version is live, or one was dropped. What fails is left to
    housekeeping."""
    if layer is None:
        return
    try:
        with transaction.atomic():
            live = Layer.objects.filter(pk=layer.pk).values_list("live_version_id", flat=True)
            old = Package.objects.filter(layer=layer).exclude(version_id__in=live)
            for package in old.exclude(state=Package.BUILDING):
                throw_away(package)
    except (Error, OSError):
        log.exception("%s: old packages are left to housekeeping", layer.slug)
