"""A commune with two parcels and three phones of two officers."""

from gis_portal.officer.devices.models import Device
from layers.models import Feature
from layers.permissions import OFFICER
from tests.gis_portal.officer.field.machine import World
from tests.gis_portal.officer.field.sending import Phone, account, unit
from tests.layers.rows import plots_layer, published


def make_world() -> World:
    """Written once, in the transaction of its caller."""
    here = unit("90001", 107.0)
    version = published(plots_layer(), ["A1", "A2"], unit_id=here.pk)
    uids = (
        Feature.objects.filter(version_id=version.pk).order_by("key").values_list("uid", flat=True)
    )
    one, other = (account(name, OFFICER, units=(here,)) for name in ("one", "other"))
    phones = (Phone(one, "Máy 1"), Phone(one, "Máy 2"), Phone(other, "Máy 3"))
    assert Device.objects.count() == 3
    bases = tuple({"layer": "test-plots", "uid": str(uid), "version": version.pk} for uid in uids)
    return World(phones, bases)
