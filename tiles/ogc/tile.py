"""One tile by matrix, row and column: the standard's address of what `tiles.views` answers.

Past REST framework's own steps, which would take longer than a tile from the store. Whoever asks is
looked at only when the layer is internal.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema

from layers.api import openapi
from layers.api.params import single_values
from layers.api.resource import Resource, open_to_all
from layers.errors import BadFilter, BadTile, NotAcceptable, UnknownVersion, VersionRetired
from tiles.front import MVT
from tiles.grid import Tile
from tiles.ogc import schemas
from tiles.ogc.live import Live, live_of
from tiles.ogc.resources import TAG, check_grid
from tiles.views import tile

FORMATS = frozenset({"mvt", MVT})
KNOWN = frozenset({"f", "d", "lang"})


class VectorTile(Resource):
    """`…/tiles/{grid}/{matrix}/{row}/{column}`; the row comes before the column."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """GET and HEAD as they come; the rest is REST framework's."""
        if request.method in ("GET", "HEAD"):
            return open_to_all(answer(request, **kwargs))
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="tiles.collection.vector.getTile",
        tags=[TAG],
        summary="Một mảnh véc-tơ; 204 khi ô trống, 404 ngoài giới hạn của bộ mảnh",
        parameters=[
            *(openapi.SLUG, schemas.GRID, schemas.MATRIX, schemas.ROW, schemas.COLUMN),
            *(schemas.TILE_FORMAT, schemas.DIGEST),
        ],
        responses={
            **openapi.answers(schemas.TILE, 400, 404, 406, 503, media=MVT),
            204: None,
            304: None,
        },
    )
    def get(self, request: HttpRequest, **parts: str) -> HttpResponseBase:
        """The tile of the live version."""
        return answer(request, **parts)


def answer(
    request: HttpRequest, slug: str, grid: str, matrix: str, row: str, column: str
) -> HttpResponseBase:
    """As `tiles.views.tile` answers. Raises BadTile outside the limits of the tileset.

    A version that another process has replaced since it was remembered is looked for once more.
    """
    check_grid(grid)
    place = Tile.parse(matrix, column, row)
    values = single_values(request.GET)
    if set(values) - KNOWN:
        raise BadFilter(", ".join(sorted(set(values) - KNOWN))[:60])
    if values.get("f", "mvt") not in FORMATS:
        raise NotAcceptable(values["f"][:30])
    try:
        return _tile(request, slug, live_of(slug, lambda: request.user), place)
    except (VersionRetired, UnknownVersion):
        return _tile(request, slug, live_of(slug, lambda: request.user, anew=True), place)


def _tile(request: HttpRequest, slug: str, live: Live, place: Tile) -> HttpResponseBase:
    if not live.holds(place):
        raise BadTile
    parts = (str(live.version_id), str(place.z), str(place.x), str(place.y))
    return tile(request, slug, *parts)
