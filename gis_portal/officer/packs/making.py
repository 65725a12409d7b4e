"""Parts that are missing are made: small ones by whoever asks, others by the worker.

Whether a part is missing is seen by its key; there is no state that a killed worker could leave
behind. A lock of the database keeps two from making the same unit's at a time.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gis_portal.officer.packs import pyramid, store
from gis_portal.officer.packs.errors import UnknownPack
from gis_portal.officer.packs.handbook.pages import handbook_document
from gis_portal.officer.packs.models import (
    HANDBOOK,
    IMAGERY,
    LAYERS,
    PARCELS,
    PRIVATE,
    TILES,
    Part,
)
from gis_portal.officer.packs.parcels import make_parcels
from gis_portal.officer.packs.parts import Office, Pack, day_of, packs_of
from gis_portal.officer.packs.private import make_private
from gis_portal.officer.packs.public_layers import layers_document
from gis_portal.officer.packs.writing import packed
from layers.errors import PortalError
from layers.models import AdminUnit, Jurisdiction, Layer
from layers.permissions import User

log = logging.getLogger(__name__)
TASK = "gis_portal.officer.packs.tasks.make_pack"
LOCK = 7071
# By whoever asks, when the unit is small: the map is the worker's always.
AT_ONCE = (PARCELS, LAYERS, HANDBOOK)
NOTHING = store.Kept("", 0)
ROUNDS = 3


def on_published(layer: Layer, **_more: Any) -> None:
    """Signal receiver: packs of the units that officers have are made anew, as far as the layer is
    in them. What fails is left to housekeeping.
    """
    try:
        with transaction.atomic():
            call_for(units_with_officers())
    except Error:
        log.exception("%s: packs are left to housekeeping", layer.slug)


def on_units_given(instance: Jurisdiction, **_more: Any) -> None:
    """Signal receiver: an officer was given a unit."""
    transaction.on_commit(lambda: call_for([instance.unit_id]), robust=True)


def units_with_officers() -> list[int]:
    """Units whose packs are made before anybody asks."""
    units = Jurisdiction.objects.filter(unit__valid_to=None)
    return sorted(set(units.values_list("unit_id", flat=True)))


def call_for(units: Iterable[int]) -> None:
    """Have the worker make what these units' packs lack, unless it is called already."""
    from gis_portal.officer.packs.tasks import make_pack

    waiting = DBTaskResult.objects.filter(task_path=TASK, status=TaskResultStatus.READY)
    called = {tuple(each["args"]) for each in waiting.values_list("args_kwargs", flat=True)}
    for unit in units:
        if (unit,) not in called:
            make_pack.enqueue(unit)


def make_missing(unit_id: int) -> str:
    """The worker: everything that the unit's pack lacks; answers how many parts were made."""
    unit = AdminUnit.objects.filter(pk=unit_id).first()
    if unit is None:
        return "no such unit"
    with _alone(unit) as is_ours:
        if not is_ours:
            return "busy"
        made = 0
        for _each in range(ROUNDS):
            more = _round(unit)
            made += more
            if not more:
                break
    return f"{made} made"


def _round(unit: AdminUnit) -> int:
    """Make what is missing now. Tiles are known by the parcels beside them, and a version may have
    been published meanwhile: hence some rounds.
    """
    office = Office.now()
    if office is None:
        return 0
    (pack,) = packs_of(office, [unit], private=False)
    return sum(_make(office, pack, kind) for kind in pack.missing)


def make_small(office: Office, packs: list[Pack], counts: dict[int, int]) -> bool:
    """What a request makes itself: parts of small units, up to PORTAL_PACK_DIRECT parcels in all.
    For the rest the worker is called. Whether anything was made.
    """
    left, made, late = settings.PORTAL_PACK_DIRECT, 0, []
    for pack in packs:
        count = counts.get(pack.unit.pk, 0)
        mine = [kind for kind in pack.missing if kind in AT_ONCE and count <= left]
        if mine:
            left -= count
            made += sum(_make(office, pack, kind) for kind in mine)
        if set(pack.missing) - {PRIVATE} - set(mine):
            late.append(pack.unit.pk)
    call_for(late)
    return made > 0


def _make(office: Office, pack: Pack, kind: str) -> int:
    """Make one part; 1 when it was, 0 when it could not be."""
    unit, base, as_of = pack.unit, "", _day_of(office, kind)
    if kind == TILES:
        if PARCELS not in pack.parts:
            return 0
        base = pack.parts[PARCELS].tiles_base
    try:
        if kind == PARCELS:
            kept, base = make_parcels(office, unit)
        elif kind == IMAGERY:
            pictures = list(office.imagery)
            made = pyramid.make_imagery(pictures, unit, _metadata(office, unit))
            kept, as_of = made or (NOTHING, None)
        else:
            kept = _kept(office, unit, kind) or NOTHING
    except UnknownPack:
        kept = NOTHING
    except PortalError as error:
        # A version that was replaced meanwhile: its successor has called already.
        log.warning("%s of the pack of unit %s was not made: %s", kind, unit.pk, error.code)
        return 0
    key = office.key(kind, unit, base if kind == TILES else "")
    keep_part(office, unit, kind, key, kept, as_of, base=base if kind == PARCELS else "")
    return 1


def _day_of(office: Office, kind: str) -> dt.date | None:
    return timezone.localdate() if kind == HANDBOOK else day_of(office.version)


def keep_part(
    office: Office,
    unit: AdminUnit,
    kind: str,
    key: str,
    kept: store.Kept,
    as_of: dt.date | None,
    *,
    base: str = "",
) -> Part:
    """The row of a part that was made."""
    own = kind != HANDBOOK
    part, _created = Part.objects.update_or_create(
        key=key,
        defaults={
            "unit": unit if own else None,
            "kind": kind,
            "sha256": kept.sha256,
            "size": kept.size,
            "version": office.version if own else None,
            "as_of": as_of,
            "base": base,
            "wanted_at": timezone.now(),
        },
    )
    return part


def weigh_private(user: User, office: Office, unit: AdminUnit) -> tuple[Part, bytes]:
    """The personal part as this reader may have it. Its row has hash and size, the bytes go to the
    reader and nowhere else.
    """
    body = make_private(user, office.register, office.version, unit)
    key = office.key(PRIVATE, unit)
    as_of = day_of(office.version)
    return keep_part(office, unit, PRIVATE, key, store.weighed(body), as_of), body


def _kept(office: Office, unit: AdminUnit, kind: str) -> store.Kept | None:
    match kind:
        case "layers":
            return store.keep(packed(layers_document(list(office.layers), unit, office.as_of)))
        case "handbook":
            return store.keep(packed(handbook_document(timezone.localdate())))
        case "tiles":
            box = _box(office)
            return pyramid.make_tiles(office.tiled, unit, _metadata(office, unit), box)
    return None


def _box(office: Office) -> tuple[float, float, float, float] | None:
    """For a unit whose shape nobody knows: everything that the register has."""
    extent = office.version.extent
    if extent is None:
        return None
    west, south, east, north = extent.extent
    return west, south, east, north


def _metadata(office: Office, unit: AdminUnit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "unit": unit.code,
        "as_of": office.as_of,
        "layer_version": office.version.number,
        "attribution": office.register.attribution("vi"),
        "note": "Chỉ để tham khảo. For reference only.",
    }


@contextmanager
def _alone(unit: AdminUnit) -> Iterator[bool]:
    """Whether nobody else makes this unit's; the lock goes with the session however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, unit.pk])
        (ours,) = cursor.fetchone()
        try:
            yield ours
        finally:
            if ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, unit.pk])


def lacking(units: Iterable[int]) -> list[int]:
    """Of these units those whose packs are not whole."""
    office = Office.now()
    if office is None:
        return []
    wanted = list(AdminUnit.objects.filter(pk__in=list(units)).defer("geom"))
    return [pack.unit.pk for pack in packs_of(office, wanted, private=False) if pack.missing]
