"""Which live versions want their features written ahead; housekeeping forgets none.

A row of `WrittenRows` is the wish; its task only calls a worker. Neighbours: `making`,
`bin/worker.py` (housekeeping), `layers.apps` (the signals).
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.models import Layer, WrittenRows
from layers.signals import when_live
from layers.written import making, tasks
from layers.written.table import form_of, table_for

# What failed is tried again after this time.
_FAILED_RESTS = dt.timedelta(days=1)


def want(layer: Layer) -> None:
    """Call a worker unless the live version is small, written already, or a worker is called."""
    version = layer.live_version
    if version is None or version.feature_count < settings.PORTAL_WRITTEN_MIN:
        return
    found, is_new = WrittenRows.objects.get_or_create(pk=version.pk)
    if not is_new and (_is_written(layer) or _rests(found)):
        return
    waiting = DBTaskResult.objects.filter(
        task_path="layers.written.tasks.write_version", status=TaskResultStatus.READY
    )
    if not any(task.args_kwargs["args"] == [version.pk] for task in waiting):
        tasks.write_version.enqueue(version.pk)


on_layer = when_live(want)


def keep_house() -> None:
    """Now and then: versions that nobody announced, tables of versions that are live no more, and
    tables that another one has replaced.
    """
    for layer in Layer.objects.exclude(live_version=None).select_related("live_version"):
        want(layer)
    live = Layer.objects.exclude(live_version=None).values("live_version")
    for left in WrittenRows.objects.exclude(pk__in=live).values_list("pk", flat=True):
        with transaction.atomic():
            WrittenRows.objects.filter(pk=left).delete()
            making.drop(left)
    for made in WrittenRows.objects.filter(state=WrittenRows.READY):
        with transaction.atomic():
            making.drop(made.pk, but_key=made.key)


def _is_written(layer: Layer) -> bool:
    now = Layer.objects.select_related("live_version__written").get(pk=layer.pk)
    version = now.live_version
    return version is None or table_for(now, version, form_of(now.parsed)) is not None


def _rests(found: WrittenRows) -> bool:
    """It failed, not long ago."""
    if found.state != WrittenRows.FAILED or found.made_at is None:
        return False
    return found.made_at > timezone.now() - _FAILED_RESTS
