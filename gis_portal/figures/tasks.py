"""The task of the queue that counts: a worker is told a version's number."""

from django_tasks import task

from gis_portal.figures.remembered import count_version


# Behind imports, tiles and exports: the page says until then that it is being counted.
@task(priority=-10)
def tally_version(version_id: int) -> str:
    """Count every indicator of this version; answers how many."""
    return count_version(version_id)
