"""The filters of a page of features in words, each with the way to take it away, and as a form."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from layers.api.resource import language
from layers.definition import Field, LayerDefinition
from layers.exports.formats import FORMATS
from layers.models import Layer
from layers.values import BadValue

# Say how a page looks, not which features are on it.
_NO_FILTERS = frozenset(
    {"limit", "after", "lang", "f", "crs", "bbox-crs", "filter-lang", "filter-crs"}
)
# What files have no use for: they hold all that was selected, in their own order.
_OF_LISTS = {"limit", "after", "f", "lang", "sortby", "skipGeometry"}
FILES = ("gpkg", "xlsx", "csv", "geojson")
# Boxes of the form; longer lists of fields are for programs.
MOST_BOXES = 8
Words = list[dict[str, str]]


def filters_in_words(query: QueryDict, definition: LayerDefinition) -> Words:
    """Each condition as a sentence part, and the address without it."""
    return [
        {
            "text": _condition(name, str(value), definition),
            "without": _query(query, {name, "after"}),
        }
        for name, value in query.items()
        if name not in _NO_FILTERS
    ]


def files_of(request: Request, layer: Layer, matched: int | None) -> list[dict[str, str]]:
    """The features that these conditions select as files; none where they are too many to wait
    for.
    """
    if matched is None or not 0 < matched <= settings.PORTAL_EXPORT_DIRECT:
        return []
    asked = _query(request.GET, _OF_LISTS)
    return [
        {
            "title": FORMATS[key].title(language()),
            "href": reverse("api-export-now", args=[layer.slug, key]) + asked.rstrip("?"),
        }
        for key in FILES
    ]


def without(request: Request, *names: str) -> str:
    """The address of this page without these parameters."""
    return _query(request.GET, set(names)) or request.path


def _query(query: QueryDict, left_out: set[str]) -> str:
    """Never empty: an empty href would be the page itself, with everything."""
    kept = [(name, value) for name, value in query.items() if name not in left_out | {"limit"}]
    return f"?{urlencode(kept)}" if kept else "?"


def _condition(name: str, value: str, definition: LayerDefinition) -> str:
    fixed = {
        "bbox": _("trong khung (tây, nam, đông, bắc) {value}"),
        "unit": _("thuộc đơn vị hành chính {value}"),
        "datetime": _("như đã công bố lúc {value}"),
        "filter": _("thỏa điều kiện CQL2: {value}"),
        "sortby": _("xếp theo {value}"),
        "properties": _("chỉ các trường {value}"),
        "skipGeometry": _("không kèm hình: {value}"),
    }
    if name in fixed:
        return fixed[name].format(value=value)
    field = definition.by_name.get(name)
    if field is None or field.is_private:
        return f"{name} = {value}"
    return f"{field.label(language())}: {_in_words(field, value)}"


def _in_words(field: Field, text: str) -> str:
    try:
        return field.type.format(field.type.coerce(text), language())
    except BadValue:
        return text


def form_of(query: QueryDict, definition: LayerDefinition) -> dict[str, Any]:
    """Boxes for the declared filterable fields and the unit; what else was asked goes along."""
    fields = definition.filterable_fields[:MOST_BOXES]
    boxes = [_box(field, query.get(field.name, "")) for field in fields]
    boxes.append(
        {
            "name": "unit",
            "label": _("Mã đơn vị hành chính"),
            "value": query.get("unit", ""),
            "choices": [],
        }
    )
    named = {box["name"] for box in boxes} | {"after", "limit", "f"}
    kept = [(name, value) for name, value in query.items() if name not in named]
    return {"boxes": boxes, "kept": kept}


def _box(field: Field, value: str) -> dict[str, Any]:
    choices = [(choice.value, choice.label(language())) for choice in field.type.choices]
    if field.type.name == "boolean":
        choices = [("true", _("có")), ("false", _("không"))]
    return {
        "name": field.name,
        "label": field.label(language()),
        "value": value,
        "choices": choices,
    }
