"""What changed between the parcels that a device holds and those of today.

Rows are compared with rows, as both were written: whatever a row says differently is sent, so that
a device that took the delta holds what one that took the whole holds. Tiles are not in it: `hide`
says which parcels they show as they were.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.devices.readings import DELTA, record_reading
from gis_portal.officer.packs import store
from gis_portal.officer.packs.errors import PackGone, PackTooOld, UnknownPack
from gis_portal.officer.packs.held import holds, note_handout
from gis_portal.officer.packs.making import weigh_private
from gis_portal.officer.packs.models import PARCELS, PRIVATE, Part
from gis_portal.officer.packs.parcels import changed_uids, rows_of
from gis_portal.officer.packs.parts import Office, Pack
from gis_portal.officer.packs.private import may_have, personal_fields, read_values
from gis_portal.officer.packs.writing import packed, unpacked
from layers.models import LayerVersion

Json = dict[str, Any]


def make_delta(officer: Officer, office: Office, pack: Pack, held: str) -> tuple[bytes, Part]:
    """The bytes, and the part that the device holds with them.

    Raises UnknownPack (not a part of this unit), PackTooOld, PackGone (today's is being made).
    """
    parts = Part.objects.filter(unit=pack.unit, kind=PARCELS, sha256=held)
    former = parts.select_related("version").first()
    if former is None:
        # Long gone, another unit's or invented: all the same from here.
        raise PackTooOld if store.SHA256.fullmatch(held) else UnknownPack
    part = pack.parts.get(PARCELS)
    if part is None:
        raise PackGone
    before, body = rows_of(held), store.read(part.sha256)
    if before is None or body is None or former.tiles_base != part.tiles_base:
        raise PackTooOld
    document = unpacked(body)
    upsert, remove = changed_uids(before, document["rows"])
    if len(upsert) + len(remove) > settings.PORTAL_PACK_DRIFT * max(1, len(before)):
        raise PackTooOld
    told: Json = {
        "from": held,
        "to": part.sha256,
        "layer": document["layer"],
        "version": document["version"],
        "number": document["number"],
        "data_date": document["data_date"],
        "as_of": document["as_of"],
        "upsert": upsert,
        "remove": remove,
        "hide": document["hide"],
    }
    with transaction.atomic():
        told["private"] = _private(officer, office, pack, former, remove)
        return packed(told), part


def _private(officer: Officer, office: Office, pack: Pack, former: Part, remove: list[str]) -> Json:
    """Personal values that changed, for a device that has the personal part, on the record."""
    layer, version, unit = office.register, office.version, pack.unit
    nothing: Json = {"upsert": {}, "remove": remove}
    if not may_have(officer.user, layer.parsed) or not holds(officer.device.pk, unit, PRIVATE):
        return nothing
    if former.version is None or former.version.state not in LayerVersion.KEPT:
        # Without its rows nobody can tell which values are gone.
        raise PackTooOld
    now = read_values(officer.user, layer, version.pk, unit.pk)
    before = read_values(officer.user, layer, former.version.pk, unit.pk)
    upsert = {uid: values for uid, values in now.items() if before.get(uid) != values}
    gone = sorted({*remove, *(uid for uid in before if uid not in now)})
    if upsert:
        record_reading(
            officer,
            version,
            unit.pk,
            [field.name for field in personal_fields(layer.parsed)],
            purpose=DELTA,
            uids=[UUID(uid) for uid in upsert],
        )
    part, _body = weigh_private(officer.user, office, unit)
    note_handout(officer, unit, part)
    return {"upsert": upsert, "remove": gone, "to": part.sha256}
