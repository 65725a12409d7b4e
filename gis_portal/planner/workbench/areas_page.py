"""`/planner/my-areas/`: areas that a planner drew or brought as a file; nobody else sees them."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.planner.areas import keeping
from gis_portal.planner.errors import AreaTooLarge, BadArea, NoAreaSent, UnknownArea
from gis_portal.planner.models import PlannerArea
from gis_portal.planner.permissions import areas_visible_to, is_planner
from gis_portal.planner.workbench.area_cards import area_cards
from gis_portal.planner.workbench.area_form import area_form
from gis_portal.planner.workbench.page_config import map_config, readable_layers
from gis_portal.steward.access import only
from gis_portal.steward.candidate_maps import HEIGHT, WIDTH
from importers import sandbox
from importers.confined.refusals import UploadsOff
from importers.upload_handler import stream_to_disk
from layers.errors import PortalError


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def areas_page(request: HttpRequest) -> HttpResponseBase:
    """Files go to disk, also those that CSRF protection looks through; it follows at once."""
    if request.method == "POST":
        stream_to_disk(request)
    return _protected(request)


@csrf_protect
@only(is_planner)
def _protected(request: HttpRequest) -> HttpResponse:
    error = None
    if request.method == "POST":
        try:
            area = _kept(request)
            messages.success(request, _("Đã lưu vùng “%(name)s”.") % {"name": area.name})
            return redirect(f"{reverse('planner-areas-page')}#area-{area.pk}")
        except PortalError as refused:
            error = refused
    areas = list(areas_visible_to(request.user))
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    layers = [layer for layer in readable_layers(request) if layer.parsed.feeds == "units"]
    context = {
        "areas": area_cards(areas, language),
        "card_size": (WIDTH, HEIGHT),
        "shapes": {"type": "FeatureCollection", "features": [_feature(area) for area in areas]},
        "form": area_form(request, error),
        "most_mb": keeping.most_bytes() // 2**20,
        "config": map_config(layers, language),
    }
    return render(request, "planner/areas.html", context, status=error.status if error else 200)


def _feature(area: PlannerArea) -> dict[str, Any]:
    shape = keeping.as_geojson(area)
    return {"type": "Feature", "geometry": shape, "properties": {"id": str(area.pk)}}


def _kept(request: HttpRequest) -> PlannerArea:
    """What was drawn, else the file. Raises PortalError."""
    name = request.POST.get("name", "").strip()
    if drawn := request.POST.get("geometry", ""):
        try:
            shape = json.loads(drawn)
        except (ValueError, RecursionError) as error:
            raise BadArea from error
        return keeping.drawn(request.user, name or _("Vùng vẽ"), shape)
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        raise NoAreaSent
    if file.size is None or file.size > keeping.most_bytes():
        raise AreaTooLarge(f"{keeping.most_bytes() // 2**20} MB")
    if not sandbox.available():
        raise UploadsOff
    path, said = Path(file.temporary_file_path()), request.POST.get("crs", "")
    return keeping.brought(
        request.user, name or Path(str(file.name)).stem, path, str(file.name), said
    )


@require_POST
@only(is_planner)
def remove_area(request: HttpRequest, number: UUID) -> HttpResponse:
    """Results that were computed with it stay. Raises UnknownArea."""
    area = areas_visible_to(request.user).filter(pk=number).first()
    if area is None:
        raise UnknownArea
    area.delete()
    messages.success(request, _("Đã xóa vùng “%(name)s”.") % {"name": area.name})
    return redirect("planner-areas-page")
