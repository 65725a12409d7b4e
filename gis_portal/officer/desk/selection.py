"""Which reports a page, map or file shows: read once from the address, said once as conditions."""

import datetime as dt
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from gis_portal.officer.desk.handling import Reports
from gis_portal.officer.desk.life_cycle import GROUPS, OPEN_STATES, STATES
from gis_portal.officer.field.models import REPORT_KINDS
from layers.values import LOCAL_TIME

OPEN, ALL = "open", "all"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Selection:
    """What was asked for; what cannot be read counts as not asked."""

    state: str = OPEN
    unit: str = ""
    kind: str = ""
    officer: str = ""
    parcel: str = ""
    since: str = ""
    until: str = ""
    mine: bool = False

    @property
    def query(self) -> str:
        """The same as the tail of an address: `state=open&unit=12`."""
        said = {name: value for name, value in vars(self).items() if value and name != "mine"}
        return urlencode({**said, **({"mine": "on"} if self.mine else {})})

    @property
    def is_narrow(self) -> bool:
        """Somebody asked for less than what the page shows at first."""
        return self != Selection()

    def of(self, reports: Reports, user_id: int | None) -> Reports:
        """The chosen of the reports that the reader may see."""
        if self.state in STATES:
            reports = reports.filter(state=self.state)
        elif self.state != ALL:
            reports = reports.filter(state__in=_states_of(self.state))
        if self.unit == "none":
            reports = reports.filter(unit=None)
        elif self.unit:
            reports = reports.filter(unit_id=int(self.unit))
        if self.kind:
            reports = reports.filter(kind=self.kind)
        if self.officer:
            reports = reports.filter(by__username=self.officer)
        if self.parcel:
            reports = reports.filter(uid=uuid.UUID(self.parcel))
        if self.mine:
            reports = reports.filter(case__assignee=user_id)
        return reports.filter(self._days())

    def _days(self) -> Q:
        """By the day on which it was seen, here; both days included."""
        found = Q()
        if self.since:
            found &= Q(seen_at__gte=_midnight(self.since))
        if self.until:
            found &= Q(seen_at__lt=_midnight(self.until) + _DAY)
        return found


def _states_of(group: str) -> tuple[str, ...]:
    if group == OPEN:
        return OPEN_STATES
    return tuple(value for value, state in STATES.items() if state.group == group)


def _midnight(day: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), LOCAL_TIME)


def read_selection(asked: QueryDict) -> Selection:
    """From an address that anybody may have written."""
    state, unit, kind = (asked.get(name, "") for name in ("state", "unit", "kind"))
    known = {*STATES, *GROUPS, OPEN, ALL}
    numbered = unit.isascii() and unit.isdecimal() and len(unit) < 10
    return Selection(
        state=state if state in known else OPEN,
        unit=unit if unit == "none" or numbered else "",
        kind=kind if kind in REPORT_KINDS else "",
        officer=_officer(asked.get("officer", "")),
        parcel=_uuid(asked.get("parcel", "")),
        since=_date(asked.get("since", "")),
        until=_date(asked.get("until", "")),
        mine="mine" in asked,
    )


def _officer(text: str) -> str:
    return "" if "\x00" in text else text[:150]


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text.strip()[:60]))
    except ValueError:
        return ""


def _date(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return ""
    # A day that midnight and the day after can be counted from.
    return day.isoformat() if 1900 <= day.year <= 2200 else ""
