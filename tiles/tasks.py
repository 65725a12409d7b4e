"""Tasks of the queue (Django's task API): what a worker is told, which is only a version's
number.
"""

from django_tasks import task

from tiles.preparing import build


@task()
def prepare_version(version_id: int) -> str:
    """Make the tables for tiles of this version; answers what became of it."""
    return build(version_id)
