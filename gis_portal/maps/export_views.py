"""Files of a layer as pages: which there are and how large, asking for one, how far it is. All
of it works without JavaScript; a page of something that is being made loads itself again.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gis_portal.maps.grids import grid_name, shown_grids
from gis_portal.maps.package_views import SECONDS, communes
from layers.api.exports import is_small, matching, version_for
from layers.api.wishes import why_failed
from layers.catalogue import layer_by_slug, live_version
from layers.errors import PortalError
from layers.exports import asking
from layers.exports.errors import BadExport
from layers.exports.formats import FORMATS
from layers.exports.size import size_hint
from layers.exports.wish import read_wish
from layers.models import Export, Layer

# What most people open; the page of the layer shows these.
USUAL = ("gpkg", "xlsx", "shp.zip", "csv.zip")
FIELDS = ("unit", "crs", "coordinates")


@dataclass(frozen=True)
class Download:
    """A format of a layer; `address` is empty when the file is made in the background first."""

    key: str
    title: str
    size: int
    address: str


def downloads(layer: Layer, language: str, keys: tuple[str, ...] = USUAL) -> list[Download]:
    """The layer's files in these formats, with hints of their sizes."""
    version = layer.live_version
    if version is None:
        return []
    hint, is_direct = size_hint(version), is_small(version.feature_count)
    return [
        Download(
            key,
            FORMATS[key].title(language),
            hint(FORMATS[key]),
            reverse("api-export-now", args=[layer.slug, key]) if is_direct else "",
        )
        for key in keys
    ]


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


@require_http_methods(["GET", "HEAD", "POST"])
def layer_exports(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form for a file; POST leads to the file, or has it made. Raises UnknownLayer."""
    layer = layer_by_slug(slug, request.user)
    live_version(layer)
    error: PortalError | None = None
    if request.method == "POST":
        try:
            return redirect(_asked(request, layer))
        except PortalError as refusal:
            error = refusal
    language = _language(request)
    chosen = request.POST.get("format", USUAL[0])
    others = tuple(key for key in FORMATS if key not in USUAL)
    context = {
        "layer": layer,
        "title": layer.title(language),
        "usual": downloads(layer, language),
        "others": downloads(layer, language, others),
        "chosen_format": chosen,
        "is_other": chosen in others,
        "units": communes(),
        "grids": [(grid.code, grid_name(grid)) for grid in shown_grids()],
        "most": settings.PORTAL_EXPORT_DIRECT,
        "error": error,
        "chosen": request.POST,
    }
    status = error.status if error else 200
    return render(request, "layers/exports.html", context, status=status)


def _asked(request: HttpRequest, layer: Layer) -> str:
    """Where the file, or the page of its making, is. Raises PortalError."""
    given = {name: request.POST.get(name, "") for name in FIELDS}
    if any("\x00" in value for value in given.values()):
        raise BadExport
    key = request.POST.get("format", "")
    if key in FORMATS and not FORMATS[key].coordinates:
        given["coordinates"] = ""
    parameters = urlencode({name: value for name, value in given.items() if value})
    wish = read_wish(key, QueryDict(parameters), layer.parsed)
    version = version_for(wish, layer, live_version(layer))
    total = matching(wish, version)
    if is_small(total):
        address = reverse("api-export-now", args=[layer.slug, key])
        return f"{address}?{parameters}" if parameters else address
    export = asking.ask(
        layer,
        version,
        wish,
        asking.asker_of(request),
        address=request.build_absolute_uri(reverse("api-collection", args=[layer.slug])),
        total=total,
    )
    return reverse("export-page", args=[export.pk])


@require_safe
def export_page(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """One export: how far it is, then its file. Raises UnknownExport."""
    export = asking.export_for(number, lambda: request.user)
    context: dict[str, Any] = {
        "export": export,
        "layer": export.layer,
        "title": export.layer.title(_language(request)),
        "format": FORMATS[export.format].title(_language(request)),
        "failure": why_failed(export),
        "is_current": asking.is_current(export),
        "is_ready": export.state == Export.READY,
        "api": request.build_absolute_uri(reverse("api-export", args=[export.pk])),
    }
    response = render(request, "layers/export_page.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    if export.is_open:
        response.headers["Refresh"] = SECONDS
    return response
