"""`/layers/{slug}/places/`: a layer's features as places to choose among (`[gallery]`).

Tourism points today; any layer that declares a gallery. Pictures lie elsewhere and are linked, not
shown: the pages load nothing from other hosts.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_portal.figures.places import communes
from gis_portal.figures.views import language_of
from gis_portal.maps.cards import card_of
from gis_portal.maps.panel import Fact, facts_of, feature_title
from layers.catalogue import layer_by_slug
from layers.cql2 import Sql, queryables_of
from layers.definition import Field, LayerDefinition
from layers.errors import PortalError
from layers.models import Layer, LayerVersion
from layers.queries import Form, Selection, SortKey, features_page
from layers.shown_as import Gallery

PAGE = 24
_ID = 18


class NoPlaces(PortalError):
    """The layer does not say how its features are shown as places."""

    code, status = "no-places", 404
    title = gettext_lazy("Lớp này không có trang giới thiệu từng nơi")
    hint = gettext_lazy("Xem bảng dữ liệu của lớp ở trang của lớp.")


@dataclass(frozen=True)
class Place:
    """One card."""

    uid: str
    title: str
    kind: str
    colour: str
    rank: str
    unit: str
    text: str
    photo: str
    link: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Choice:
    """One value of a filter; `count` in the whole layer."""

    value: str
    label: str
    count: int
    query: str
    is_chosen: bool


@require_safe
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of cards; filters by kind, rank and unit work without scripts."""
    language = language_of(request)
    layer = layer_by_slug(slug, request.user)
    gallery = layer.parsed.shown.gallery
    if gallery is None:
        raise NoPlaces
    context: dict[str, Any] = {"card": card_of(layer, language)}
    if layer.live_version is not None:
        units = communes(language)
        asked = _asked(request, layer.parsed, gallery, [unit.code for unit in units])
        found, after = _page(
            layer, layer.live_version, asked, request.GET.get("after", ""), language
        )
        context |= {
            "places": found,
            "kinds": _choices(layer.parsed, layer.live_version, gallery.kind, asked, language),
            "ranks": _choices(layer.parsed, layer.live_version, gallery.rank, asked, language),
            "units": [unit for unit in units if unit.has_shape],
            "asked": asked,
            "all": _items(layer, asked),
            "next": urlencode({**asked, "after": after}) if after else "",
            "first": urlencode(asked),
            "is_first": "after" not in request.GET,
        }
    return render(request, "layers/places.html", context)


def _asked(
    request: HttpRequest, definition: LayerDefinition, gallery: Gallery, codes: list[str]
) -> dict[str, str]:
    """The filters that mean something: declared choices and units in force."""
    asked = {}
    for name in filter(None, (gallery.kind, gallery.rank)):
        value = request.GET.get(name, "")
        if value in {choice.value for choice in definition.by_name[name].type.choices}:
            asked[name] = value
    unit = request.GET.get("unit", "")
    return {**asked, "unit": unit} if unit in codes else asked


def _items(layer: Layer, asked: dict[str, str]) -> str:
    address = reverse("api-items", args=[layer.slug])
    return f"{address}?{urlencode(asked)}" if asked else address


def _choices(
    definition: LayerDefinition,
    version: LayerVersion,
    name: str,
    asked: dict[str, str],
    language: str,
) -> list[Choice]:
    """Those that occur, as the version was measured."""
    if not name:
        return []
    counts = version.facets.get(name, {})
    rest = {key: value for key, value in asked.items() if key != name}
    return [
        Choice(
            choice.value,
            choice.label(language),
            counts[choice.value],
            urlencode({**rest, name: choice.value}),
            asked.get(name) == choice.value,
        )
        for choice in definition.by_name[name].type.choices
        if counts.get(choice.value)
    ]


def _page(
    layer: Layer, version: LayerVersion, asked: dict[str, str], after: str, language: str
) -> tuple[list[Place], int | None]:
    """Cards, the highest rank first, and behind which feature to go on."""
    definition, gallery = layer.parsed, layer.parsed.shown.gallery
    assert gallery is not None
    names = queryables_of(definition)
    selection = Selection(
        version_id=version.pk,
        unit=asked.get("unit", ""),
        equal=tuple((names[name], value) for name, value in asked.items() if name != "unit"),
        sort=_by_rank(definition, gallery),
    )
    form = Form(definition.public_fields, geometry=False)
    start = int(after) if after.isascii() and after.isdigit() and len(after) <= _ID else None
    page = features_page(selection, form, limit=PAGE, after=start)
    if page is None:  # the version that the address went on in is no more
        page = features_page(selection, form, limit=PAGE)
    assert page is not None
    features = (json.loads(feature) for feature in page.features)
    found = [_place(definition, gallery, feature, language) for feature in features]
    return found, page.last_id if page.has_more else None


def _by_rank(definition: LayerDefinition, gallery: Gallery) -> tuple[SortKey, ...]:
    """In the order of the declaration, which is that of importance."""
    keys = []
    for name in filter(None, (gallery.rank, gallery.kind)):
        order = [choice.value for choice in definition.by_name[name].type.choices]
        place = Sql("array_position(%s::text[], (f.properties ->> %s))", (order, name))
        keys.append(SortKey(place))
    return tuple(keys)


def _place(
    definition: LayerDefinition, gallery: Gallery, feature: dict[str, Any], language: str
) -> Place:
    values = feature["properties"]
    kind = definition.by_name.get(gallery.kind)
    told = values.get(gallery.text(language)) or values.get(gallery.text_vi) or ""
    return Place(
        uid=feature["id"],
        title=feature_title(definition, values, language)
        or feature_title(definition, values, "vi")
        or str(feature["id"])[:8],
        kind=_words(kind, values, language),
        colour=_colour(kind, values),
        rank=_words(definition.by_name.get(gallery.rank), values, language),
        unit=values.get("unit_name") or "",
        text=str(told),
        photo=_address(values.get(gallery.photo)),
        link=_address(values.get(gallery.link)),
        facts=facts_of(definition, values, gallery.details, language),
    )


def _words(field: Field | None, values: dict[str, Any], language: str) -> str:
    value = values.get(field.name) if field else None
    return field.type.format(value, language) if field and value else ""


def _colour(field: Field | None, values: dict[str, Any]) -> str:
    value = values.get(field.name) if field else None
    choices = field.type.choices if field else ()
    return next((choice.color for choice in choices if choice.value == value), "")


def _address(value: object) -> str:
    """Only what a browser opens as a page."""
    text = str(value or "")
    return text if text.startswith(("http://", "https://")) else ""
