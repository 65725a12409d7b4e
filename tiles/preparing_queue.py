"""Which versions want tables for tiles, and the queue for making them; the sweeper loses none.

A row of `TileSet` is the wish; its task in the queue only calls a worker. Neighbours: `preparing`
(the making), `bin/worker.py` (beat and housekeeping), `apps` (the signals).
"""

import datetime as dt
import logging

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.models import Layer
from layers.signals import when_live
from tiles.models import TileSet
from tiles.preparing import MOST_ATTEMPTS, alone, wanted_source
from tiles.tasks import prepare_version

log = logging.getLogger(__name__)
# A task that a worker took must have become a state of the version within this time.
_TAKEN = dt.timedelta(seconds=30)


def want(layer: Layer, *, again: bool = False) -> TileSet | None:
    """Queue the making for the live version unless its tables are there, or on their way.

    None when the version is too small to need any. `again`: also when it failed or is there.
    """
    source = wanted_source(layer)
    if source is None:
        return None
    with transaction.atomic():
        TileSet.objects.get_or_create(pk=source.version_id)
        found = TileSet.objects.select_for_update(of=("self",)).get(pk=source.version_id)
        is_settled = found.state in (TileSet.READY, TileSet.FAILED)
        is_asked_for = found.digest == source.tables_digest
        is_building = found.state == TileSet.BUILDING
        if is_asked_for and (is_building or (is_settled and not again)):
            return found
        # Who makes them by another definition finds out at the next step.
        if is_building or is_settled or not _has_task(found):
            found.state, found.message = TileSet.WAITING, ""
            found.attempts = found.attempts if is_building else 0
            found.digest = source.tables_digest
            _queue(found)
    return found


on_layer = when_live(want)


def sweep() -> None:
    """At every beat: begin again what was cut off, call a worker for what waits."""
    for found in TileSet.objects.filter(state=TileSet.BUILDING):
        with alone(found.pk) as is_dead:
            if is_dead:
                _begin_again(found.pk)
    for found in TileSet.objects.filter(state=TileSet.WAITING):
        if not _has_task(found):
            _queue(found)


def keep_house() -> None:
    """Now and then: versions that nobody announced (a crash, an upgrade), and what is left of
    versions that are live no more and whose tables are not to be read.
    """
    for layer in Layer.objects.exclude(live_version=None).select_related("live_version"):
        want(layer)
    live = Layer.objects.exclude(live_version=None).values("live_version")
    for left in TileSet.objects.exclude(pk__in=live).exclude(state=TileSet.READY):
        with alone(left.pk) as is_ours, transaction.atomic():
            if is_ours:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT portal_drop_tiles(%s)", [left.pk])
                left.delete()


def _begin_again(version_id: int) -> None:
    with transaction.atomic():
        building = TileSet.objects.filter(pk=version_id, state=TileSet.BUILDING)
        found = building.select_for_update(of=("self",)).first()
        if found is None:
            return
        if found.attempts >= MOST_ATTEMPTS:
            with connection.cursor() as cursor:
                cursor.execute("SELECT portal_drop_tiles(%s)", [version_id])
            message = _("Máy chủ đã dừng %(count)s lần khi đang dựng.") % {"count": found.attempts}
            building.update(state=TileSet.FAILED, message=message)
        else:
            log.warning("Version %s: tables for tiles are begun again", version_id)
            found.state = TileSet.WAITING
            _queue(found)


def _queue(found: TileSet) -> None:
    """A task for it; the one before, if it is still open, has no worker any more."""
    with transaction.atomic():
        former = _tasks(found).filter(finished_at=None)
        former.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
        found.task_id = prepare_version.enqueue(found.pk).id
        found.save(update_fields=["state", "attempts", "message", "digest", "task_id"])


def _has_task(found: TileSet) -> bool:
    """Whether a worker will come: the task waits, or was taken a moment ago."""
    tasks = _tasks(found)
    if tasks.filter(status=TaskResultStatus.READY).exists():
        return True
    long_ago = timezone.now() - _TAKEN
    return tasks.filter(status=TaskResultStatus.RUNNING, started_at__gt=long_ago).exists()


def _tasks(found: TileSet) -> "QuerySet[DBTaskResult[[int], str]]":
    return DBTaskResult.objects.filter(pk__in=[found.task_id] if found.task_id else [])
