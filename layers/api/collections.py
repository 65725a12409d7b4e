"""`/api/collections` and `/api/collections/{slug}`: the published layers."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi, pages
from layers.api.params import allow_only
from layers.api.render import not_modified, version_etag, with_cache_headers
from layers.api.resource import Resource, absolute, link, published_layer, rendered
from layers.api.serializers import CollectionSerializer
from layers.catalogue import visible_layers


class Collections(Resource):
    """Every published layer that the caller may see."""

    page = pages.COLLECTIONS

    @extend_schema(
        operation_id="getCollections",
        tags=["Capabilities"],
        summary="Danh sách các lớp",
        parameters=[openapi.FORM, openapi.LANG],
        responses=openapi.answers(openapi.COLLECTIONS, 400, 406, page=True),
    )
    def get(self, request: Request) -> Response:
        """In the order of the portal's own list."""
        allow_only(request.GET, ("lang", "f"))
        layers = visible_layers(request.user).published()
        serializer = CollectionSerializer(layers, many=True, context={"request": request})
        body = {
            "links": [link("self", absolute(request, "api-collections"), "application/json")],
            "collections": serializer.data,
        }
        return rendered(request, Response(body))


class Collection(Resource):
    """One published layer."""

    page = pages.COLLECTION

    @extend_schema(
        operation_id="describeCollection",
        tags=["Capabilities"],
        summary="Một lớp: phạm vi, phiên bản, ngày dữ liệu, giấy phép",
        parameters=[openapi.SLUG, openapi.FORM, openapi.LANG],
        responses=openapi.answers(CollectionSerializer, 400, 404, 406, page=True),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Described from its declaration and its live version."""
        layer, version = published_layer(slug, request)
        allow_only(request.GET, ("lang", "f"))
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        response = Response(CollectionSerializer(layer, context={"request": request}).data)
        return with_cache_headers(response, etag, version.published_at, public=public)
