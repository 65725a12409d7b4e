"""The task of the queue that makes files of results: a worker is called, which one it sees."""

from django_tasks import task

from gis_portal.planner.results.files.making import make_next


# Behind exports of layers, before runs: somebody waits for it.
@task(priority=-6)
def make_run_file() -> str:
    """Make the file whose turn it is; answers what became of it."""
    return make_next()
