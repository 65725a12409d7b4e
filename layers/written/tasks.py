"""The task of the queue: what a worker is told, which is only a version's number."""

from django_tasks import task

from layers.written.making import write


# Behind imports and what the map needs, before files: pages are whole without it, only slower.
@task(priority=-3)
def write_version(version_id: int) -> str:
    """Write the features of this version ahead; answers what became of it."""
    return write(version_id)
