"""The history of a report in words."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_portal.reports.models import Event
from gis_portal.reports.moves import STATES

_WHAT: dict[str, str | Promise] = {
    Event.SENT: _("Nhận phản ánh"),
    Event.NOTED: _("Ghi chú nội bộ"),
    Event.ASSIGNED: _("Giao cho"),
    Event.FORWARDED: _("Chuyển đến"),
    Event.RELEASED: _("Đưa lên trang công khai"),
    Event.HIDDEN: _("Gỡ khỏi trang công khai"),
    Event.CONTACT_READ: _("Xem liên hệ của người phản ánh"),
    Event.CONTACT_GONE: _("Xóa liên hệ của người phản ánh"),
}


@dataclass(frozen=True)
class Told:
    """One line of the history."""

    what: str | Promise
    text: str
    by: str
    at: dt.datetime


def told(event: Event) -> Told:
    """An event as staff read it."""
    what = STATES[event.state] if event.kind == Event.MOVED else _WHAT[event.kind]
    return Told(what, event.text, event.by, event.at)
