"""Who holds which pack as of when: kept when a part was handed out whole, shown on the desk."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.packs.models import PARCELS, Handout, Part
from layers.models import AdminUnit


@dataclass(frozen=True)
class Held:
    """The pack of one unit on one device. `as_of` and `version` are those of its parcels; `bytes`
    of all parts together.
    """

    device: uuid.UUID
    user: User
    unit: AdminUnit
    as_of: dt.date | None
    version: int | None
    at: dt.datetime
    kinds: tuple[str, ...]
    bytes: int


def note_handout(officer: Officer, unit: AdminUnit, part: Part) -> None:
    """This device has the part now."""
    Handout.objects.update_or_create(
        device=officer.device.pk,
        unit=unit,
        kind=part.kind,
        defaults={
            "user": officer.user,
            "sha256": part.sha256,
            "size": part.size,
            "version_number": part.version.number if part.version else None,
            "as_of": part.as_of,
        },
    )


def holds(device: uuid.UUID, unit: AdminUnit, kind: str) -> bool:
    """The device took this part of the unit along."""
    return Handout.objects.filter(device=device, unit=unit, kind=kind).exists()


def packs_held(units: Iterable[int]) -> list[Held]:
    """The packs of these units that devices took along, the latest first. One query.

    Whose units may be asked for is the caller's matter (`jurisdiction.units_of`); whether a device
    is in use still, the devices' (`devices.models.Device`).
    """
    rows = Handout.objects.filter(unit__in=list(units)).select_related("user", "unit")
    found: dict[tuple[uuid.UUID, int], list[Handout]] = defaultdict(list)
    for row in rows.defer("unit__geom").order_by("-at"):
        found[row.device, row.unit_id].append(row)
    return [_held(parts) for parts in found.values()]


def _held(parts: list[Handout]) -> Held:
    first = next((part for part in parts if part.kind == PARCELS), parts[0])
    return Held(
        first.device,
        first.user,
        first.unit,
        first.as_of,
        first.version_number,
        max(part.at for part in parts),
        tuple(sorted(part.kind for part in parts)),
        sum(part.size for part in parts),
    )
