"""OGC API – Features of one result, for QGIS, GDAL and whoever reads the standard.

One collection, `result`: the pieces in WGS 84. Every link carries the token that it was asked with,
so a shared link works in a program that knows no session.
"""

import json
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import shapely
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.results.asked import TOKEN, kept, pieces_of, told_of
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.parts import (
    EVERYTHING,
    Part,
    PartColumn,
    Where,
    count,
    part_columns,
    parts,
)
from gis_portal.planner.results.told import Told
from layers.crs import WGS84
from layers.errors import BadBbox, BadLimit, UnknownItem

Json = Any
COLLECTION = "result"
GEOJSON = "application/geo+json"
MOST, USUAL = 5_000, 1_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson")
]
_WHOLE = re.compile(r"[0-9]{1,9}")


@require_safe
def landing(request: HttpRequest, run: UUID) -> HttpResponse:
    """Where the rest is."""
    found = pieces_of(request, run)
    links = [
        _link(request, found, "planner-run-ogc", "self"),
        _link(request, found, "planner-run-ogc-conformance", "conformance"),
        _link(request, found, "planner-run-ogc-collections", "data"),
    ]
    return kept(JsonResponse({"title": told_of(found).title, "links": links}), found)


@require_safe
def for_qgis(request: HttpRequest, run: UUID) -> HttpResponse:
    """The address that QGIS takes, as plain text: to be copied into a new connection."""
    found = pieces_of(request, run)
    address = _link(request, found, "planner-run-ogc", "self")["href"]
    return kept(HttpResponse(f"{address}\n", content_type="text/plain; charset=utf-8"), found)


@require_safe
def conformance(request: HttpRequest, run: UUID) -> HttpResponse:
    """Which parts of the standard hold."""
    return kept(JsonResponse({"conformsTo": CONFORMS}), pieces_of(request, run))


@require_safe
def collections(request: HttpRequest, run: UUID) -> HttpResponse:
    """The one collection."""
    found = pieces_of(request, run)
    body = {
        "links": [_link(request, found, "planner-run-ogc-collections", "self")],
        "collections": [_collection(request, found, told_of(found))],
    }
    return kept(JsonResponse(body), found)


@require_safe
def collection(request: HttpRequest, run: UUID) -> HttpResponse:
    """The collection alone."""
    found = pieces_of(request, run)
    return kept(JsonResponse(_collection(request, found, told_of(found))), found)


def _collection(request: HttpRequest, run: Run, told: Told) -> Json:
    extent = told.summary.get("extent")
    return {
        "id": COLLECTION,
        "title": told.title,
        "description": " ".join([*told.question.lines, told.question.result]),
        "attribution": "; ".join(dict.fromkeys(stand.source for stand in told.stands)),
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "extent": {"spatial": {"bbox": [extent], "crs": CRS84}} if extent else {},
        "links": [
            _link(request, run, "planner-run-ogc-collection", "self"),
            _link(request, run, "planner-run-ogc-items", "items", GEOJSON),
        ],
    }


@require_safe
def items(request: HttpRequest, run: UUID) -> HttpResponse:
    """A page of pieces: `limit`, `bbox`, `after` (the number of the last piece seen)."""
    found = pieces_of(request, run)
    limit, after = _number(request, "limit", USUAL), _number(request, "after", -1)
    if limit < 1:
        raise BadLimit
    limit = min(limit, MOST)
    where = _bbox(request, found)
    about = told_of(found)
    page = list(parts(about, WGS84.srid, where=where, after=after, most=limit + 1))
    more, page = len(page) > limit, page[:limit]
    links = [_link(request, found, "planner-run-ogc-items", "self", GEOJSON)]
    if more:
        further = {**request.GET.dict(), "limit": str(limit), "after": str(page[-1].seq)}
        links.append(_link(request, found, "planner-run-ogc-items", "next", GEOJSON, further))
    columns = part_columns(about)
    body = {
        "type": "FeatureCollection",
        "features": [_feature(part, columns) for part in page],
        **({"numberMatched": count(about)} if where is EVERYTHING else {}),
        "numberReturned": len(page),
        "links": links,
    }
    return kept(_geojson(body), found)


@require_safe
def item(request: HttpRequest, run: UUID, seq: int) -> HttpResponse:
    """One piece. Raises UnknownItem."""
    found = pieces_of(request, run)
    about = told_of(found)
    page = list(parts(about, WGS84.srid, where=("seq = %s", (seq,)), most=1))
    if not page:
        raise UnknownItem
    feature = _feature(page[0], part_columns(about))
    feature["links"] = [_link(request, found, "planner-run-ogc-collection", "collection")]
    return kept(_geojson(feature), found)


def _geojson(body: Json) -> HttpResponse:
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=GEOJSON)


def _feature(part: Part, columns: tuple[PartColumn, ...]) -> dict[str, Json]:
    shape = None
    if part.shape is not None:
        shape = json.loads(shapely.to_geojson(shapely.from_wkb(part.shape)))
    values = dict(zip((column.name for column in columns), part.values, strict=True))
    return {"type": "Feature", "id": part.seq, "geometry": shape, "properties": values}


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and _WHOLE.fullmatch(text)):
        raise BadLimit
    return int(text)


def _bbox(request: HttpRequest, run: Run) -> Where:
    """Pieces whose box touches it; asked of the index that tiles use."""
    text = request.GET.get("bbox")
    if not text:
        return EVERYTHING
    try:
        numbers = [float(part) for part in text.split(",")]
        west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    except ValueError as error:
        raise BadBbox(_("bbox cần bốn số: tây, nam, đông, bắc.")) from error
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        raise BadBbox(_("bbox cần bốn số: tây, nam, đông, bắc."))
    box = f"ST_Transform(ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}, 4326), 3857)"
    near = store.tile_sql(run.pk, source_of(run), box)
    return f"seq IN (SELECT t.seq FROM ({near}) t)", ()  # noqa: S608 - numbers


def _link(
    request: HttpRequest,
    run: Run,
    name: str,
    rel: str,
    kind: str = "application/json",
    query: dict[str, str] | None = None,
) -> dict[str, str]:
    token = request.GET.get(TOKEN)
    given = query if query is not None else ({TOKEN: token} if token else {})
    address = request.build_absolute_uri(reverse(name, args=[run.pk]))
    return {"rel": rel, "type": kind, "href": address + (f"?{urlencode(given)}" if given else "")}
