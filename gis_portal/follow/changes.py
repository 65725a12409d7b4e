"""What changed of which lot and when: compared with how it stood when it was last looked at.

The worker notices (`notice`); a feed adds what it has not noticed yet, by the same comparison, so
that nothing waits for the worker. Lots that leave the published data are not told of: they may
have been withdrawn.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from gis_portal.auctions.lots import Lot, lots, version_of
from gis_portal.auctions.stages import BY_CLOCK, boundaries
from gis_portal.auctions.stages import DATES as DATE_FIELDS
from gis_portal.follow.models import DATES, NEW, STAGE, Change, Seen

_LOCK = 71_632
_FEW = 500


def notice(now: dt.datetime | None = None) -> int:
    """Write down what changed of public lots; how many changes. Raises as `lots`."""
    moment = now or timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        every = lots(now=moment, user=None)
        found = unnoticed(every, _published_at())
        changed = {change.uid: change.serial for change in found}
        Change.objects.bulk_create(found, batch_size=2000)
        Seen.objects.bulk_create(
            [_seen(lot, changed[lot.uid]) for lot in every if lot.uid in changed],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["uid"],
            update_fields=["serial", "stage", "round", *DATE_FIELDS],
        )
    return len(found)


def newest(found: list[Lot], most: int, *, is_narrowed: bool) -> list[Change]:
    """The newest changes of these lots, noticed or not, the latest first."""
    uids = {lot.uid for lot in found}
    noted = Change.objects.order_by("-at", "-id")
    if is_narrowed:
        noted = noted.filter(uid__in=uids)
    # Some may be of lots that are not public any more.
    kept = [change for change in noted[: 2 * most] if change.uid in uids]
    fresh = unnoticed(found, _published_at())
    return sorted([*fresh, *kept], key=lambda c: (c.at, c.serial), reverse=True)[:most]


def unnoticed(found: list[Lot], published_at: dt.datetime) -> list[Change]:
    """Changes of these lots that are not written down, in order, not saved."""
    # Of many it is quicker to read all than to name them.
    named = [lot.uid for lot in found] if len(found) <= _FEW else None
    seen = Seen.objects.in_bulk(named)
    told = [change for lot in found for change in _of_lot(lot, seen.get(lot.uid), published_at)]
    return sorted(told, key=lambda change: change.at)


def _of_lot(lot: Lot, seen: Seen | None, published_at: dt.datetime) -> list[Change]:
    if seen is None:
        return [_change(lot, 1, NEW, lot.stage.value, published_at)]
    said = lot.said
    same_dates = all(getattr(seen, name) == getattr(said, name) for name in DATE_FIELDS)
    if seen.stage == lot.stage.value and seen.round == said.round:
        if same_dates:
            return []
        return [_change(lot, seen.serial + 1, DATES, seen.stage, _known_at(lot, published_at))]
    steps = _steps(lot, seen, same_dates, published_at)
    return [
        _change(lot, seen.serial + place, STAGE, stage, at)
        for place, (stage, at) in enumerate(steps, 1)
    ]


def _steps(
    lot: Lot, seen: Seen, same_dates: bool, published_at: dt.datetime
) -> list[tuple[str, dt.datetime]]:
    """The stages since, each with its moment: by the clock all that it passed, else the last."""
    here = lot.stage.value
    by_clock = lot.said.status in BY_CLOCK and seen.stage in BY_CLOCK
    if not by_clock or seen.round != lot.said.round:
        return [(here, _known_at(lot, published_at))]
    low, high = BY_CLOCK.index(seen.stage), BY_CLOCK.index(here)
    passed = [
        (edge.stage, edge.at)
        for edge in boundaries(lot.said)
        if low < BY_CLOCK.index(edge.stage) <= high and edge.at <= lot.now
    ]
    if not passed or passed[-1][0] != here:
        return [(here, _known_at(lot, published_at))]
    if same_dates:
        return passed
    # Other dates than those that were known: nobody could know before they were.
    known = _known_at(lot, published_at)
    return [(stage, max(at, known)) for stage, at in passed]


def _known_at(lot: Lot, published_at: dt.datetime) -> dt.datetime:
    """When the latest word about the lot came: of a steward, or of the published file."""
    if lot.held and lot.held[-1].stage == lot.stage.value:
        return lot.held[-1].at
    return max([published_at, *(entry.at for entry in lot.entries)])


def _change(lot: Lot, serial: int, kind: str, stage: str, at: dt.datetime) -> Change:
    return Change(uid=lot.uid, serial=serial, kind=kind, stage=stage, at=at, **_dates(lot))


def _seen(lot: Lot, serial: int) -> Seen:
    return Seen(uid=lot.uid, serial=serial, stage=lot.stage.value, **_dates(lot))


def _dates(lot: Lot) -> dict[str, Any]:
    said = lot.said
    return {"round": said.round, **{name: getattr(said, name) for name in DATE_FIELDS}}


def _published_at() -> dt.datetime:
    """When the live version became everybody's."""
    _layer, version = version_of(None)
    return version.first_public_at or version.published_at or version.created_at


def by_uid(found: Iterable[Lot]) -> dict[UUID, Lot]:
    """Lots by their identity."""
    return {lot.uid: lot for lot in found}
