"""The task of the queue that makes packages: a worker is called, which one it makes it sees."""

from django_tasks import task

from tiles.packages.building import make_next


# Behind imports and what the map itself needs.
@task(priority=-10)
def make_package() -> str:
    """Make the package whose turn it is; answers what became of it."""
    return make_next()
