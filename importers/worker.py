"""The queue's worker process: takes tasks one after the other until it is told to stop.

`bin/worker.py` starts several and the sweeper beside them. Neighbours: `importers.tasks`,
`importers.queued` (stops the import that runs), `importers.jobs` (what waits for a layer).
"""

import logging
import sys
from types import FrameType

from django.db import Error
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from importers import jobs
from importers.queued import stop_current, worker_name

log = logging.getLogger(__name__)

# Seconds between looks into an empty queue.
_INTERVAL = 1.0


class QueueWorker(Worker):
    """django-tasks-db's worker that gives an import back when it is stopped."""

    def __init__(self, *, batch: bool = False, interval: float = _INTERVAL) -> None:
        """`batch`: end when the queue is empty."""
        super().__init__(
            queue_names=["default"],
            interval=interval,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_name(),
            excluded_queue_names=[],
        )

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """SIGTERM, SIGINT: no further task; an import goes back to the queue, or ends when it is
        being published."""
        self.running = False
        if not self.running_task:
            sys.exit(0)
        stop_current()

    def run_task(self, db_task_result: "DBTaskResult[[int], str]") -> None:
        """Then the next run of the layer may begin, without waiting for the sweeper."""
        super().run_task(db_task_result)
        if self.running:
            try:
                jobs.start_waiting()
            except Error as error:
                log.warning("What waits is left to the sweeper: %s", error)
