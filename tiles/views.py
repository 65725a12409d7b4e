"""The two addresses of tiles: one square, and the TileJSON that says where the squares are.

A public tile never touches the session, so caches may share it. They may keep it for ever when its
address names both the version and the digest of what is answered (`?d=`, as TileJSON writes it);
any other address is to be asked again. An internal layer's tile is made for who may see it, on the
app's own connection, and kept by nobody.
"""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from layers.errors import LayerNotPublished, PortalError, UnknownLayer
from layers.models import Layer
from tiles import front, mvt, store
from tiles.address import check_reader, slug_of, version_of
from tiles.coding import choose, pack
from tiles.front import MVT
from tiles.front_lane import FAILURE
from tiles.grid import Tile
from tiles.source import TileSource, source_of
from tiles.tilejson import digest, tilejson

ASK_AGAIN = "public, no-cache"
FOR_NOBODY = "private, no-store"


@require_safe
def tile(request: HttpRequest, slug: str, version: str, z: str, x: str, y: str) -> HttpResponse:
    """One tile: 200, 204 for an empty square or a zoom without tiles, 304; 404 named otherwise."""
    if isinstance(failure := request.META.get(FAILURE), PortalError):
        raise failure
    place = Tile.parse(z, x, y)
    source = source_of(slug_of(slug), version_of(version), request.GET.get("d"))
    if not source.is_public:
        check_reader(request, slug)
    elif request.GET.get("d") == source.digest:
        return _exact(request, source, place)
    coding = choose(request.headers.get("Accept-Encoding", ""))
    tag = mvt.etag(source, place, coding)
    if source.is_public and get_conditional_response(request, etag=tag) is not None:
        mvt.check_alive(source, place)
        return _headers(request, HttpResponseNotModified(), source, tag)
    if not mvt.is_drawn(source, place):
        mvt.check_alive(source, place)
        return _headers(request, HttpResponse(status=204), source, tag)
    return _headers(request, _answer(mvt.make_tile(source, place), coding), source, tag)


def _exact(request: HttpRequest, source: TileSource, place: Tile) -> HttpResponse:
    """As the lane before Django answers. Nothing kept is given to a request with cookies, and
    nothing is kept of its answer.
    """
    asked = front.Asked(
        request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match", "")
    )
    shared = not request.headers.get("Cookie")
    shelf, name = front.shelf_of(source), front.name_of(place)
    answer = front.kept(shelf, name, asked) if shared else None
    if answer is None:
        answer = front.made(source, place, asked, keeper=store if shared else None)
    response = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    if answer.body:
        # Saying "identity" keeps GZipMiddleware from packing what is to go as it is.
        response.headers.setdefault("Content-Encoding", "identity")
    else:
        del response.headers["Content-Type"]
    return response


def _answer(body: bytes, coding: str) -> HttpResponse:
    if not body:
        return HttpResponse(status=204)
    response = HttpResponse(content_type=MVT)
    # Saying "identity" keeps GZipMiddleware from packing it again and weakening the validator.
    response.content = pack(body, coding)
    response.headers["Content-Encoding"] = coding or "identity"
    return response


def _headers(
    request: HttpRequest, response: HttpResponse, source: TileSource, tag: str
) -> HttpResponse:
    if not source.is_public:
        response.headers["Cache-Control"] = FOR_NOBODY
        return response
    response.headers["Cache-Control"] = ASK_AGAIN
    response.headers["ETag"] = tag
    response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _visible(request: HttpRequest) -> QuerySet[Layer]:
    return Layer.objects.visible_to(request.user)


@require_safe
def tilejson_view(request: HttpRequest, slug: str) -> HttpResponse:
    """TileJSON 3 of the live version; always asked again, answered 304 while nothing changed."""
    layer = _visible(request).select_related("live_version").filter(slug=slug_of(slug)).first()
    if layer is None:
        raise UnknownLayer
    if layer.live_version is None:
        raise LayerNotPublished
    body = tilejson(layer, request.build_absolute_uri("/").rstrip("/"), get_language() or "vi")
    text, tag = digest(body)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(text, content_type="application/json")
    assert isinstance(response, HttpResponse)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache" if layer.is_public else FOR_NOBODY
    if layer.is_public:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
