"""`/api/tileMatrixSets…` and `/api/collections/{slug}/tiles…`: what tiles there are.

JSON like every resource of the API, and pages for people (`pages`).
"""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi
from layers.api.params import allow_only
from layers.api.render import not_modified, version_etag, with_cache_headers
from layers.api.resource import Resource, absolute, language, link, published_layer, rendered
from layers.errors import UnknownGrid
from tiles.ogc import documents, grids, pages, schemas

TAG = "Tiles"
KNOWN = ("lang", "f")


class TileMatrixSets(Resource):
    """The grids that tiles come in: one."""

    page = pages.MATRIX_SETS

    @extend_schema(
        operation_id="getTileMatrixSetsList",
        tags=[TAG],
        summary="Các lưới mảnh bản đồ",
        parameters=[schemas.PAGE, openapi.LANG],
        responses=openapi.answers(schemas.MATRIX_SETS, 400, 406, page=True),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A list of one."""
        allow_only(request.GET, KNOWN)
        address = absolute(request, "api-tile-matrix-sets")
        body = {
            "tileMatrixSets": [documents.matrix_set_item(request)],
            "links": [link("self", address, "application/json")],
        }
        return rendered(request, Response(body))


class TileMatrixSet(Resource):
    """One grid."""

    page = pages.MATRIX_SET

    @extend_schema(
        operation_id="getTileMatrixSet",
        tags=[TAG],
        summary="Một lưới mảnh bản đồ: tỷ lệ, gốc, cỡ mảnh",
        parameters=[schemas.GRID, schemas.PAGE, openapi.LANG],
        responses=openapi.answers(schemas.MATRIX_SET, 400, 404, 406, page=True),
    )
    def get(self, request: Request, grid: str) -> HttpResponseBase:
        """As the standard registers it."""
        check_grid(grid)
        allow_only(request.GET, KNOWN)
        return rendered(request, Response(grids.definition()))


class TileSets(Resource):
    """The tilesets of a layer: one a grid."""

    page = pages.TILESETS

    @extend_schema(
        operation_id="tiles.collection.vector.getTileSetsList",
        tags=[TAG],
        summary="Các bộ mảnh véc-tơ của một lớp",
        parameters=[openapi.SLUG, schemas.PAGE, openapi.LANG],
        responses=openapi.answers(schemas.TILESETS, 400, 404, 406, page=True),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """A list of one."""
        layer, version = published_layer(slug, request)
        allow_only(request.GET, KNOWN)
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        address = absolute(request, "api-tilesets", slug)
        body = {
            "links": [link("self", address, "application/json")],
            "tilesets": [documents.tileset_item(request, layer, language())],
        }
        response = Response(body)
        return with_cache_headers(response, etag, version.published_at, public=public)


class TileSet(Resource):
    """The tiles of a layer in one grid."""

    page = pages.TILESET

    @extend_schema(
        operation_id="tiles.collection.vector.getTileSet",
        tags=[TAG],
        summary="Một bộ mảnh véc-tơ: lớp bên trong, giới hạn, địa chỉ mẫu",
        parameters=[openapi.SLUG, schemas.GRID, schemas.PAGE, openapi.LANG],
        responses=openapi.answers(schemas.TILESET, 400, 404, 406, page=True),
    )
    def get(self, request: Request, slug: str, grid: str) -> HttpResponseBase:
        """Described from the layer's declaration and its live version."""
        layer, version = published_layer(slug, request)
        check_grid(grid)
        allow_only(request.GET, KNOWN)
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        body = documents.tileset(request, layer, language())
        response = Response(body)
        return with_cache_headers(response, etag, version.published_at, public=public)


def check_grid(name: str) -> None:
    """Raises UnknownGrid for any but the one there is."""
    if name != grids.NAME:
        raise UnknownGrid
