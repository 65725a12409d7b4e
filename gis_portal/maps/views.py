"""Pages with a map: home, catalogue, one layer, panels, design. Each only gathers and renders."""

import logging
import uuid
from collections import Counter
from functools import partial
from html import escape
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.figures.headline import headlines_of
from gis_portal.figures.panels import figures_of
from gis_portal.maps.cards import by_sector, card_of
from gis_portal.maps.client import client_config
from gis_portal.maps.compare import shown_versions
from gis_portal.maps.export_views import downloads
from gis_portal.maps.fields import field_rows
from gis_portal.maps.grids import definitions_for_browser
from gis_portal.maps.imagery import is_imagery, slider_address, taken
from gis_portal.maps.made import made_from
from gis_portal.maps.news import closing_soon, published_lately
from gis_portal.maps.package_views import whole_package
from gis_portal.maps.panel import FeaturePanel, feature_panel
from gis_portal.maps.place import parse_position, place_at
from gis_portal.maps.poster import poster_mark
from gis_portal.maps.tokens import token_names
from layers.catalogue import layer_by_slug, visible_layers
from layers.errors import PortalError
from layers.exports.formats import FORMATS
from layers.legend import LegendEntry
from layers.models import Layer
from layers.search.answer import search

log = logging.getLogger(__name__)
VERSIONS_SHOWN = 12
SEARCH_LENGTH, SEARCH_RESULTS = 200, 20


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The map. Without JavaScript: the layer list, the search form, the selected feature."""
    language = _language(request)
    layers = list(visible_layers(request.user))
    sectors = by_sector(layers, language)
    cards = [card for sector in sectors for card in sector.cards]
    context = {
        "sectors": sectors,
        "headline": headlines_of(
            (card.layer for card in cards if card.definition.home), request.user, language
        ),
        "closing": closing_soon(request.user, language),
        "news": published_lately(cards),
        "illustrative": any(card.is_illustrative for card in cards),
        "newest": max(
            (c.version.data_date for c in cards if c.version and c.version.data_date), default=None
        ),
        "panel": _selected(request, language),
        "config": client_config(layers, language),
        "poster": poster_mark(layers),
        **_found(request, layers),
    }
    return render(request, "home.html", context)


def _found(request: HttpRequest, layers: list[Layer]) -> dict[str, Any]:
    """`q=` of the search form without JavaScript: results, each leading to a page to read."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    if not query:
        return {"query": "", "found": None}
    answer = search(query, request.user, limit=SEARCH_RESULTS)
    registers = {layer.slug for layer in layers if layer.parsed.land.register}
    for result in answer["results"]:
        if result.get("layer") in registers and result.get("uid"):
            result["href"] = reverse("parcel", args=[result["uid"]])
        elif result.get("layer") == LOTS and result.get("uid"):
            result["href"] = reverse("lot", args=[result["uid"]])
        elif result.get("layer") and result.get("uid"):
            result["href"] = reverse("panel", args=[result["layer"], result["uid"]])
        else:
            place = urlencode({"lon": result["lon"], "lat": result["lat"]})
            result["href"] = f"{reverse('panel-place')}?{place}"
    return {"query": query, "found": answer}


def _selected(request: HttpRequest, language: str) -> FeaturePanel | None:
    """The panel named by `sel=slug/uid`; one that cannot be read is no reason to fail the map."""
    slug, _slash, uid = request.GET.get("sel", "").partition("/")
    try:
        return feature_panel(layer_by_slug(slug, request.user), uuid.UUID(uid), language)
    except (PortalError, ValueError):
        return None
    except (TypeError, ArithmeticError, LookupError):
        log.exception("The panel of the selection could not be made")
        return None


@require_safe
def layer_list(request: HttpRequest) -> HttpResponse:
    """The catalogue by sector."""
    sectors = by_sector(visible_layers(request.user), _language(request))
    states = Counter(card.freshness for sector in sectors for card in sector.cards)
    fresh = {"late": states["late"], "time": states["on-time"], "none": states["unknown"]}
    return render(request, "layers/list.html", {"sectors": sectors, "fresh": fresh})


@require_safe
def layer_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One layer: what, whose, how old, fields, legend, addresses, embed code, versions."""
    language = _language(request)
    layer = layer_by_slug(slug, request.user)
    versions, dates = shown_versions(layer), taken(layer)
    embed = request.build_absolute_uri(reverse("layer-embed", args=[slug]))
    context = {
        "card": card_of(layer, language),
        "fields": field_rows(layer.parsed, language),
        "versions": versions[:VERSIONS_SHOWN],
        "more_versions": len(versions) > VERSIONS_SHOWN,
        "made": made_from(layer),
        "figures": figures_of(layer, language),
        "config": client_config([layer], language, only=slug),
        "embed_code": f'<iframe src="{embed}" width="100%" height="420" loading="lazy" '
        f'title="{escape(layer.title(language), quote=True)}"></iframe>',
        "addresses": _addresses(request, layer),
        "taken": dates,
        "taken_compared": slider_address(dates),
        "package": whole_package(layer),
        "downloads": downloads(layer, language, tuple(FORMATS)),
        "slug": slug,
    }
    return render(request, "layers/page.html", context)


def _addresses(request: HttpRequest, layer: Layer) -> list[tuple[str, str]]:
    """(what, absolute address) of the layer's programming interfaces; of pictures those first."""
    slug = layer.slug
    pictures = [
        (_("Ảnh: danh sách ngày chụp (JSON)"), reverse("imagery-dates", args=[slug])),
        (_("Ảnh: ngày mới nhất (TileJSON)"), reverse("imagery-tilejson", args=[slug])),
    ]
    named = [
        *(pictures if is_imagery(layer) else []),
        (_("Tải GeoJSON (từng trang)"), reverse("api-items", args=[slug])),
        (_("Mô tả bộ dữ liệu (OGC API)"), reverse("api-collection", args=[slug])),
        (_("Các trường lọc được"), reverse("api-queryables", args=[slug])),
        (_("Mảnh bản đồ véc-tơ (TileJSON)"), reverse("tilejson", args=[slug])),
        (_("Mảnh bản đồ véc-tơ (OGC API – Tiles)"), reverse("api-tilesets", args=[slug])),
        (_("Kiểu vẽ của lớp (MapLibre)"), reverse("layer-style", args=[slug])),
    ]
    return [(label, request.build_absolute_uri(address)) for label, address in named]


@require_safe
def panel(request: HttpRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """The panel of one feature: a fragment with `fragment=1`, else a whole page."""
    found = feature_panel(layer_by_slug(slug, request.user), uid, _language(request))
    fragment = "fragment" in request.GET
    template = "panel/feature.html" if fragment else "panel/page.html"
    return render(request, template, {"panel": found, "fragment": fragment})


@require_safe
def panel_place(request: HttpRequest) -> HttpResponse:
    """What is at a place: `lon`, `lat` in degrees."""
    lon, lat = parse_position(request.GET.get("lon"), request.GET.get("lat"))
    found = place_at(lon, lat, visible_layers(request.user), _language(request))
    fragment = "fragment" in request.GET
    template = "panel/place.html" if fragment else "panel/place_page.html"
    return render(request, template, {"place": found, "fragment": fragment})


@require_safe
def crs(request: HttpRequest) -> JsonResponse:
    """The grids that coordinates are shown in, for programs and tests of the browser's code."""
    return JsonResponse(
        {"grids": definitions_for_browser()}, json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every token and component, both languages, light and dark."""
    entry = partial(LegendEntry, value="", outline="#0f2930", width=3, dash=())
    legend = (
        entry(label=_("Đất ở"), colour="#ffb4d8", shape="polygon", mark="ONT", count=1204),
        entry(label=_("Tim đường"), colour="#b53a1c", shape="line", mark="1", count=86),
        entry(label=_("Trạm viễn thông"), colour="#0b5f70", shape="point", mark="2", count=1959),
    )
    plots = SimpleNamespace(geometry="polygon", style=SimpleNamespace(color="#c98a2b"))
    card = SimpleNamespace(
        definition=plots, legend=legend, counted=_("thửa"), is_summed_far=True, has_classes=True
    )
    tokens = {"tokens": token_names(), "themes": ("light", "dark")}
    context = {**tokens, "legend": legend, "card": card}
    return render(request, "design.html", context)
