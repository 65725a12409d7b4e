"""The addresses of imagery: one square of a date, TileJSON, the list of dates.

The rules are those of vector tiles (`tiles.views`): a public square never touches the session and
may be kept for ever under its exact address; an internal one is made for who may see it and kept by
nobody; a version that was replaced answers 404 `version-retired`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from layers.errors import (
    LayerNotPublished,
    PictureMissing,
    UnknownDate,
    UnknownLayer,
)
from layers.models import Layer
from tiles import store
from tiles.address import check_reader, slug_of, version_of
from tiles.coding import PLAIN
from tiles.front import FOR_EVER
from tiles.grid import Tile
from tiles.imagery import described
from tiles.imagery.cut import TYPES, Frame, cut
from tiles.imagery.scenes import (
    Scene,
    Scenes,
    check_alive,
    digest_of,
    is_date,
    last_zoom,
    live_scenes,
    scenes_of,
)
from tiles.tilejson import digest
from tiles.views import ASK_AGAIN, FOR_NOBODY

# The place of a picture of these scenes of a date; None where none is cut.
Place = Callable[[Scenes, tuple[Scene, ...]], Frame | None]


@require_safe
def tile(
    request: HttpRequest, slug: str, version: str, date: str, z: str, x: str, y: str, form: str
) -> HttpResponse:
    """One square: 200, 204 where there is no picture or at a zoom before the first, 304; 404 named
    otherwise.
    """
    place = Tile.parse(z, x, y)
    name = f"{date}/{place.z}/{place.x}/{place.y}.{form}"

    def frame(scenes: Scenes, found: tuple[Scene, ...]) -> Frame | None:
        return Frame.of(place) if place.z >= scenes.zooms(found)[0] else None

    return _respond(request, slug, version, date, name, frame)


@require_safe
def overview(request: HttpRequest, slug: str, version: str, date: str, form: str) -> HttpResponse:
    """The small picture of all scenes of a date."""

    def frame(_scenes: Scenes, found: tuple[Scene, ...]) -> Frame:
        return Frame.around(found)

    return _respond(request, slug, version, date, f"{date}/overview.{form}", frame)


def _respond(
    request: HttpRequest, slug: str, version: str, date: str, name: str, frame: Place
) -> HttpResponse:
    """The picture of a date called `name` in the store, whose place is decided by `frame`.

    What the layer's scenes and the address make is the same for everybody: a reader's cookies
    decide neither what is taken from the store nor what is kept in it.
    """
    form = name.rpartition(".")[2]
    shelf = _shelf(slug_of(slug), version_of(version))
    is_exact = request.GET.get("d") == digest_of(slug, shelf.version_id)
    if is_exact and is_date(date) and (body := _kept(shelf, name)) is not None:
        return _answer(request, body, form, FOR_EVER, shelf)
    scenes = scenes_of(slug, shelf.version_id)
    if not scenes.is_public:
        check_reader(request, slug)
    found = scenes.on(date)
    check_alive(scenes)
    place = frame(scenes, found)
    if not scenes.is_public:
        body = b"" if place is None else _cut(scenes, found, place, form)
        return _answer(request, body, form, FOR_NOBODY)
    if place is None:
        # Not for ever: a first zoom is a word of the layer's definition.
        return _answer(request, b"", form, ASK_AGAIN, shelf)
    body = _kept(shelf, name)
    if body is None:
        body = _cut(scenes, found, place, form)
        if body or _is_noted(found, place):
            _keep(shelf, name, body)
    return _answer(request, body, form, FOR_EVER if is_exact else ASK_AGAIN, shelf)


def _shelf(slug: str, version_id: int) -> store.Shelf:
    """Where squares of this version lie while it is live and public."""
    return store.Shelf(slug, version_id, f"{store.IMAGERY}-{digest_of(slug, version_id)}")


def _kept(shelf: store.Shelf, name: str) -> bytes | None:
    """The picture as it lies in the store, b"" for an empty square; asks no database."""
    if not store.is_on():
        return None
    body = store.read(shelf, name)
    return b"" if body is None and store.is_empty(shelf, name) else body


def _keep(shelf: store.Shelf, name: str, body: bytes) -> None:
    if body:
        store.keep(shelf, name, body)
    else:
        store.keep_empty(shelf, name)


def _is_noted(found: Sequence[Scene], frame: Frame) -> bool:
    """An empty square that the map asks for: of those elsewhere and further in there is no end."""
    finest = Frame.of(Tile(last_zoom(found), 0, 0)).size
    return frame.size >= finest and any(scene.touches(*frame.box) for scene in found)


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
    layer = visible.filter(slug=slug_of(slug)).first()
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
