"""Which personal fields were handed out, to whom: written before they are, shown to supervisors.

A reading is written in the transaction that hands the values out: what cannot be written down is
not handed out. A pack is one line for a unit (`whole`), not one for each of its parcels.
"""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.devices.models import Reading
from layers.models import LayerVersion

# Purposes.
PACK, DELTA, PARCEL, REPORT = "pack", "delta", "parcel", "report"


def record_reading(
    officer: Officer,
    version: LayerVersion,
    unit_id: int | None,
    fields: Iterable[str],
    *,
    purpose: str,
    uids: Collection[uuid.UUID] | None = None,
    count: int | None = None,
) -> Reading:
    """Write down that these fields go to this officer's device: of these parcels, or of all
    `count` of the unit when none are named. Call it in the transaction that reads them.
    """
    return Reading.objects.create(
        user=officer.user,
        username=officer.user.get_username(),
        device=officer.device.pk,
        device_name=officer.device.name,
        layer=version.layer.slug,
        version=version.number,
        unit_id=unit_id,
        uids=list(uids or ()),
        whole=uids is None,
        count=len(uids or ()) if count is None else count,
        fields=sorted(set(fields)),
        purpose=purpose,
    )


def readings_of(unit_id: int, uid: uuid.UUID | None = None) -> QuerySet[Reading]:
    """Who had personal fields of this unit, newest first; with `uid`, of this parcel (packs of the
    whole unit included). Who may ask is the caller's matter (`jurisdiction.may_supervise`).
    """
    found = Reading.objects.filter(unit_id=unit_id)
    return found if uid is None else found.filter(Q(whole=True) | Q(uids__contains=[uid]))
