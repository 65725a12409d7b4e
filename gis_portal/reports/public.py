"""`/reports/`: handled reports that were released, in moderated words and a coarse place."""

import uuid
from typing import Any

from django.contrib.gis.geos import Point
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gis_portal.maps.client import client_config
from gis_portal.maps.points import feature_collection
from gis_portal.reports import handling
from gis_portal.reports.categories import CATEGORIES
from gis_portal.reports.citizen import address_of, report_of
from gis_portal.reports.errors import UnknownReport
from gis_portal.reports.models import Photo, Report
from gis_portal.reports.moves import HANDLED
from gis_portal.reports.places import coarse
from layers.catalogue import visible_layers

PER_PAGE = 20
# Points on the public map, newest first.
MOST_ON_MAP = 2000
# Columns that the public page reads; the rest of a report is not even fetched.
_PUBLIC = ("category", "state", "public_text", "answer", "answer_is_public", "sent_at", "point")
_OPEN_PHOTOS = Prefetch("photos", Photo.objects.filter(is_released=True).defer("jpeg"))


def released(category: str = "") -> QuerySet[Report]:
    """What everybody may see, newest first."""
    found = Report.objects.filter(is_public=True, state__in=HANDLED)
    if category in CATEGORIES:
        found = found.filter(category=category)
    return found.select_related("unit").only(*_PUBLIC, "is_public", "unit__name")


@require_safe
def handled(request: HttpRequest) -> HttpResponseBase:
    """The list and its map, and the box for the number of a report of one's own."""
    number, wrong = request.GET.get("number", "").strip()[:60], None
    if number:
        try:
            return redirect(address_of(report_of(number)))
        except UnknownReport as error:
            wrong = error
    category = request.GET.get("category", "")
    shown = released(category).prefetch_related(_OPEN_PHOTOS)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    ground = [layer for layer in visible_layers() if layer.parsed.feeds == "units"]
    context = {
        "page": page,
        "category": category if category in CATEGORIES else "",
        "categories": _categories(),
        "number": number,
        "wrong": wrong,
        "config": client_config(ground, language),
    }
    return render(request, "reports/handled.html", context, status=wrong.status if wrong else 200)


def _categories() -> dict[str, Any]:
    """Those that something was released of."""
    with_reports = released().order_by().values_list("category", flat=True).distinct()
    return {code: CATEGORIES[code] for code in CATEGORIES if code in set(with_reports)}


@require_safe
def handled_points(request: HttpRequest) -> HttpResponse:
    """The released reports that have a place, as GeoJSON; each in the middle of its coarse cell."""
    found = released(request.GET.get("category", "")).exclude(point=None)[:MOST_ON_MAP]
    features = [_feature(report, report.point) for report in found if report.point]
    return feature_collection(features, "public, max-age=60")


def _feature(report: Report, point: Point) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": coarse(point.x, point.y)},
        "properties": {
            "category": str(CATEGORIES[report.category]),
            "state": report.state,
            "text": report.public_text,
        },
    }


@require_safe
def photo(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """A released photo for everybody, any other for who handles its report."""
    is_open = Q(is_released=True, report__is_public=True, report__state__in=HANDLED)
    handled = Q(report__in=handling.visible_reports(request.user).values("pk"))
    # One question for all: whoever may not see it waits as long as for one that does not exist.
    found = Photo.objects.annotate(is_open=is_open).filter(is_open | handled, pk=number).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.jpeg), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "public, max-age=60" if found.is_open else "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
