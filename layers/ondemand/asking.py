"""Who asks for a file, how much of the server they have already, and the row of their wish.

The same wish gives the same row: made, or waiting to be made.
"""

import datetime as dt
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from layers.errors import PortalError
from layers.ondemand.model import FileOnDemand
from layers.ondemand.queue import Queue

# Of the places to wait in, wishes of people who have not signed in may take this share.
ANONYMOUS = 0.5
# While they wait, wishes that are everybody's count against whoever asked: so many times `each`.
EVERYBODYS = 2
# What failed counts so long against whoever asked, each time that it was begun.
FAILURES = dt.timedelta(hours=1)
# One wish is begun so often within that time, whoever asks.
MOST_BEGUN = 5
NETWORK_6 = 64
Row = TypeVar("Row", bound=FileOnDemand)
OPEN = (FileOnDemand.WAITING, FileOnDemand.BUILDING)


@dataclass(frozen=True)
class Asker:
    """Who asks: a person who has signed in, or the host of one who has not."""

    user: Any = None
    host: str = ""


def asker_of(request: HttpRequest, purpose: str) -> Asker:
    """From a request; the address is kept as a keyed digest only, another one for each purpose."""
    if request.user.is_authenticated:
        return Asker(user=request.user)
    key = settings.SECRET_KEY.encode()
    told = f"{purpose} {household_of(request)}"
    return Asker(host=hmac.new(key, told.encode(), "sha256").hexdigest()[:32])


def household_of(request: HttpRequest) -> str:
    """Where a request comes from, as limits count it: an address, or a network of IPv6."""
    return _household(_address(request))


def _address(request: HttpRequest) -> str:
    """The caller's address: as so many proxies of ours report it, nobody else is believed."""
    near = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.PORTAL_PROXIES
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return told[-proxies] if 0 < proxies <= len(told) and told[-proxies] else near


def _household(address: str) -> str:
    """Who counts as one: an IPv4 address; of IPv6 the network, each has 2^64 addresses in it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.IPv6Network((int(found), NETWORK_6), strict=False))
    return str(found)


def ask(
    queue: Queue[Row],
    wish: dict[str, Any],
    more: dict[str, Any],
    asker: Asker,
    *,
    check_room: Callable[[], None],
    too_many: type[PortalError],
) -> Row:
    """The row of a wish; nobody else is counted meanwhile.

    `wish` are the columns that make wishes the same, `more` those that do not. Raises what
    `check_room` raises, and `too_many`.
    """
    rows = queue.rows
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [queue.asking_lock])
        found = rows.select_related(*queue.related).filter(**wish).first()
        if found is not None and (found.is_open or found.is_there):
            return found
        if found is not None and found.is_lost:
            queue.throw_away(found)
        check_room()
        begun = _begun_already(found, too_many)
        row = rows.create(asked_by=asker.user, host=asker.host, attempts=begun, **{**more, **wish})
        queue.call()
    return row


def _begun_already(found: FileOnDemand | None, too_many: type[PortalError]) -> int:
    """How often the same wish was begun and failed just now; that row goes. Raises `too_many`."""
    if found is None or found.state != FileOnDemand.FAILED:
        return 0
    found.delete()
    if not found.started_at or found.started_at < timezone.now() - FAILURES:
        return 0
    if found.attempts >= MOST_BEGUN:
        raise too_many
    return found.attempts


def check_places(
    rows: QuerySet[Any],
    own: QuerySet[Any] | None,
    asker: Asker,
    *,
    waiting: int,
    each: int,
    too_many: type[PortalError],
) -> None:
    """Raises `too_many` when all places to wait in are taken, or the asker's own.

    `own`: the rows that count against those who asked as long as they are kept; None for a wish
    that is everybody's, which counts only while it waits.
    """
    waits = rows.filter(state__in=OPEN)
    if waits.count() >= waiting:
        raise too_many
    theirs = Q(asked_by=asker.user) if asker.user else Q(asked_by=None, host=asker.host)
    if waits.filter(theirs).count() >= EVERYBODYS * each:
        raise too_many
    if own is None:
        return
    strangers = own.filter(state__in=OPEN, asked_by=None)
    if asker.user is None and strangers.count() >= max(1, int(waiting * ANONYMOUS)):
        raise too_many
    if _weight(own.filter(theirs)) >= each:
        raise too_many


def _weight(own: QuerySet[Any]) -> int:
    """How much of the server somebody has: what waits or is kept, and what failed just now."""
    failed = Q(state=FileOnDemand.FAILED)
    just_now = failed & Q(started_at__gt=timezone.now() - FAILURES)
    begun = own.filter(just_now).aggregate(times=Sum("attempts", default=0))
    return own.exclude(failed).count() + int(begun["times"])
