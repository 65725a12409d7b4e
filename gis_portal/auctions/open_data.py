"""Lots for programs and for the portal's own maps, as they stand now.

`lots.geojson` is the list with shapes, by the same query as the page; `stages.json` is what tiles
cannot know: the entries of stewards, and when the clock changes something next.
"""

import json
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gis_portal.auctions import asked as asking
from gis_portal.auctions.listing import MOST_MARKED, narrowed
from gis_portal.auctions.lots import Lot, as_entry, lots, version_of
from gis_portal.auctions.stages import DATES, Entry, Said

_SHAPES = """
SELECT uid, ST_AsGeoJSON(geom, 7) FROM layers_feature WHERE version_id = %s AND uid = ANY(%s::uuid[])
"""  # noqa: E501


@require_safe
def lots_geojson(request: HttpRequest) -> HttpResponse:
    """Features of at most `MOST_MARKED` lots in the order of the list; `numberMatched` says of how
    many. Raises UnknownLayer, LayerNotPublished.
    """
    asked, now = asking.read(request.GET), timezone.now()
    _layer, version = version_of(request.user)
    found, _tally = narrowed(lots(now=now, user=request.user), asked)
    shown = found[:MOST_MARKED]
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES, [version.pk, [str(each.uid) for each in shown]])
        shapes = dict(cursor.fetchall())
    features = [_feature(each, shapes.get(each.uid), request) for each in shown]
    document = {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(features),
        "timeStamp": now.isoformat(),
        "features": features,
    }
    return _answer(document, "application/geo+json")


def _feature(lot: Lot, shape: str | None, request: HttpRequest) -> dict[str, Any]:
    language, row = str(request.LANGUAGE_CODE), lot.row
    coming = lot.next
    return {
        "type": "Feature",
        "id": str(lot.uid),
        "geometry": json.loads(shape) if shape else None,
        "properties": {
            "auction_code": row.auction_code,
            "lot_code": row.lot_code,
            "stage": lot.stage.value,
            "stage_label": lot.stage.label(language),
            "stage_until": coming.at.isoformat() if coming else None,
            "round": lot.said.round,
            **{name: _text(getattr(lot.said, name)) for name in DATES},
            "area": row.area,
            "land_use": row.land_use or None,
            "start_price": row.start_price,
            "start_price_m2": row.start_price_m2,
            "winning_price": lot.winning_price,
            "page": request.build_absolute_uri(reverse("lot", args=[lot.uid])),
        },
    }


@require_safe
def stages_json(request: HttpRequest) -> HttpResponse:
    """Lots with entries: what their file says and what was entered; `next_change`: the moment when
    the clock moves the next lot. Raises UnknownLayer, LayerNotPublished.
    """
    now = timezone.now()
    found = lots(now=now, user=request.user)
    changes = [each.next.at for each in found if each.next]
    document = {
        "now": now.isoformat(),
        "next_change": min(changes).isoformat() if changes else None,
        "lots": [
            {
                "uid": str(each.uid),
                "stage": each.stage.value,
                "file": _said(each.row.file),
                "events": [_entry(as_entry(entry)) for entry in each.entries],
            }
            for each in found
            if each.entries
        ],
    }
    return _answer(document, "application/json")


def _said(said: Said) -> dict[str, Any]:
    dates = {name: _text(getattr(said, name)) for name in DATES}
    return {"status": said.status, "round": said.round, "on": _text(said.on), **dates}


def _entry(entry: Entry) -> dict[str, Any]:
    known = {"id": entry.id, "stage": entry.stage, "round": entry.round, "at": _text(entry.at)}
    dates = {name: _text(getattr(entry, name)) for name in DATES}
    return {**known, "corrects": entry.corrects, **dates}


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _answer(document: dict[str, Any], kind: str) -> HttpResponse:
    """For everybody, and never from a cache: the clock is in it."""
    response = JsonResponse(document, content_type=kind, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
