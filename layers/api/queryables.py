"""`/api/collections/{slug}/queryables`: what items can be filtered by, as JSON Schema."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi
from layers.api.params import allow_only
from layers.api.render import not_modified, version_etag, with_cache_headers
from layers.api.resource import PlainJson, Resource, absolute, language, published_layer
from layers.definition import Field, LayerDefinition


class SchemaJson(PlainJson):
    """JSON Schema has a media type of its own."""

    media_type = "application/schema+json"


class Queryables(Resource):
    """JSON Schema of the declared filterable fields."""

    renderer_classes = (SchemaJson,)

    @extend_schema(
        operation_id="getQueryables",
        tags=["Capabilities"],
        summary="Các trường có thể lọc của một lớp",
        parameters=[openapi.SLUG, openapi.LANG],
        responses=openapi.answers(openapi.QUERYABLES, 400, 404, media=SchemaJson.media_type),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Only public fields stand here, whoever asks."""
        layer, version = published_layer(slug, request)
        allow_only(request.GET, ("lang", "f"))
        etag, public = version_etag(request, layer, version), layer.is_public
        unchanged = not_modified(request, etag, version.published_at, public=public)
        if unchanged is not None:
            return unchanged
        identifier = absolute(request, "api-queryables", slug)
        response = Response(queryables_schema(layer.parsed, identifier, language()))
        return with_cache_headers(response, etag, version.published_at, public=public)


def queryables_schema(definition: LayerDefinition, identifier: str, lang: str) -> dict[str, Any]:
    """The schema; `geometry` is filtered by `bbox`, `unit` is a code of a unit in force."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "type": "object",
        "title": definition.title("en" if lang == "en" else "vi"),
        "properties": {
            "geometry": {
                "x-ogc-role": "primary-geometry",
                "format": f"geometry-{_GEOMETRY_FORMAT[definition.geometry]}",
            },
            "unit": {
                "title": "Administrative unit" if lang == "en" else "Đơn vị hành chính",
                "type": "string",
                "pattern": "^[0-9]{2,5}$",
            },
            **{f.name: queryable(f, lang) for f in definition.filterable_fields},
        },
        "additionalProperties": False,
    }


_GEOMETRY_FORMAT = {
    "point": "point-or-multipoint",
    "line": "linestring-or-multilinestring",
    "polygon": "polygon-or-multipolygon",
}


def queryable(field: Field, lang: str) -> dict[str, Any]:
    """One field: its type's schema with its label, and the labels of its choices."""
    schema = {"title": field.label("en" if lang == "en" else "vi"), **field.type.json_schema()}
    if field.type.choices:
        schema["oneOf" if "enum" in schema else "x-labels"] = [
            {"const": choice.value, "title": choice.label(lang)} for choice in field.type.choices
        ]
    if field.type.unit:
        schema["x-unit"] = field.type.unit
    return schema
