"""Packages of tiles as pages: state and size of the layer's, asking for one of an area, how far one
is. All of it works without JavaScript; a page of something that is being made loads itself again.
"""

from uuid import UUID

from django.db.models.functions import Collate
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from layers.api.wishes import why_failed
from layers.catalogue import layer_by_slug, live_version
from layers.errors import BadBbox, PortalError, UnknownUnit
from layers.models import AdminUnit, Layer
from tiles.packages import asking
from tiles.packages.api import Wish, filled
from tiles.packages.errors import BadPackage
from tiles.packages.model import Package
from tiles.tilejson import zooms

# After so many seconds a browser loads the page of an unfinished package again.
SECONDS = "5"


def whole_package(layer: Layer) -> Package | None:
    """The package of the layer's live version, for the layer's own page."""
    return asking.whole_of(layer) if layer.live_version else None


@require_http_methods(["GET", "HEAD", "POST"])
def layer_package(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The layer's package, and the form for one of an area; POST asks. Raises UnknownLayer."""
    layer = layer_by_slug(slug, request.user)
    live_version(layer)
    error: PortalError | None = None
    if request.method == "POST":
        try:
            return redirect("package-page", _asked(request, layer).pk)
        except PortalError as refusal:
            error = refusal
    first, last = zooms(layer.parsed)
    context = {
        "layer": layer,
        "title": layer.title(str(getattr(request, "LANGUAGE_CODE", "vi"))),
        "package": asking.whole_of(layer),
        "units": communes(),
        "zooms": range(first, last + 1),
        "last_zoom": last,
        "error": error,
        "chosen": request.POST,
    }
    status = error.status if error else 200
    return render(request, "layers/package.html", context, status=status)


def _asked(request: HttpRequest, layer: Layer) -> Package:
    given = {name: request.POST.get(name) for name in ("unit", "bbox", "min_zoom", "max_zoom")}
    if any(value and "\x00" in value for value in given.values()):
        raise BadPackage
    try:
        wish = Wish(filled(given))
        area = asking.area_for(layer, unit=wish.unit, box=wish.box)
    except (BadBbox, UnknownUnit) as error:
        raise BadPackage(str(error.detail)) from error
    low, high = asking.zooms_for(layer, wish.low, wish.high)
    return asking.ask(layer, area, low, high, asking.asker_of(request))


def communes() -> list[AdminUnit]:
    """The communes in force whose shape is known."""
    units = AdminUnit.objects.filter(
        level=AdminUnit.COMMUNE, valid_to__isnull=True, geom__isnull=False
    )
    return list(units.only("code", "name", "name_en").order_by(Collate("name", "vi-x-icu")))


@require_safe
def package_page(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """One package: how far it is, then its file. Raises UnknownPackage."""
    package = asking.package_for(number, lambda: request.user)
    context = {
        "package": package,
        "layer": package.layer,
        "title": package.layer.title(str(getattr(request, "LANGUAGE_CODE", "vi"))),
        "failure": why_failed(package),
        "is_current": asking.is_current(package),
        "api": request.build_absolute_uri(reverse("api-package", args=[package.pk])),
    }
    response = render(request, "layers/package_page.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    if package.is_open:
        response.headers["Refresh"] = SECONDS
    return response
