"""Somebody asks to follow, confirms, stops.

Whoever asks is told the same whatever the address follows already: who knows an address learns
nothing about it. What is asked for in vain is not written.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from gis_portal.follow.addresses import keep_address, reader_of
from gis_portal.follow.errors import LinkExpired, TooManyFollows
from gis_portal.follow.links import Stop
from gis_portal.follow.models import CIRCLE, LOT, UNIT, Change, Follow, Mail, Refusal
from gis_portal.follow.narrowing import Circle
from gis_portal.follow.tasks import send_mails
from layers.ondemand.asking import Asker

_LOCK = 71_633
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# Mails to confirm that one address may get within a day, whoever asks.
MOST_CONFIRMATIONS = 3
# Days that a mailbox is left in peace after its owner stopped what they never asked for.
PEACE_DAYS = 7
_MAILS_KEPT, _CHANGES_KEPT = dt.timedelta(days=30), dt.timedelta(days=400)


@dataclass(frozen=True)
class Wish:
    """What is to be followed: exactly one of them."""

    uid: UUID | None = None
    unit_code: str = ""
    circle: Circle | None = None

    @property
    def columns(self) -> dict[str, object]:
        """As a follow keeps it."""
        if self.circle is not None:
            circle = self.circle
            return {"kind": CIRCLE, "lon": circle.lon, "lat": circle.lat, "radius": circle.radius}
        if self.uid is not None:
            return {"kind": LOT, "uid": self.uid}
        return {"kind": UNIT, "unit_code": self.unit_code}


def ask(wish: Wish, address: str, language: str, asker: Asker) -> None:
    """A follow that waits to be confirmed, and the mail that asks. Raises TooManyFollows."""
    reader = reader_of(address)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        _check_bounds(asker)
        if not _has_room(reader, wish):
            return
        follow = Follow.objects.create(
            reader=reader,
            host=asker.host,
            language=language,
            told_until=Change.objects.aggregate(last=Max("id"))["last"] or 0,
            **wish.columns,
        )
        keep_address(follow, address)
        Mail.objects.create(reader=reader, confirms=follow)
        send_mails.enqueue()


def _check_bounds(asker: Asker) -> None:
    now = timezone.now()
    today = Follow.objects.filter(asked_at__gt=now - _DAY)
    if today.count() >= settings.PORTAL_FOLLOWS_ALL:
        raise TooManyFollows
    own = Follow.objects.filter(host=asker.host, asked_at__gt=now - _HOUR)
    if asker.host and own.count() >= settings.PORTAL_FOLLOWS_HOST:
        raise TooManyFollows


def _has_room(reader: str, wish: Wish) -> bool:
    """Not refused, not followed already, fewer than the setting says, not asked too often."""
    if is_refused(reader):
        return False
    own = Follow.objects.filter(reader=reader)
    if own.filter(confirmed_at__isnull=False, **wish.columns).exists():
        return False
    if own.count() >= settings.PORTAL_FOLLOWS_EACH:
        return False
    asked = Mail.objects.filter(
        reader=reader, confirms__isnull=False, made_at__gt=timezone.now() - _DAY
    )
    return asked.count() < MOST_CONFIRMATIONS


def waiting(follow_id: int) -> Follow:
    """The follow that a link confirms, confirmed or not. Raises LinkExpired when it is gone."""
    found = Follow.objects.filter(pk=follow_id).first()
    if found is None:
        raise LinkExpired
    return found


def confirm(follow_id: int) -> Follow:
    """From when it was asked for its changes are told, none before. Raises LinkExpired."""
    with transaction.atomic():
        found = Follow.objects.select_for_update().filter(pk=follow_id).first()
        if found is None:
            raise LinkExpired
        if found.confirmed_at is None:
            found.confirmed_at = timezone.now()
            found.save(update_fields=["confirmed_at"])
    return found


def stop(what: Stop) -> int:
    """Delete the follows with their addresses; how many. Again: none.

    With them go the mails that count against whoever asks in their name: what was never confirmed
    is remembered as a refusal.
    """
    own = Follow.objects.filter(reader=what.reader)
    if what.follow_id is not None:
        own = own.filter(pk=what.follow_id)
    with transaction.atomic():
        if own.filter(confirmed_at=None).exists():
            now = timezone.now()
            Refusal.objects.update_or_create(reader=what.reader, defaults={"at": now})
        return own.delete()[1].get("follow.Follow", 0)


def is_refused(reader: str) -> bool:
    """Whether its owner wishes not to be asked."""
    return Refusal.objects.filter(reader=reader, at__gt=_peace_begins()).exists()


def _peace_begins() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=PEACE_DAYS)


def forget() -> None:
    """What was never confirmed, digests of hosts after a day, mails and changes of long ago."""
    now = timezone.now()
    late = now - dt.timedelta(hours=settings.PORTAL_FOLLOW_CONFIRM_HOURS)
    Follow.objects.filter(confirmed_at=None, asked_at__lt=late).delete()
    Follow.objects.exclude(host="").filter(asked_at__lt=now - _DAY).update(host="")
    Refusal.objects.filter(at__lt=_peace_begins()).delete()
    Mail.objects.filter(made_at__lt=now - _MAILS_KEPT).delete()
    Change.objects.filter(noticed_at__lt=now - _CHANGES_KEPT).delete()
