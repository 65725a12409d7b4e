"""A parcel's facts as an extract tells them: as everybody sees them, wherever everybody may.

An extract goes from hand to hand and is checked by people who have no account: what staff see
besides (internal layers that lie on the parcel) would make it a different one for each reader.
"""

from uuid import UUID

from gis_portal.parcels.facts import parcel_facts
from gis_portal.parcels.parts import ParcelFacts
from layers.errors import UnknownItem
from layers.models.catalogue import sees_internal
from layers.permissions import User


def public_facts(uid: UUID, user: User | None, language: str) -> tuple[ParcelFacts, bool]:
    """The facts, and whether everybody may see them: of a parcel of an internal register only
    staff, then as staff see it. Raises UnknownItem, ItemRetired.
    """
    try:
        return parcel_facts(uid, user=None, lang=language), True
    except UnknownItem:
        if not sees_internal(user):
            raise
    return parcel_facts(uid, user=user, lang=language), False
