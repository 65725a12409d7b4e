"""OGC API – Features of one result, for QGIS, GDAL and whoever reads the standard.

One collection, `result`: the pieces in WGS 84. Every link carries the token or the secret that it
was asked with, so it works in a program that knows no session.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
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
from gis_portal.planner.results.addresses import keeping
from gis_portal.planner.results.asked import TOKEN, check_ready, kept, pieces_of, told_of
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.files.formats import pieces_in
from gis_portal.planner.results.openapi import OPENAPI, document
from gis_portal.planner.results.parts import (
    EVERYTHING,
    Part,
    PartColumn,
    Where,
    part_columns,
    parts,
)
from layers.crs import WGS84
from layers.errors import BadBbox, BadLimit, UnknownItem

Json = Any
COLLECTION = "result"
COLLECTION_PATH = f"collections/{COLLECTION}"
ITEMS_PATH = f"{COLLECTION_PATH}/items"
GEOJSON = "application/geo+json"
MOST, USUAL = 5_000, 1_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "geojson", "oas30")
]
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Reading:
    """One run as an address opens it; all links begin with `base` and carry `query`."""

    run: Run
    base: str
    query: Mapping[str, str]

    def link(
        self, rel: str, path: str, kind: str = "application/json", query: Json = None
    ) -> dict[str, str]:
        """A link to what lies below the landing page."""
        given = self.query if query is None else query
        tail = f"?{urlencode(given)}" if given else ""
        return {"rel": rel, "type": kind, "href": f"{self.base}{path}{tail}"}


def reading(
    request: HttpRequest, run: UUID | None = None, secret: str = "", token: str = ""
) -> Reading:
    """By the reader's own right, by a shared link, or at an address with a secret of its own.

    Raises UnknownRun, UnknownRunAddress, RunNotReady, ResultGone.
    """
    if secret:
        found = keeping.run_at(secret)
        check_ready(found)
        place = reverse("planner-qgis", args=[secret])
    else:
        assert run is not None
        found = pieces_of(request, run, token or None)
        place = _place(found, token)
    given = request.GET.get(TOKEN)
    return Reading(
        found, request.build_absolute_uri(place), {TOKEN: given} if given and not secret else {}
    )


def _place(run: Run, token: str) -> str:
    if token:
        return reverse("planner-run-ogc-token", args=[run.pk, token])
    return reverse("planner-run-ogc", args=[run.pk])


def landing_of(request: HttpRequest, run: Run) -> str:
    """The address that QGIS takes: the token of a link stands in the path, for QGIS puts a question
    mark of its own behind what it is given.
    """
    return request.build_absolute_uri(_place(run, request.GET.get(TOKEN) or ""))


@require_safe
def landing(request: HttpRequest, **where: Any) -> HttpResponse:
    """Where the rest is."""
    found = reading(request, **where)
    body = {
        "title": told_of(found.run).title,
        "links": [
            found.link("self", ""),
            found.link("service-desc", "api", OPENAPI),
            found.link("conformance", "conformance"),
            found.link("data", "collections"),
        ],
    }
    return kept(JsonResponse(body), found.run)


@require_safe
def described(request: HttpRequest, **where: Any) -> HttpResponse:
    """The OpenAPI document, which QGIS asks for before it reads."""
    found = reading(request, **where)
    body = document(told_of(found.run).title, found.base, USUAL, MOST)
    return kept(HttpResponse(json.dumps(body, ensure_ascii=False), content_type=OPENAPI), found.run)


@require_safe
def conformance(request: HttpRequest, **where: Any) -> HttpResponse:
    """Which parts of the standard hold."""
    return kept(JsonResponse({"conformsTo": CONFORMS}), reading(request, **where).run)


@require_safe
def collections(request: HttpRequest, **where: Any) -> HttpResponse:
    """The one collection."""
    found = reading(request, **where)
    body = {"links": [found.link("self", "collections")], "collections": [_collection(found)]}
    return kept(JsonResponse(body), found.run)


@require_safe
def collection(request: HttpRequest, **where: Any) -> HttpResponse:
    """The collection alone."""
    found = reading(request, **where)
    return kept(JsonResponse(_collection(found)), found.run)


def _collection(found: Reading) -> Json:
    told = told_of(found.run)
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
            found.link("self", COLLECTION_PATH),
            found.link("items", ITEMS_PATH, GEOJSON),
        ],
    }


@require_safe
def items(request: HttpRequest, **where: Any) -> HttpResponse:
    """A page of pieces: `limit`, `bbox`, `after` (the number of the last piece seen)."""
    found = reading(request, **where)
    limit, after = _number(request, "limit", USUAL), _number(request, "after", -1)
    if limit < 1:
        raise BadLimit
    limit = min(limit, MOST)
    box = _bbox(request, found.run)
    about = told_of(found.run)
    page = list(parts(about, WGS84.srid, where=box, after=after, most=limit + 1))
    more, page = len(page) > limit, page[:limit]
    links = [found.link("self", ITEMS_PATH, GEOJSON), found.link("collection", COLLECTION_PATH)]
    if more:
        further = {**request.GET.dict(), "limit": str(limit), "after": str(page[-1].seq)}
        links.append(found.link("next", ITEMS_PATH, GEOJSON, further))
    columns = part_columns(about)
    body = {
        "type": "FeatureCollection",
        "features": [_feature(part, columns) for part in page],
        **({"numberMatched": pieces_in(found.run)} if box is EVERYTHING else {}),
        "numberReturned": len(page),
        "links": links,
    }
    return kept(_geojson(body), found.run)


@require_safe
def item(request: HttpRequest, seq: int, **where: Any) -> HttpResponse:
    """One piece. Raises UnknownItem."""
    found = reading(request, **where)
    about = told_of(found.run)
    page = list(parts(about, WGS84.srid, where=("seq = %s", (seq,)), most=1))
    if not page:
        raise UnknownItem
    feature = _feature(page[0], part_columns(about))
    feature["links"] = [found.link("collection", COLLECTION_PATH)]
    return kept(_geojson(feature), found.run)


def _geojson(body: Json) -> HttpResponse:
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=GEOJSON)


def _feature(part: Part, columns: tuple[PartColumn, ...]) -> dict[str, Json]:
    shape = None
    if part.shape is not None:
        shape = json.loads(shapely.to_geojson(shapely.from_wkb(part.shape)))
    told = zip((column.name for column in columns), part.values, strict=True)
    # As in the GeoPackage: QGIS shows no identifier that is a number.
    values = {"seq": part.seq, **dict(told)}
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
