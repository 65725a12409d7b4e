"""`/steward/reports/`: what came in, and one report with everything that may be done with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_portal.errors import PageNotFound
from gis_portal.officer.jurisdiction import assignees
from gis_portal.reports import handling, moves
from gis_portal.reports.citizen import report_of
from gis_portal.reports.contacts import Contact, may_read_contact, read_contact
from gis_portal.reports.errors import MoveRefused, UnknownReport
from gis_portal.reports.events_told import told
from gis_portal.reports.models import Report
from gis_portal.reports.places import subject_of
from gis_portal.steward import acts
from gis_portal.steward.access import only
from gis_portal.steward.inputs import check_text
from layers.errors import PortalError
from layers.models import AdminUnit

PER_PAGE = 25
OPEN = "open"
_OPEN_STATES = tuple(state for state in moves.STATES if state not in moves.CLOSED)


@never_cache
@require_safe
@only(handling.may_handle)
def inbox(request: HttpRequest) -> HttpResponse:
    """The reports of this person's units, open ones first asked for, newest first."""
    visible = handling.visible_reports(request.user)
    state, unit = request.GET.get("state", OPEN), request.GET.get("unit", "")
    shown = visible.filter(state__in=_OPEN_STATES) if state == OPEN else visible
    if state in moves.STATES:
        shown = shown.filter(state=state)
    if unit == "none":
        shown = shown.filter(unit=None)
    elif unit.isdecimal() and len(unit) < 10:
        shown = shown.filter(unit_id=int(unit))
    if "mine" in request.GET:
        shown = shown.filter(assignee=request.user.pk)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    with_reports = visible.exclude(unit=None).order_by().values("unit_id").distinct()
    units = AdminUnit.objects.filter(pk__in=with_reports).defer("geom").order_by("name")
    context = {
        "page": page,
        "states": moves.STATES,
        "state": state,
        "unit": unit,
        "units": units,
        "mine": "mine" in request.GET,
        "query": _query(request),
    }
    return render(request, "reports/inbox.html", context)


def _query(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"{asked.urlencode()}&" if asked else ""


@never_cache
@require_safe
@only(handling.may_handle)
def one(request: HttpRequest, digits: str) -> HttpResponse:
    """One report. Raises UnknownReport, also for who may not see it."""
    return _page(request, _visible(request, digits))


@never_cache
@require_POST
@only(handling.may_handle)
def act(request: HttpRequest, digits: str, what: str) -> HttpResponseBase:
    """A button of the page. A refusal is shown on it, by name, and nothing is changed then."""
    report = _visible(request, digits)
    done = _ACTS.get(what)
    if done is None:
        raise PageNotFound
    try:
        check_text(request.POST)
        words = done(request, report)
    except UnknownReport:
        raise
    except PortalError as error:
        return _page(request, _visible(request, digits), error=error, status=error.status)
    messages.success(request, words)
    still = handling.visible_reports(request.user).filter(pk=report.pk).exists()
    return redirect("report-handling", digits) if still else redirect("report-inbox")


@never_cache
@require_POST
@only(handling.may_handle)
def contact(request: HttpRequest, digits: str) -> HttpResponse:
    """The page with the contact on it; that it was read stands in the history."""
    report = _visible(request, digits)
    return _page(request, report, contact=read_contact(report, request.user))


def _visible(request: HttpRequest, digits: str) -> Report:
    return report_of(digits, handling.visible_reports(request.user))


def _page(
    request: HttpRequest,
    report: Report,
    *,
    error: PortalError | None = None,
    contact: Contact | None = None,
    status: int = 200,
) -> HttpResponse:
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    subject = subject_of(report.layer_slug, str(report.uid), request.user, language)
    context = {
        "report": report,
        "subject": subject,
        "photos": report.photos.defer("jpeg"),
        "history": [told(event) for event in report.events.all()],
        "moves": [(to, moves.BUTTONS[to]) for to in moves.MOVES[report.state]],
        "needs_answer": moves.NEEDS_ANSWER,
        "is_handled": report.state in moves.HANDLED,
        "assignees": assignees(report.unit_id),
        "communes": _communes(),
        "may_read_contact": may_read_contact(request.user),
        "contact": contact,
        "error": error,
        "typed": request.POST,
    }
    return render(request, "reports/handling.html", context, status=status)


def _communes() -> Any:
    now = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to=None)
    return now.only("id", "name", "code").order_by("name")


def _move(request: HttpRequest, report: Report) -> str:
    asked = request.POST
    to, public = asked.get("to", ""), asked.get("public") == "on"
    if to not in moves.STATES:
        raise MoveRefused
    handling.move(report, to, request.user, asked.get("answer", ""), public=public)
    return _("Đã chuyển sang: %(state)s.") % {"state": moves.STATES[to]}


def _note(request: HttpRequest, report: Report) -> str:
    return acts.note(request, partial(handling.note, report))


def _assign(request: HttpRequest, report: Report) -> str:
    return acts.assign(request, report.unit_id, partial(handling.assign, report))


def _forward(request: HttpRequest, report: Report) -> str:
    unit = _communes().filter(code=request.POST.get("unit", "")[:5]).first()
    if unit is None:
        raise MoveRefused(_("Không có xã, phường này."))
    handling.forward(report, request.user, unit)
    return _("Đã chuyển đến %(unit)s.") % {"unit": unit.name}


def _release(request: HttpRequest, report: Report) -> str:
    asked = request.POST
    photos, answer = asked.getlist("photo"), asked.get("answer") == "on"
    handling.release(report, request.user, asked.get("public_text", ""), photos, answer=answer)
    return _("Đã đưa lên trang công khai.")


def _hide(request: HttpRequest, report: Report) -> str:
    handling.hide(report, request.user)
    return _("Đã gỡ khỏi trang công khai.")


def _forget(request: HttpRequest, report: Report) -> str:
    handling.forget_contact(report, request.user)
    return _("Đã xóa liên hệ.")


_ACTS: dict[str, Callable[[HttpRequest, Report], str]] = {
    "move": _move,
    "note": _note,
    "assign": _assign,
    "forward": _forward,
    "release": _release,
    "hide": _hide,
    "forget": _forget,
}
