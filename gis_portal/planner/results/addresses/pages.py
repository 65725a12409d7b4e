"""`/planner/runs/{id}/qgis/`: the address that QGIS takes, and one's own addresses with secrets."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.planner.models import Analysis
from gis_portal.planner.permissions import is_planner
from gis_portal.planner.results.addresses import keeping
from gis_portal.planner.results.asked import FOR_NOBODY, TOKEN, pieces_of, told_of
from gis_portal.planner.results.ogc import landing_of
from gis_portal.steward.access import only
from layers.errors import PortalError


@require_http_methods(["GET", "HEAD", "POST"])
def qgis_page(request: HttpRequest, run: UUID) -> HttpResponse:
    """How QGIS reads the result; a POST makes an address, which is shown this once."""
    found = pieces_of(request, run)
    planner = is_planner(request.user)
    made, error = "", None
    if request.method == "POST":
        try:
            _address, secret = keeping.make(found, request.user, request.POST.get("name", ""))
            made = request.build_absolute_uri(reverse("planner-qgis", args=[secret]))
        except PortalError as refused:
            error = refused
    token = request.GET.get(TOKEN)
    open_to_reader = token or found.analysis.shared == Analysis.PUBLIC
    context: dict[str, Any] = {
        "layout": "planner/base.html" if planner else "base.html",
        "is_planner": planner,
        "run": found,
        "title": told_of(found).title,
        "address": landing_of(request, found) if open_to_reader else "",
        "addresses": keeping.made_by(request.user, found) if planner else [],
        "made": made,
        "error": error,
        "query": f"?{request.GET.urlencode()}" if token else "",
    }
    status = error.status if error else 200
    response = render(request, "planner/run_qgis.html", context, status=status)
    response.headers["Cache-Control"] = FOR_NOBODY
    response.headers["X-Robots-Tag"] = "noindex"
    # A secret is on it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
@only(is_planner)
def revoke(request: HttpRequest, run: UUID, number: int) -> HttpResponseBase:
    """The address opens nothing from now on. Raises UnknownRunAddress."""
    keeping.revoke(number, run, request.user)
    return redirect("planner-run-qgis", run)
