"""Now and then: packs that nobody asked for, parts out of use, files without a row."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from gis_portal.officer.packs import store
from gis_portal.officer.packs.making import call_for, lacking, units_with_officers
from gis_portal.officer.packs.models import PARCELS, Part
from gis_portal.officer.packs.parts import Office, packs_of
from layers.models import AdminUnit

log = logging.getLogger(__name__)
# A file is in the store a moment before its row; one that is written aside takes minutes at most.
_YOUNG = 3600.0
# Renewed at every turn, which comes each ten minutes.
_USELESS = dt.timedelta(days=1)


def keep_house() -> None:
    """Call for what is missing, renew what is in use, throw away the rest."""
    call_for(lacking(units_with_officers()))
    _renew()
    _forget()
    _sweep()


def _renew() -> None:
    """Parts that a pack has today stay, those of units without an officer too."""
    office = Office.now()
    if office is None:
        return
    units = AdminUnit.objects.filter(pk__in=Part.objects.exclude(unit=None).values("unit"))
    packs = packs_of(office, list(units.defer("geom")), private=True)
    used = {part.pk for pack in packs for part in pack.parts.values()}
    bases = {part.tiles_base for pack in packs for part in pack.parts.values()}
    Part.objects.filter(pk__in=used).update(wanted_at=timezone.now())
    Part.objects.filter(sha256__in=bases).update(wanted_at=timezone.now())


def _forget() -> None:
    """Parts that are of no pack any more. Parcels are kept for PORTAL_PACK_DAYS: until then a
    device may take a delta from them; of the others nobody has any use.
    """
    now = timezone.now()
    long_ago = now - dt.timedelta(days=settings.PORTAL_PACK_DAYS)
    old = Q(wanted_at__lt=long_ago) | ~Q(kind=PARCELS) & Q(wanted_at__lt=now - _USELESS)
    gone, _each = Part.objects.filter(old).delete()
    if gone:
        log.info("%d parts of packs went", gone)


def _sweep() -> None:
    """Files that no row names."""
    known = set(Part.objects.values_list("sha256", flat=True))
    for path in store.files():
        if path.name not in known and time.time() - path.stat().st_mtime > _YOUNG:
            path.unlink(missing_ok=True)
