"""`/api/collections/{slug}/queryables`: what items can be filtered by, as JSON Schema.

Every public field is there; `x-indexed` marks those that are fast in layers of a million.
"""

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from layers.api import openapi, pages
from layers.api.params import allow_only
from layers.api.render import not_modified, version_etag, with_cache_headers
from layers.api.resource import PlainJson, Resource, absolute, language, published_layer
from layers.cql2 import Queryable, queryables_of
from layers.definition import Field, LayerDefinition, Text


class SchemaJson(PlainJson):
    """JSON Schema has a media type of its own."""

    media_type = "application/schema+json"


class Queryables(Resource):
    """JSON Schema of what filters may name."""

    renderer_classes = (SchemaJson,)
    page = pages.QUERYABLES

    @extend_schema(
        operation_id="getQueryables",
        tags=["Capabilities"],
        summary="Các trường có thể lọc của một lớp",
        parameters=[openapi.SLUG, openapi.FORM, openapi.LANG],
        responses=openapi.answers(
            openapi.QUERYABLES, 400, 404, 406, media=SchemaJson.media_type, page=True
        ),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Only public fields stand here, whoever asks."""
        return schema_answer(request, slug, "api-queryables", queryables_schema)


def schema_answer(
    request: Request,
    slug: str,
    name: str,
    schema: Callable[[LayerDefinition, str, str], dict[str, Any]],
) -> HttpResponseBase:
    """A schema of what callers may name, at the address of that name."""
    layer, version = published_layer(slug, request)
    allow_only(request.GET, ("lang", "f"))
    etag, public = version_etag(request, layer, version), layer.is_public
    unchanged = not_modified(request, etag, version.published_at, public=public)
    if unchanged is not None:
        return unchanged
    response = Response(schema(layer.parsed, absolute(request, name, slug), language()))
    return with_cache_headers(response, etag, version.published_at, public=public)


def queryables_schema(definition: LayerDefinition, identifier: str, lang: str) -> dict[str, Any]:
    """What conditions may name: every public field, and what each feature has beside them."""
    named = queryables_of(definition).items()
    return {
        **schema_head(definition, identifier, lang),
        "properties": {
            name: described(q, definition, lang) for name, q in named if not q.synonym_of
        },
        "additionalProperties": False,
    }


def schema_head(definition: LayerDefinition, identifier: str, lang: str) -> dict[str, Any]:
    """What a JSON Schema says of itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "type": "object",
        "title": definition.title("en" if lang == "en" else "vi"),
    }


_GEOMETRY_FORMAT = {
    "point": "point-or-multipoint",
    "line": "linestring-or-multilinestring",
    "polygon": "polygon-or-multipolygon",
}
# What every feature has: title in both languages, schema.
_BUILT_IN: dict[str, tuple[Text, dict[str, Any]]] = {
    "unit": (
        Text("Mã đơn vị hành chính đang có hiệu lực", "Code of an administrative unit in force"),
        {"type": "string", "pattern": "^[0-9]{2,5}$"},
    ),
    "id": (
        Text("Mã bền của đối tượng", "Lasting identifier of the feature"),
        {"type": "string", "format": "uuid", "x-ogc-role": "id"},
    ),
    "area_m2": (
        Text("Diện tích theo lưới gốc", "Area in the source grid"),
        {"type": "number", "minimum": 0, "x-ogc-unit": "m2"},
    ),
    "length_m": (
        Text("Chiều dài theo lưới gốc", "Length in the source grid"),
        {"type": "number", "minimum": 0, "x-ogc-unit": "m"},
    ),
}


def described(queryable: Queryable, definition: LayerDefinition, lang: str) -> dict[str, Any]:
    """The schema of one name."""
    if queryable.field is not None:
        return field_schema(queryable.field, lang)
    if queryable.kind == "geometry":
        return {
            "x-ogc-role": "primary-geometry",
            "format": f"geometry-{_GEOMETRY_FORMAT[definition.geometry]}",
        }
    title, schema = _BUILT_IN[queryable.name]
    return {"title": title(lang), **schema}


def field_schema(field: Field, lang: str) -> dict[str, Any]:
    """One field: its type's schema with its label, and the labels of its choices."""
    schema = {"title": field.label("en" if lang == "en" else "vi"), **field.type.json_schema()}
    if field.type.choices:
        schema["oneOf" if "enum" in schema else "x-labels"] = [
            {"const": choice.value, "title": choice.label(lang)} for choice in field.type.choices
        ]
    if field.type.unit:
        schema["x-unit"] = field.type.unit
    if field.filterable:
        schema["x-indexed"] = True
    return schema
