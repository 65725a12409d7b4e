"""Tasks of the queue (Django's task API): what a worker is told, which is only a run's number."""

from django_tasks import task

from importers.queued import work_on


@task()
def run_queued(run_id: int) -> str:
    """Import the queued run; answers what became of it."""
    return work_on(run_id)
