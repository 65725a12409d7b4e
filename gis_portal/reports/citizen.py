"""`/reports/new/` and `/reports/{number}/`: the form, and what became of what was sent."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from gis_portal.maps.client import client_config
from gis_portal.reports.errors import PhotoRefused, TooManyReports, UnknownReport
from gis_portal.reports.events_told import told
from gis_portal.reports.filing import Sent, file_report
from gis_portal.reports.forms import ReportForm
from gis_portal.reports.models import Event, Report
from gis_portal.reports.places import Subject, subject_of
from gis_portal.reports.reference import in_groups, read_reference
from gis_portal.reports.uploading import FIELD, stream_to_disk
from layers.catalogue import visible_layers
from layers.models import Layer
from layers.ondemand.asking import asker_of
from layers.province import in_province

_TOKEN = re.compile(r"[0-9a-f]{32}")
_PURPOSE = "report"


def address_of(report: Report) -> str:
    """`/reports/4831-0275-9163-8042/`."""
    return reverse("report-status", args=[in_groups(report.reference, "-")])


# CSRF protection reads the body, which must not happen before photos are told to go to disk: it is
# done by `_answer`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The form, and what was sent with it."""
    stream_to_disk(request)
    return _answer(request)


@csrf_protect
def _answer(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        subject = _subject(request, request.GET)
        return _page(request, ReportForm(initial=_initial(request)), subject)
    subject = _subject(request, request.POST)
    form = ReportForm(request.POST, request.FILES, subject=subject)
    if not form.is_valid():
        return _page(request, form, subject, status=422)
    try:
        report = _file(request, form, subject)
    except PhotoRefused as error:
        form.add_error(FIELD, str(error.detail))
        return _page(request, form, subject, status=error.status)
    except TooManyReports as error:
        form.add_error(None, f"{error.title}. {error.hint}")
        return _page(request, form, subject, status=error.status)
    chosen = "&lang=en" if request.GET.get("lang") == "en" else ""
    return redirect(f"{address_of(report)}?sent{chosen}")


def _file(request: HttpRequest, form: ReportForm, subject: Subject | None) -> Report:
    """Raises PhotoRefused, TooManyReports; nothing is written then."""
    given = form.cleaned_data
    sent = Sent(
        category=given["category"],
        text=given["text"],
        place=given["place"],
        point=given["position"] or (subject.point if subject else None),
        layer_slug=subject.layer.slug if subject else "",
        uid=subject.uid if subject else None,
        contact=form.contact,
        language=_language(request),
        token=_token(request),
        photos=tuple(given[FIELD]),
    )
    return file_report(sent, asker_of(request, _PURPOSE))


def _initial(request: HttpRequest) -> dict[str, str]:
    """The place that a link named, as a person would type it."""
    asked = request.GET
    try:
        lon, lat = float(asked.get("lon", "")), float(asked.get("lat", ""))
    except ValueError:
        return {}
    here = in_province(lon, lat)
    return {"position": f"{lat:.6f}, {lon:.6f}"} if here else {}


def _subject(request: HttpRequest, asked: Any) -> Subject | None:
    slug, uid = str(asked.get("layer", "")), str(asked.get("uid", ""))
    return subject_of(slug, uid, request.user, _language(request))


def _token(request: HttpRequest) -> str:
    token = request.POST.get("token", "")
    return token if _TOKEN.fullmatch(token) else ""


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


def _page(
    request: HttpRequest, form: ReportForm, subject: Subject | None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "subject": subject,
        "token": _token(request) or uuid.uuid4().hex,
        "contact_days": settings.PORTAL_REPORT_CONTACT_DAYS,
        "had_photos": bool(request.FILES),
        "config": client_config(_ground(request, subject), _language(request)),
    }
    return render(request, "reports/new.html", context, status=status)


def _ground(request: HttpRequest, subject: Subject | None) -> list[Layer]:
    """The layers of the map: what people find their way by, and what the report is about."""
    about = subject.layer.pk if subject else None
    return [
        layer
        for layer in visible_layers(request.user)
        if layer.pk == about
        or layer.parsed.feeds == "units"
        or layer.parsed.home
        or layer.parsed.geometry == "line"
    ]


@never_cache
@require_safe
def status(request: HttpRequest, number: str) -> HttpResponseBase:
    """Where a report stands, for whoever knows its number. Shows no contact, text or photo."""
    report = report_of(number)
    if number != in_groups(report.reference, "-"):
        return redirect(address_of(report))
    steps = report.events.filter(kind__in=(Event.SENT, Event.MOVED))
    context = {
        "report": report,
        "steps": [told(step) for step in steps],
        "just_sent": "sent" in request.GET,
    }
    response = render(request, "reports/status.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def report_of(number: str, among: QuerySet[Report] | None = None) -> Report:
    """By what somebody typed or said; of these reports, where only some may be read.

    Raises UnknownReport.
    """
    digits = read_reference(number)
    reports = Report.objects.all() if among is None else among
    found = reports.filter(reference=digits).select_related("unit").defer("unit__geom")
    report = found.first() if digits else None
    if report is None:
        raise UnknownReport
    return report
