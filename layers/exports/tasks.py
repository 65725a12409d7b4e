"""The task of the queue that makes exports: a worker is called, which one it makes it sees."""

from django_tasks import task

from layers.exports.building import make_next


# Behind imports and what the map itself needs, before packages: somebody waits for it.
@task(priority=-5)
def make_export() -> str:
    """Make the export whose turn it is; answers what became of it."""
    return make_next()
