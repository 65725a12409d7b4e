"""The task of the queue that computes runs: a worker is called, which one it takes it sees."""

from django_tasks import task

from gis_portal.planner.asking.computing import compute_one


# Behind imports, tiles and exports: a run may take minutes.
@task(priority=-8)
def compute_next() -> str:
    """Compute the run whose turn it is; answers what became of it."""
    return compute_one()
