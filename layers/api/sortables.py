"""`/api/collections/{slug}/sortables`: what items can be sorted by, as JSON Schema.

The name and shape are those of the draft of OGC API – Features, Part 8; no class of it is declared.
"""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from layers.api import openapi, pages
from layers.api.params_fields import sortables_of
from layers.api.queryables import SchemaJson, described, schema_answer, schema_head
from layers.api.resource import Resource
from layers.cql2 import queryables_of
from layers.definition import LayerDefinition


class Sortables(Resource):
    """JSON Schema of what `sortby` may name."""

    renderer_classes = (SchemaJson,)
    page = pages.SORTABLES

    @extend_schema(
        operation_id="getSortables",
        tags=["Capabilities"],
        summary="Các trường có thể xếp theo của một lớp",
        parameters=[openapi.SLUG, openapi.FORM, openapi.LANG],
        responses=openapi.answers(
            openapi.QUERYABLES, 400, 404, 406, media=SchemaJson.media_type, page=True
        ),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Only public fields stand here, whoever asks."""
        return schema_answer(request, slug, "api-sortables", sortables_schema)


def sortables_schema(definition: LayerDefinition, identifier: str, lang: str) -> dict[str, Any]:
    """What has one value with an order: numbers, texts, dates, yes and no."""
    named = sortables_of(queryables_of(definition)).items()
    return {
        **schema_head(definition, identifier, lang),
        "properties": {name: described(q, definition, lang) for name, q in named},
        "additionalProperties": False,
    }
