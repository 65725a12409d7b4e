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
from gis_portal.planner.compositions.telling import home
from gis_portal.planner.permissions import areas_visible_to
from gis_portal.planner.workbench.builder_words import builder_words
from gis_portal.planner.workbench.filter_words import field_label
from gis_portal.planner.workbench.sentence import written_day
from layers.catalogue import visible_layers
from layers.cql2 import Queryable, queryables_of
from layers.definition import LayerDefinition
from layers.landuse import land_uses
from layers.models import Layer, LayerVersion
from layers.past import READABLE
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
# Districts ended with the merger.
LEVELS = {DATES[0]: ["commune", "province"], DATES[1]: ["commune", "district", "province"]}


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
    return {**config, "mainland": home(), "text": {**config["text"], **builder_words()}}


def planner_config(request: HttpRequest, layers: Iterable[Layer], language: str) -> dict[str, Json]:
    """`planner-config`: what a question may be asked of."""
    return {
        "layers": _layers(list(layers), language),
        "areas": [{"id": str(a.pk), "title": a.name} for a in areas_visible_to(request.user)],
        "units": [
            {"value": "commune", "label": _("Xã, phường")},
            {"value": "district", "label": _("Huyện (cũ)")},
            {"value": "province", "label": _("Tỉnh")},
        ],
        "dates": [
            {"value": value, "label": label, "levels": LEVELS[value]}
            for value, label in boundary_days()
        ],
        "wordsUrl": reverse("planner-words"),
        "previewUrl": "/api/analyses/preview",
        "csrf": get_token(request),
    }


def boundary_days() -> tuple[tuple[str, str], ...]:
    """Days by which boundaries are asked for, with their words."""
    return (
        (DATES[0], _("địa giới mới (từ 01/07/2025)")),
        (DATES[1], _("địa giới cũ (30/06/2025)")),
    )


def _layers(layers: list[Layer], language: str) -> list[dict[str, Json]]:
    """With the versions that two of can be compared: one query for all layers."""
    found = LayerVersion.objects.filter(layer__in=layers, state__in=READABLE).order_by("-number")
    versions: dict[int, list[LayerVersion]] = {}
    for version in found:
        versions.setdefault(version.layer_id, []).append(version)
    return [_layer(layer, versions.get(layer.pk, []), language) for layer in layers]


def _versions(versions: list[LayerVersion], language: str) -> list[dict[str, str]]:
    """“live” and “previous” first: what they mean changes with the data, numbers stay."""
    days = {
        v.number: written_day(v.data_date.isoformat(), language) for v in versions if v.data_date
    }
    numbered = [
        {
            "value": str(v.number),
            "label": _("bản %(number)s, dữ liệu ngày %(day)s")
            % {"number": v.number, "day": days.get(v.number, "…")},
        }
        for v in versions
    ]
    words = {"live": _("bản đang công bố"), "previous": _("bản liền trước")}
    return [*({"value": value, "label": label} for value, label in words.items()), *numbered]


def _layer(layer: Layer, versions: list[LayerVersion], language: str) -> dict[str, Json]:
    definition = layer.parsed
    queryables = {
        name: queryable
        for name, queryable in queryables_of(definition).items()
        if queryable.kind in KINDS and not queryable.synonym_of and _is_of(name, definition)
    }
    labels = {name: field_label(name, definition, language) for name in queryables}
    declared = {labels[name] for name, queryable in queryables.items() if queryable.field}
    return {
        "versions": _versions(versions, language),
        "slug": layer.slug,
        "title": layer.title(language),
        "geometry": definition.geometry,
        "fields": [
            _field(queryable, labels[name], language)
            for name, queryable in queryables.items()
            # What every feature has, where the layer itself says the same by the same name.
            if queryable.field or labels[name] not in declared
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
