"""The addresses of imagery: one square of a date, TileJSON, the list of dates.

The rules are those of vector tiles (`tiles.views`): a public square never touches the session and
may be kept for ever under its exact address; an internal one is made for who may see it and kept by
nobody; a version that was replaced answers 404 `version-retired`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from layers.definition import SLUG
from layers.errors import (
    LayerNotPublished,
    PictureMissing,
    UnknownDate,
    UnknownLayer,
    UnknownVersion,
)
from layers.models import Layer
from tiles import store
from tiles.coding import PLAIN
from tiles.front import FOR_EVER
from tiles.grid import Tile
from tiles.imagery import described
from tiles.imagery.cut import TYPES, Frame, cut
from tiles.imagery.scenes import Scene, Scenes, check_alive, digest_of, live_scenes, scenes_of
from tiles.tilejson import digest
from tiles.views import ASK_AGAIN, FOR_NOBODY

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@require_safe
def tile(
    request: HttpRequest, slug: str, version: str, date: str, z: str, x: str, y: str, form: str
) -> HttpResponse:
    """One square: 200, 204 where there is no picture, 304; 404 named otherwise."""
    place = Tile.parse(z, x, y)
    name = f"{date}/{place.z}/{place.x}/{place.y}.{form}"
    return _respond(request, slug, version, date, name, lambda _found: Frame.of(place))


@require_safe
def overview(request: HttpRequest, slug: str, version: str, date: str, form: str) -> HttpResponse:
    """The small picture of all scenes of a date."""
    return _respond(request, slug, version, date, f"{date}/overview.{form}", Frame.around)


def _respond(
    request: HttpRequest,
    slug: str,
    version: str,
    date: str,
    name: str,
    frame: Callable[[Sequence[Scene]], Frame],
) -> HttpResponse:
    """The picture of a date called `name` in the store, whose place is decided by `frame`."""
    form = name.rpartition(".")[2]
    shelf = _shelf(_slug(slug), _version(version))
    # Nothing kept is given to a request with cookies, and nothing is kept of its answer.
    is_exact = request.GET.get("d") == digest_of(slug, shelf.version_id)
    has_cookies = bool(request.headers.get("Cookie"))
    is_shared = is_exact and not has_cookies and bool(_DATE.fullmatch(date))
    if is_shared and (answer := _kept(request, shelf, name, form)) is not None:
        return answer
    scenes = scenes_of(slug, shelf.version_id)
    if not scenes.is_public:
        _check_reader(request, slug)
    found = scenes.on(date)
    check_alive(scenes)
    body = _cut(scenes, found, frame(found), form)
    if not scenes.is_public:
        return _answer(request, body, form, FOR_NOBODY)
    if is_shared:
        _keep(shelf, name, body)
    return _answer(request, body, form, FOR_EVER if is_exact else ASK_AGAIN, shelf)


def _shelf(slug: str, version_id: int) -> store.Shelf:
    """Where squares of this version lie while it is live and public."""
    return store.Shelf(slug, version_id, f"{store.IMAGERY}-{digest_of(slug, version_id)}")


def _kept(request: HttpRequest, shelf: store.Shelf, name: str, form: str) -> HttpResponse | None:
    """The answer as it lies in the store, without a question to the database."""
    body = store.read(shelf, name)
    if body is None:
        if not store.is_empty(shelf, name):
            return None
        body = b""
    return _answer(request, body, form, FOR_EVER, shelf)


def _keep(shelf: store.Shelf, name: str, body: bytes) -> None:
    if body:
        store.keep(shelf, name, body)
    else:
        store.keep_empty(shelf, name)


def _cut(scenes: Scenes, found: tuple[Scene, ...], frame: Frame, form: str) -> bytes:
    try:
        return cut(found, frame, form)
    except PictureMissing:
        # Dropped with its version, between the question and the reading?
        check_alive(scenes)
        raise


def _answer(
    request: HttpRequest, body: bytes, form: str, keep: str, shelf: store.Shelf | None = None
) -> HttpResponse:
    """With the validator that nginx gives the same file; an internal square (no shelf) has none."""
    response = HttpResponse(status=204)
    if body:
        response = HttpResponse(body, content_type=TYPES[form])
        # Keeps GZipMiddleware from packing a picture, which is packed already.
        response.headers["Content-Encoding"] = "identity"
    if shelf is not None:
        response.headers["Access-Control-Allow-Origin"] = "*"
        if body:
            tag = shelf.etag(PLAIN, len(body))
            response.headers["ETag"] = tag
            if get_conditional_response(request, etag=tag) is not None:
                response = HttpResponseNotModified(headers={"ETag": tag})
                response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = keep
    return response


def _slug(text: str) -> str:
    """Refused before any query: the database cannot even be asked for some texts (NUL)."""
    if not SLUG.fullmatch(text):
        raise UnknownLayer
    return text


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise UnknownVersion
    return int(text)


def _check_reader(request: HttpRequest, slug: str) -> None:
    """Unknown and forbidden answer the same."""
    if not Layer.objects.visible_to(request.user).filter(slug=slug).exists():
        raise UnknownLayer


@require_safe
def tilejson_view(request: HttpRequest, slug: str) -> HttpResponse:
    """TileJSON 3 of the date in `?date=`, else of the newest."""
    layer, scenes = _published(request, slug)
    wanted = request.GET.get("date", "")
    if not scenes.dates:
        raise UnknownDate(wanted)
    date = scenes.on(wanted)[0].acquired if wanted else scenes.dates[0]
    return _json(request, layer, described.tilejson(layer, scenes, date, *_told(request)))


@require_safe
def dates_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of the live version."""
    layer, scenes = _published(request, slug)
    return _json(request, layer, described.dates(layer, scenes, *_told(request)))


def _told(request: HttpRequest) -> tuple[str, str]:
    """Scheme and host, language."""
    return request.build_absolute_uri("/").rstrip("/"), get_language() or "vi"


def _published(request: HttpRequest, slug: str) -> tuple[Layer, Scenes]:
    visible = Layer.objects.visible_to(request.user).select_related("live_version")
    layer = visible.filter(slug=_slug(slug)).first()
    if layer is None:
        raise UnknownLayer
    if layer.live_version is None:
        raise LayerNotPublished
    return layer, live_scenes(layer)


def _json(request: HttpRequest, layer: Layer, body: dict[str, Any]) -> HttpResponse:
    """Always asked again, answered 304 while nothing changed."""
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
