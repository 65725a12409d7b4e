"""The task of the queue that makes packs: a worker is told a unit."""

from django_tasks import task

from gis_portal.officer.packs.making import make_missing


# Behind imports and what the public map needs.
@task(priority=-10)
def make_pack(unit_id: int) -> str:
    """Make what the unit's pack lacks; answers how many parts."""
    return make_missing(unit_id)
