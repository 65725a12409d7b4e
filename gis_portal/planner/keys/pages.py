"""`/planner/keys/`: keys that allow `analyse`, made and revoked by the planner they stand for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.errors import PageNotFound
from gis_portal.planner.errors import TooManyKept
from gis_portal.planner.permissions import is_planner
from gis_portal.steward.access import only
from gis_portal.steward.inputs import check_text
from gis_portal.steward.keys import LIFETIMES
from importers.api.models import ANALYSE, DAYS, ApiKey
from layers.errors import PortalError

# Open at the same time: a program needs one.
MOST_OPEN = 20
LONGEST_NAME = 80


@require_http_methods(["GET", "HEAD", "POST"])
@only(is_planner)
def keys(request: HttpRequest) -> HttpResponseBase:
    """The planner's keys; a POST makes one, whose text is shown this once."""
    if request.method != "POST":
        return _page(request)
    check_text(request.POST)
    name, days = request.POST.get("name", "").strip()[:LONGEST_NAME], request.POST.get("days", "")
    if not name:
        return _page(request, is_unnamed=True)
    if _open(request).count() >= MOST_OPEN:
        return _page(request, error=TooManyKept())
    chosen = int(days) if days in map(str, LIFETIMES) else DAYS
    person: Any = request.user
    _key, text = ApiKey.make(person, name, actions=[ANALYSE], days=chosen)
    return _page(request, made=text)


def _own(request: HttpRequest) -> Any:
    """Those for questions: the steward's page has those for imports."""
    return ApiKey.objects.filter(user=request.user.pk, actions__contains=[ANALYSE])


def _open(request: HttpRequest) -> Any:
    return _own(request).filter(revoked_at=None)


def _page(
    request: HttpRequest,
    *,
    made: str = "",
    is_unnamed: bool = False,
    error: PortalError | None = None,
) -> HttpResponse:
    context = {
        "keys": _own(request),
        "made": made,
        "is_unnamed": is_unnamed,
        "error": error,
        "lifetimes": LIFETIMES,
        "usual": DAYS,
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    status = error.status if error else 200
    response = render(request, "planner/keys.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@only(is_planner)
def revoke(request: HttpRequest, number: int) -> HttpResponseBase:
    """The key opens nothing from now on. Raises PageNotFound, also for another person's."""
    key = _open(request).filter(pk=number).first()
    if key is None:
        raise PageNotFound
    key.revoke()
    return redirect("planner-keys")
