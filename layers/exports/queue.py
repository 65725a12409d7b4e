"""The queue of exports, and the room that their files may take."""

from django.conf import settings
from django.db.models import Sum

from layers.exports.errors import ExportInterrupted
from layers.models import Export
from layers.models.export import folder
from layers.ondemand.queue import Queue

MAKING, ASKING = 7033, 7034
TASK = "layers.exports.tasks.make_export"
MB = 2**20


def _is_current(export: Export) -> bool:
    from layers.exports.asking import is_current  # asks through this queue

    return is_current(export)


QUEUE = Queue(
    Export,
    task=TASK,
    making_lock=MAKING,
    asking_lock=ASKING,
    folder=folder,
    interrupted=ExportInterrupted,
    is_current=_is_current,
    from_start={"rows_done": 0},
)
sweep, keep_house = QUEUE.sweep, QUEUE.keep_house


def is_full() -> bool:
    """No more room for files."""
    used = Export.objects.aggregate(all=Sum("size", default=0))["all"]
    return bool(used >= settings.PORTAL_EXPORTS_MB * MB)
