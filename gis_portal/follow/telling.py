"""Which change is told to whom: one digest an address, each change once.

A telling is written when a change fits a follow; a digest takes all tellings of an address that
wait. Both in a transaction each, before anything is sent.
"""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gis_portal.auctions.lots import Lot, lots
from gis_portal.auctions.places import place_coded
from gis_portal.follow.changes import by_uid
from gis_portal.follow.models import CIRCLE, LOT, Change, Follow, Mail, Telling
from gis_portal.follow.narrowing import Circle

_LOCK = 71_634
# Changes that are looked at in one go.
_BATCH = 5000


def tell() -> int:
    """Tellings for every confirmed follow, then digests; how many digests."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        _write_tellings()
        return _make_digests()


def _write_tellings() -> None:
    follows = list(Follow.objects.filter(confirmed_at__isnull=False))
    if not follows:
        return
    since = min(follow.told_until for follow in follows)
    changes = list(Change.objects.filter(pk__gt=since).order_by("pk")[:_BATCH])
    if not changes:
        return
    public = by_uid(lots(user=None))
    last = changes[-1].pk
    for follow in follows:
        uids = set(covered(follow, public))
        fitting = [
            change
            for change in changes
            if change.pk > follow.told_until and change.at >= follow.asked_at and change.uid in uids
        ]
        Telling.objects.bulk_create(
            [Telling(follow=follow, change=change) for change in fitting], ignore_conflicts=True
        )
    Follow.objects.filter(
        pk__in=[follow.pk for follow in follows if follow.told_until < last]
    ).update(told_until=last)


def covered(follow: Follow, public: dict[UUID, Lot]) -> list[UUID]:
    """The public lots that somebody follows."""
    if follow.kind == LOT:
        return [follow.uid] if follow.uid and follow.uid in public else []
    if follow.kind == CIRCLE:
        circle = Circle(follow.lon or 0, follow.lat or 0, follow.radius or 0)
        return [uid for uid, lot in public.items() if circle.covers(lot)]
    ids = place_coded(follow.unit_code).unit_ids
    return [uid for uid, lot in public.items() if lot.row.unit_id in ids]


def _make_digests() -> int:
    """One for each address with something to tell, unless it got one just now."""
    pause = timezone.now() - dt.timedelta(minutes=settings.PORTAL_FOLLOW_PAUSE_MINUTES)
    # A digest that waits for its server is enough: what comes meanwhile comes with the next.
    resting = set(
        Mail.objects.filter(confirms=None, sent_at__gt=pause).values_list("reader", flat=True)
    ) | set(
        Mail.objects.filter(confirms=None, sent_at=None, given_up_at=None).values_list(
            "reader", flat=True
        )
    )
    waiting: dict[str, list[int]] = defaultdict(list)
    for pk, reader in Telling.objects.filter(mail=None).values_list("pk", "follow__reader"):
        if reader not in resting:
            waiting[reader].append(pk)
    for reader, tellings in waiting.items():
        mail = Mail.objects.create(reader=reader)
        Telling.objects.filter(pk__in=tellings).update(mail=mail)
    return len(waiting)
