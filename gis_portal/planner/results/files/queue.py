"""The queue of files of results, and the room that they may take."""

from django.conf import settings
from django.db.models import Sum

from gis_portal.planner.models import Run, RunFile, run_files
from gis_portal.planner.results.errors import RunFileInterrupted
from layers.ondemand.queue import Queue

MAKING, ASKING = 7063, 7064
TASK = "gis_portal.planner.results.files.tasks.make_run_file"
MB = 2**20


def _is_current(file: RunFile) -> bool:
    return file.run.state == Run.DONE


QUEUE = Queue(
    RunFile,
    task=TASK,
    making_lock=MAKING,
    asking_lock=ASKING,
    folder=run_files,
    interrupted=RunFileInterrupted,
    is_current=_is_current,
    from_start={"rows_done": 0},
    related=("run__analysis__owner",),
)
sweep, keep_house = QUEUE.sweep, QUEUE.keep_house


def is_full() -> bool:
    """No more room for files."""
    used = RunFile.objects.aggregate(all=Sum("size", default=0))["all"]
    return bool(used >= settings.PORTAL_RUN_FILES_MB * MB)
