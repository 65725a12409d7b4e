"""The page of a parcel, its corner table as a file, and the page of a parcel that is gone."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_portal.maps.client import client_config
from gis_portal.parcels.aerial import before_and_now
from gis_portal.parcels.answers import groups
from gis_portal.parcels.corners import as_csv, as_text
from gis_portal.parcels.facts import ParcelFacts, parcel_facts
from gis_portal.parcels.lineage import gone_parcel
from gis_portal.parcels.plan import plan_of
from layers.errors import ItemRetired
from layers.standing import standing_layer


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


@require_safe
def parcel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Everything public about one parcel; 410 with its successors when it is gone."""
    lang = _language(request)
    try:
        facts = parcel_facts(uid, user=request.user, lang=lang)
    except ItemRetired as error:
        return _gone(request, error, uid, lang)
    return render(request, "parcels/page.html", _context(request, facts, lang))


@require_safe
def corners_csv(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The corner table: X north, Y east, metres, in the grid that each row names."""
    facts = parcel_facts(uid, user=request.user, lang=_language(request))
    response = HttpResponse(as_csv(facts), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="corners-{facts.uid}.csv"'
    return response


def _context(request: HttpRequest, facts: ParcelFacts, lang: str) -> dict[str, Any]:
    layer = standing_layer(facts.layer_slug, request.user)
    zoom = min(layer.parsed.style.working_zoom + 3, 18)
    place = f"{zoom}/{facts.lat:.6f}/{facts.lon:.6f}"
    return {
        "facts": facts,
        "plan": plan_of(facts),
        "answers": groups(facts.overlays),
        "views": before_and_now(facts),
        "corner_text": as_text(facts),
        "map_query": f"layers={layer.slug}&at={place}&sel={layer.slug}/{facts.uid}",
        "report_query": urlencode(
            {"layer": layer.slug, "uid": facts.uid, "lon": facts.lon, "lat": facts.lat}
        ),
        "map_layers": ",".join(n.layer_slug for n in facts.nearest if n.kind == "road"),
        "config": client_config([layer], lang, only=layer.slug),
        "status": facts.status.label(lang) if facts.status else "",
        "address": request.build_absolute_uri(request.path),
    }


def _gone(request: HttpRequest, error: ItemRetired, uid: uuid.UUID, lang: str) -> HttpResponse:
    """410: what the parcel was, what happened, and the parcels in its place."""
    layer = standing_layer(str(error.extra["layer"]), request.user)
    context = {"gone": gone_parcel(layer, uid, error, lang), "layer": layer}
    response = render(request, "parcels/gone.html", context, status=error.status)
    # It may come back with a later version, or with going back to an earlier one.
    response.headers["Cache-Control"] = "no-store"
    return response
