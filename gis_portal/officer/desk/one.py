"""`/officer/desk/reports/{id}/`: one report with everything that may be done with it."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_portal.errors import PageNotFound
from gis_portal.maps.client import client_config
from gis_portal.maps.grids import GridPosition, positions
from gis_portal.officer.desk import handling
from gis_portal.officer.desk.errors import StepRefused
from gis_portal.officer.desk.handling import StatedReport
from gis_portal.officer.desk.life_cycle import DECISION, STATES, TEXT, Behind, State, allowed_next
from gis_portal.officer.desk.listing import ground, language_of
from gis_portal.officer.desk.measuring import drawn, grid_or_province
from gis_portal.officer.desk.models import Step
from gis_portal.officer.desk.talk import talk_of
from gis_portal.officer.desk.told import checklist_of, line_of, parcel_names, told
from gis_portal.officer.field.inbox import read_people
from gis_portal.officer.field.models import FieldReport
from gis_portal.officer.jurisdiction import assignees
from gis_portal.steward import acts
from gis_portal.steward.access import only
from gis_portal.steward.inputs import check_text
from layers.errors import PortalError
from layers.permissions import RESTRICTED_READER, roles_of


@never_cache
@require_safe
@only(handling.may_desk)
def report(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Raises UnknownFieldReport, also for who may not read it."""
    return _page(request, handling.report_of(request.user, number))


@never_cache
@require_POST
@only(handling.may_desk)
def act(request: HttpRequest, number: uuid.UUID, what: str) -> HttpResponseBase:
    """A button of the page. A refusal is shown on it, by name, and nothing is changed then."""
    found = handling.report_of(request.user, number)
    done = _ACTS.get(what)
    if done is None:
        raise PageNotFound
    try:
        check_text(request.POST)
        words = done(request, found)
    except PortalError as error:
        again = handling.report_of(request.user, number)
        return _page(request, again, error=error, status=error.status)
    messages.success(request, words)
    return redirect("officer-desk-report", number)


@never_cache
@require_POST
@only(handling.may_desk)
def people(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The page with the names of people met on it; that they were read is written down."""
    found = handling.report_of(request.user, number)
    return _page(request, found, people=read_people(found, request.user))


def _page(
    request: HttpRequest,
    found: StatedReport,
    *,
    error: PortalError | None = None,
    people: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    language = language_of(request)
    names = parcel_names([(found.layer_slug, found.uid)], request.user, language)
    line = line_of(found, names, language)
    context = {
        "line": line,
        "report": found,
        "place": _place(found),
        "drawn": drawn(found.sketch) if found.sketch else None,
        "checklist": checklist_of(found, language),
        "photos": found.operation.photos.order_by("index"),
        "talk": talk_of(found, language),
        "history": [told(s, language) for s in Step.objects.filter(case=found.pk)],
        "moves": [_move_form(state, language) for state in allowed_next(line.state.value)],
        "asks_decision": any(DECISION in s.needs for s in allowed_next(line.state.value)),
        "way": _way(found, line.state, language),
        "assignees": assignees(found.unit_id),
        "people": people,
        "may_read_people": RESTRICTED_READER in roles_of(request.user),
        "signed": handling.signed_of(found),
        "today": timezone.localdate().isoformat(),
        "error": error,
        "typed": request.POST,
        "config": client_config(ground(request.user), language),
    }
    return render(request, "desk/report.html", context, status=status)


def _place(found: FieldReport) -> GridPosition | None:
    """Where the officer stood, in the province's grid."""
    if found.point is None:
        return None
    return positions(found.point.x, found.point.y, [grid_or_province()])[0]


def _move_form(state: State, language: str) -> dict[str, Any]:
    return {
        "to": state.value,
        "button": state.button(language),
        "decision": DECISION in state.needs,
        "text": TEXT in state.needs,
    }


def _way(found: FieldReport, now: State, language: str) -> list[dict[str, Any]]:
    """The states that the report went through, and the one that it is in."""
    moved = Step.objects.filter(case=found.pk, kind=Step.MOVED).values_list("state", "at")
    rows = [{"label": STATES["new"].label(language), "at": found.received_at}]
    rows += [{"label": STATES[state].label(language), "at": at} for state, at in moved]
    return [{**row, "now": place + 1 == len(rows)} for place, row in enumerate(rows)]


def date_of(text: str) -> dt.date | None:
    """A day as the browser's box sends it, or as people write it: 2026-11-22, 22/11/2026."""
    written = re.fullmatch(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*", text)
    try:
        if written:
            day, month, year = map(int, written.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _move(request: HttpRequest, found: FieldReport) -> str:
    asked = request.POST
    to = asked.get("to", "")
    if to not in STATES:
        raise StepRefused
    behind = Behind(
        decision_no=asked.get("decision_no", "")[:60],
        decision_date=date_of(asked.get("decision_date", "")),
        text=asked.get("text", ""),
    )
    handling.move(found, to, request.user, behind)
    return _("Đã chuyển sang: %(state)s.") % {"state": STATES[to].label(language_of(request))}


def _answer(request: HttpRequest, found: FieldReport) -> str:
    handling.answer(found, request.user, request.POST.get("answer", ""))
    return _("Đã gửi trả lời đến máy của cán bộ.")


def _note(request: HttpRequest, found: FieldReport) -> str:
    return acts.note(request, partial(handling.note, found))


def _assign(request: HttpRequest, found: FieldReport) -> str:
    return acts.assign(request, found.unit_id, partial(handling.assign, found))


def _sign(request: HttpRequest, found: FieldReport) -> str:
    asked = request.POST
    number, on = asked.get("minutes_no", "")[:60], date_of(asked.get("minutes_date", ""))
    handling.sign(found, request.user, number, on)
    return _("Đã ghi nhận biên bản đã ký.")


_ACTS: dict[str, Callable[[HttpRequest, FieldReport], str]] = {
    "move": _move,
    "answer": _answer,
    "note": _note,
    "assign": _assign,
    "sign": _sign,
}
