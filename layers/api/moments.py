"""Moments and periods as callers write them: RFC 3339, `a/b`, `../b`, `a/..`.

A date alone is that whole day where the portal stands (TIME_ZONE): who asks for 1 July means the
day as the offices there count it. A moment of time says its own offset.
"""

import datetime as dt
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from layers.errors import BadDatetime
from layers.past import Period

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_OPEN = ("", "..")
FIRST, LAST = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)


def read_period(text: str, name: str = "datetime") -> Period | None:
    """A moment, a day or a period; None when nothing was asked. Raises BadDatetime."""
    if not text:
        return None
    ends = text.split("/")
    if len(ends) == 1:
        return _day_or_moment(text, name)
    if len(ends) != 2 or all(end in _OPEN for end in ends):
        raise BadDatetime(_("%(name)s=%(value)s không phải một khoảng a/b.") % _said(name, text))
    first, last = (None if end in _OPEN else _day_or_moment(end, name) for end in ends)
    period = Period(first.start if first else None, last.end if last else None)
    if period.start and period.end and period.start > period.end:
        raise BadDatetime(_("%s: đầu khoảng phải trước cuối khoảng.") % name)
    return period


def _day_or_moment(text: str, name: str) -> Period:
    try:
        if _DAY.fullmatch(text):
            return _whole_day(dt.date.fromisoformat(text))
        found = _MOMENT.fullmatch(text)
        if found:
            moment = _moment(*found.groups(default=""))
            return Period(moment, moment)
    except ValueError:
        pass
    raise BadDatetime(
        _("%(name)s=%(value)s không phải thời điểm theo RFC 3339.") % _said(name, text)
    )


def _moment(day: str, time: str, fraction: str, offset: str) -> dt.datetime:
    """Of a leap second the one before it: clocks of computers have no other."""
    time = time.replace(":60", ":59") if time.endswith(":60") else time
    # Django and PostgreSQL keep microseconds.
    offset = "+00:00" if offset in "Zz" else offset
    moment = dt.datetime.fromisoformat(f"{day}T{time}{fraction[:7]}{offset}")
    return _utc(moment)


def _whole_day(day: dt.date) -> Period:
    zone = timezone.get_default_timezone()
    end = dt.datetime.combine(day, dt.time.max, zone)
    return Period(_utc(dt.datetime.combine(day, dt.time(), zone)), _utc(end))


def _utc(moment: dt.datetime) -> dt.datetime:
    """The same in UTC; at either end of the calendar, where that has no day, the end itself."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        return FIRST if moment.year == dt.MINYEAR else LAST


def _said(name: str, text: str) -> dict[str, str]:
    return {"name": name, "value": text[:60]}
