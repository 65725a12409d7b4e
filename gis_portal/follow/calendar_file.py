"""`/auctions/calendar.ics`: the end of registration and the session of each lot (RFC 5545).

An event keeps its UID for good, so a date that moves moves it; SEQUENCE counts the publications
and the entries that may have. A lot that stops before an event cancels it.
"""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vDuration

from gis_portal.auctions.lots import Lot, local_day, version_of
from gis_portal.auctions.stages import is_whole_day
from gis_portal.follow.narrowing import choose
from gis_portal.follow.rss import answered, portal_name
from gis_portal.follow.words import named, price_words, unit_names
from layers.past import publications
from layers.values import LOCAL_TIME

MOST_LOTS = 1000
# What is over stays so long.
KEPT = dt.timedelta(days=92)


@dataclass(frozen=True)
class Written:
    """Of the published data: how often they were published, and when last."""

    times: int
    at: dt.datetime


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Narrowed as the feed. Raises as `choose`."""
    now = timezone.now()
    chosen = choose(request.GET, now)
    name = _("%(portal)s: đấu giá đất") % {"portal": portal_name(request)}
    book = Calendar()
    book.add("prodid", "-//gis-portal//auction lots//VI")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", f"{name} ({chosen.words})" if chosen.words else name)
    book.add("x-wr-timezone", str(LOCAL_TIME))
    book.add("refresh-interval", vDuration(dt.timedelta(hours=1)), {"value": "DURATION"})
    book.add("x-published-ttl", vDuration(dt.timedelta(hours=1)))
    shown = [lot for lot in chosen.lots if any(_is_shown(at, now) for _k, at in _dates(lot))]
    names, written = unit_names(shown), _written()
    for lot in shown[:MOST_LOTS]:
        page = request.build_absolute_uri(reverse("lot", args=[lot.uid]))
        for kind, at in _dates(lot):
            book.add_component(_event(lot, kind, at, named(lot, names), page, written))
    book.add_missing_timezones()
    return answered(request, book.to_ical(), "text/calendar")


def _is_shown(at: dt.datetime, now: dt.datetime) -> bool:
    return at > now - KEPT


def _dates(lot: Lot) -> list[tuple[str, dt.datetime]]:
    told = [("dossiers", lot.said.reg_end), ("session", lot.said.auction_time)]
    return [(kind, at) for kind, at in told if at is not None]


def _written() -> Written:
    layer, version = version_of(None)
    made = publications([layer])
    times = [each.at for each in made]
    return Written(len(times), max([*times, version.published_at or version.created_at]))


def _event(lot: Lot, kind: str, at: dt.datetime, name: str, page: str, written: Written) -> Event:
    changed = max([written.at, *(entry.at for entry in lot.entries)])
    title = _("Hết hạn nộp hồ sơ: %(lot)s") if kind == "dossiers" else _("Đấu giá: %(lot)s")
    event = Event()
    event.add("uid", f"{lot.uid}-{kind}@lots.gis-portal.invalid")
    event.add("sequence", written.times + len(lot.entries))
    event.add("dtstamp", changed.astimezone(dt.UTC))
    event.add("last-modified", changed.astimezone(dt.UTC))
    # Written without an hour: the whole day.
    event.add("dtstart", local_day(at) if is_whole_day(at) else at.astimezone(LOCAL_TIME))
    event.add("summary", title % {"lot": name})
    event.add("description", f"{price_words(lot)}.\n{page}")
    event.add("url", page)
    event.add("geo", (round(lot.row.lat, 6), round(lot.row.lon, 6)))
    if lot.row.place:
        event.add("location", lot.row.place)
    event.add("status", "CANCELLED" if _is_cancelled(lot, at) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _is_cancelled(lot: Lot, at: dt.datetime) -> bool:
    """Stopped before it came. Of a stop that only the file knows, its day is that of the data."""
    if lot.stage.group != "stopped":
        return False
    last = lot.held[-1] if lot.held else None
    if last is not None and last.stage == lot.stage.value:
        return at > last.at
    on = lot.row.file.on
    return on is None or local_day(at) > on
