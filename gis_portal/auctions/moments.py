"""Deadlines in words, by the clock here, whichever clock the reader's machine has."""

import datetime as dt

from django.utils.dateformat import format as date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.auctions.stages import end_of, is_whole_day
from layers.values import LOCAL_TIME


def day_words(day: dt.date) -> str:
    """`Thứ Hai 05/07/2027`; in English `Monday 5 July 2027`."""
    form = "l j F Y" if get_language() == "en" else "l d/m/Y"
    return date_format(day, form)


def opening_words(moment: dt.datetime) -> str:
    """`07:30 Thứ Hai 05/07/2027`; without the hour where none was written."""
    local = moment.astimezone(LOCAL_TIME)
    day = day_words(local.date())
    return day if is_whole_day(moment) else f"{local:%H:%M} {day}"


def deadline_words(moment: dt.datetime) -> str:
    """As above; a day without an hour lasts until its end."""
    if is_whole_day(moment):
        return _("hết %(day)s") % {"day": day_words(moment.astimezone(LOCAL_TIME).date())}
    return opening_words(moment)


def left(until: dt.datetime, now: dt.datetime) -> str:
    """`còn 12 ngày`, `còn 5 giờ`, `còn 20 phút`: whole ones that are left; "" when it is past.

    The browser counts on by the same steps (`frontend/src/auctions/countdown.ts`).
    """
    minutes = int((until - now).total_seconds() // 60)
    if until <= now:
        return ""
    if minutes >= 48 * 60:
        return _("còn {n} ngày").format(n=minutes // (24 * 60))
    if minutes >= 120:
        return _("còn {n} giờ").format(n=minutes // 60)
    return _("còn {n} phút").format(n=max(1, minutes))


def deadline_left(moment: dt.datetime, now: dt.datetime) -> str:
    """`left`, of a deadline."""
    return left(end_of(moment), now)
