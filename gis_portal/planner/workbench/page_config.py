"""What the workbench's pages tell their script: layers with readable fields, areas, words.

Mirrored in `frontend/src/planner/document.ts`.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_portal.maps.client import client_config
from gis_portal.planner.permissions import areas_visible_to
from gis_portal.planner.workbench.builder_words import builder_words
from gis_portal.planner.workbench.filter_words import field_label
from layers.catalogue import visible_layers
from layers.cql2 import Queryable, queryables_of
from layers.definition import LayerDefinition
from layers.landuse import land_uses
from layers.models import Layer
from layers.values import unit_in

Json = Any
KINDS = {
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "date": "date",
    "moment": "date",
    "list": "list",
    "text": "text",
    "unit": "text",
}
# Communes of today, and those before the merger.
DATES = ("2025-07-01", "2025-06-30")


def readable_layers(request: HttpRequest) -> list[Layer]:
    """Published layers with shapes that this reader may see, in the order of the list."""
    return [
        layer
        for layer in visible_layers(request.user).published()
        if layer.parsed.feeds != "imagery"
    ]


def map_config(layers: Iterable[Layer], language: str) -> dict[str, Json]:
    """`portal-config` of a page of the workbench."""
    config = client_config(list(layers), language)
    return {**config, "text": {**config["text"], **builder_words()}}


def planner_config(request: HttpRequest, layers: Iterable[Layer], language: str) -> dict[str, Json]:
    """`planner-config`: what a question may be asked of."""
    return {
        "layers": [_layer(layer, language) for layer in layers],
        "areas": [{"id": str(a.pk), "title": a.name} for a in areas_visible_to(request.user)],
        "units": [
            {"value": "commune", "label": _("Xã, phường")},
            {"value": "district", "label": _("Huyện (cũ)")},
            {"value": "province", "label": _("Tỉnh")},
        ],
        "dates": [
            {"value": DATES[0], "label": _("địa giới mới (từ 01/07/2025)")},
            {"value": DATES[1], "label": _("địa giới cũ (30/06/2025)")},
        ],
        "wordsUrl": reverse("planner-words"),
        "previewUrl": "/api/analyses/preview",
        "csrf": get_token(request),
    }


def _layer(layer: Layer, language: str) -> dict[str, Json]:
    definition = layer.parsed
    return {
        "slug": layer.slug,
        "title": layer.title(language),
        "geometry": definition.geometry,
        "fields": [
            _field(queryable, field_label(name, definition, language), language)
            for name, queryable in queryables_of(definition).items()
            if queryable.kind in KINDS and not queryable.synonym_of and _is_of(name, definition)
        ],
    }


def _is_of(name: str, definition: LayerDefinition) -> bool:
    """Length of areas and area of lines say nothing."""
    measures = {"area_m2": "polygon", "length_m": "line"}
    return definition.geometry == measures.get(name, definition.geometry)


def _field(queryable: Queryable, label: str, language: str) -> dict[str, Json]:
    kind = queryable.field.type if queryable.field else None
    choices: list[dict[str, str]] = []
    if kind is not None and kind.name == "land_use":
        choices = [
            {"value": u.code, "label": f"{u.code} – {u.name(language)}"} for u in land_uses()
        ]
    elif kind is not None:
        choices = [{"value": c.value, "label": c.label(language)} for c in kind.choices]
    return {
        "name": queryable.name,
        "label": label,
        "kind": KINDS[queryable.kind],
        "unit": unit_in(kind.unit, language) if kind else "",
        "choices": choices,
    }
