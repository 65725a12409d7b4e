"""`/api/collections/{slug}/items/{uid}`: one feature; 410 with its successors when it is gone.

With `datetime` it answers as it was published then (`layers.past`).
"""

import uuid
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers import identity
from layers.api import openapi, pages
from layers.api.crs_names import LONGITUDE_LATITUDE, crs_of
from layers.api.moments import read_period
from layers.api.params import allow_only
from layers.api.render import GEOJSON, not_modified, version_etag, with_cache_headers
from layers.api.resource import PlainJson, Resource, absolute, link, published_layer
from layers.api.serializers import FeatureSerializer
from layers.errors import ItemRetired, UnknownItem
from layers.models import Feature, Layer, LayerVersion
from layers.past import version_at


class GeoJson(PlainJson):
    """JSON under GeoJSON's media type."""

    media_type = GEOJSON


class Item(Resource):
    """One feature."""

    renderer_classes = (GeoJson,)
    page = pages.ITEM

    @extend_schema(
        operation_id="getFeature",
        tags=["Data"],
        summary="Một đối tượng (GeoJSON)",
        parameters=[
            *(openapi.SLUG, openapi.UID, openapi.CRS, openapi.DATETIME, openapi.FORM),
            openapi.LANG,
        ],
        responses=openapi.answers(openapi.FEATURE, 400, 404, 406, 410, media=GEOJSON, page=True),
    )
    def get(self, request: Request, slug: str, uid: str) -> HttpResponseBase:
        """By the uid that it keeps through all versions."""
        layer, live = published_layer(slug, request)
        asked = allow_only(request.GET, ("crs", "datetime", "lang", "f"))
        crs = crs_of(asked["crs"]) if "crs" in asked else LONGITUDE_LATITUDE
        version = version_at(layer, live, read_period(asked.get("datetime", "")))
        if version is None:
            raise UnknownItem(_("Lúc đó lớp chưa công bố dữ liệu nào."))
        feature = find_feature(request, layer, version, uid)
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        context = {"fields": layer.parsed.public_fields, "crs": crs}
        body = FeatureSerializer(feature, context=context).data
        links = feature_links(request, slug, uid, is_past="datetime" in asked)
        response = Response({**body, "links": links})
        response.headers["Content-Crs"] = f"<{crs.uri}>"
        return with_cache_headers(response, etag, version.published_at, public=public)


def find_feature(request: Request, layer: Layer, version: LayerVersion, uid: str) -> Feature:
    """The feature in that version. Raises UnknownItem, ItemRetired of one that is gone now."""
    try:
        identifier = uuid.UUID(uid)
    except ValueError as error:
        raise UnknownItem from error
    found = (
        Feature.objects.filter(version_id=version.pk, uid=identifier).defer("geom_source").first()
    )
    if found is None and version.pk != layer.live_version_id:
        raise UnknownItem(_("Lúc đó không có đối tượng này trong dữ liệu công bố."))
    if found is None:
        raise gone_or_unknown(request, layer, identifier)
    return found


def gone_or_unknown(
    request: Request, layer: Layer, identifier: uuid.UUID
) -> UnknownItem | ItemRetired:
    """A feature that was once published is gone, not unknown; its successors are named."""
    record = identity.retired(layer, identifier)
    if record is None:
        return UnknownItem()
    successors = [str(uid) for uid in record.successors]
    links = [
        link("successor-version", absolute(request, "api-item", layer.slug, uid), GEOJSON)
        for uid in successors
    ]
    return ItemRetired(successors=successors, links=links)


def feature_links(request: Request, slug: str, uid: str, *, is_past: bool) -> list[dict[str, Any]]:
    """Self and the collection; of the feature as it was then also what it is today."""
    today = absolute(request, "api-item", slug, uid)
    links = [
        link("self", request.build_absolute_uri() if is_past else today, GEOJSON),
        link("collection", absolute(request, "api-collection", slug), "application/json"),
    ]
    return [*links, link("latest-version", today, GEOJSON)] if is_past else links
