"""`/steward/layers/<slug>/`: every version of a layer, its file, who decided, and the way back."""

import logging

from django.contrib import messages
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_portal.errors import PageNotFound
from gis_portal.steward.access import may_download, may_look, may_publish, may_upload, only
from importers import originals
from importers.models import ImportRun
from layers.errors import PortalError
from layers.models import Layer, LayerVersion, VersionEvent
from layers.publish import roll_back as move_back

log = logging.getLogger(__name__)

SHOWN = 50


def _layer(slug: str) -> Layer:
    """Internal layers too: who imports sees them all. Raises PageNotFound."""
    layer = Layer.objects.select_related("sector", "live_version").filter(slug=slug).first()
    if layer is None:
        raise PageNotFound
    return layer


@require_safe
@only(may_look)
def layer_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions, newest first."""
    return _page(request, _layer(slug))


def _page(request: HttpRequest, layer: Layer, error: PortalError | None = None) -> HttpResponse:
    people = ("created_by", "approved_by", "published_by", "base_version", "import_run")
    events = Prefetch("events", VersionEvent.objects.select_related("by"))
    found = layer.versions.select_related(*people).prefetch_related(events)
    versions = found.order_by("-number")[:SHOWN]
    context = {
        "layer": layer,
        "versions": [
            (version, _run(version), originals.is_kept(version.source_sha256))
            for version in versions
        ],
        "may_download": may_download(request.user, layer),
        "may_upload": may_upload(request.user),
        "may_publish": may_publish(request.user),
        "error": error,
    }
    status = error.status if error is not None else 200
    return render(request, "steward/layer.html", context, status=status)


def _run(version: LayerVersion) -> ImportRun | None:
    """The import that made it, where that is known."""
    found: ImportRun | None = getattr(version, "import_run", None)
    return found


@require_POST
@only(may_publish)
def roll_back(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Make a kept version (`version`: its number) the live one again."""
    layer = _layer(slug)
    number = request.POST.get("version", "")
    # Nine digits fit the column.
    known = number.isdecimal() and len(number) < 10
    target = layer.versions.filter(number=int(number)).first() if known else None
    if target is None:
        raise PageNotFound
    try:
        move_back(layer, to=target, by=request.user)
    except PortalError as error:
        return _page(request, layer, error)
    messages.success(
        request, _("Lớp đang dùng lại phiên bản %(number)s.") % {"number": target.number}
    )
    return redirect("steward-layer", slug)


@require_safe
@only(may_look)
def original(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """The file that a version was made from, as it came; who took it is logged.

    Raises PageNotFound, also for those who may not read all of it, FileMissing.
    """
    layer = _layer(slug)
    version = layer.versions.filter(number=number).first()
    if version is None or not may_download(request.user, layer):
        raise PageNotFound
    path = originals.original_path(version.source_sha256)
    # Warning: the level that every installation keeps.
    log.warning("Original of %s v%s taken by %s (%s)", slug, number, request.user, request.user.pk)
    # Bytes of somebody's file: never shown by the browser, whatever they are.
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=version.source_name or f"{slug}-{number}",
        content_type="application/octet-stream",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
