"""One layer as a Folium page for other websites: no CDN, no other host, its own policy.

Folium writes the map's script; Leaflet and the layer that draws vector tiles come from the portal's
own build (`frontend/src/entries/embed.ts`). Only the blocks that Folium writes get this answer's
nonce.
"""

import re
import secrets
from typing import Any

import folium
from branca.element import Figure, MacroElement
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from jinja2 import Template

from gis_portal.maps.cards import LayerCard, card_of
from gis_portal.maps.cells import SIDE_AT_ZOOM_0, toned
from gis_portal.maps.client import NO_UID
from gis_portal.maps.imagery import is_imagery
from gis_portal.templatetags.portal import day
from layers.catalogue import layer_by_slug, live_version, visible_layers
from layers.models import Layer
from layers.sovereignty import ARCHIPELAGOS
from tiles.imagery import described
from tiles.imagery.scenes import SIZE, live_scenes

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors *"
)
# The ground colour of the light map style (`paint.py`).
LAND = "#f7f3ea"
_BLOCK = re.compile(r"<(script|style)>")


class LocalMap(folium.Map):
    """Folium's map without the scripts it would load from elsewhere."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class Frame(MacroElement):
    """Metric scale bar and the names of the islands: `L.portalFrame` of the portal's build."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.portalFrame({{ this._parent.get_name() }}, {{ this.islands|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, language: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is untyped
        self._name = "Frame"
        self.islands = [
            {"lat": place.lat, "lon": place.lon, "name": place.label(language)}
            for place in ARCHIPELAGOS
        ]


class PortalTiles(MacroElement):
    """The layer's vector tiles: `L.portalTiles` of the portal's build."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.portalTiles({{ this.options|tojson }}).addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is untyped
        self._name = "PortalTiles"
        self.options = options


class FirstView(MacroElement):
    """The layer's extent, or home where that would show nothing: `L.portalFit`."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.portalFit({{ this._parent.get_name() }}, {{ this.bounds|tojson }}, "
        "{{ this.home|tojson }}, {{ this.min_zoom|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, extent: tuple[float, float, float, float], min_zoom: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is untyped
        west, south, east, north = extent
        self._name = "FirstView"
        self.bounds = [[south, west], [north, east]]
        self.home = list(settings.PORTAL_HOME_VIEW)
        self.min_zoom = min_zoom


@require_safe
@xframe_options_exempt
def layer_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The embedded map of one layer. Raises UnknownLayer, LayerNotPublished."""
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    layer = layer_by_slug(slug, request.user)
    live_version(layer)
    card = card_of(layer, language)
    nonce = secrets.token_urlsafe(16)
    figure = _figure(card, language).get_root()
    assert isinstance(figure, Figure)
    figure.render()
    context = {
        "card": card,
        "nonce": nonce,
        "head": _with_nonce(figure.header.render(), nonce),
        "body": mark_safe(figure.html.render()),  # noqa: S308 - Folium's own empty <div>
        "script": mark_safe(figure.script.render()),  # noqa: S308 - data only through |tojson
    }
    response = render(request, "layers/embed.html", context)
    response["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return response


def _with_nonce(header: str, nonce: str) -> SafeString:
    """Folium's head holds its own <style> and <script> and no data of the layer."""
    return mark_safe(_BLOCK.sub(rf'<\1 nonce="{nonce}">', header))  # noqa: S308


def _figure(card: LayerCard, language: str) -> LocalMap:
    lon, lat, zoom = settings.PORTAL_HOME_VIEW
    page = LocalMap(location=[lat, lon], zoom_start=round(zoom) + 1, tiles=None, max_zoom=20)
    units = _units(card, language)
    if units is not None:
        PortalTiles(units).add_to(page)
    options = _options(card, language)
    if is_imagery(card.layer):
        _add_pictures(page, card, language)
        options["fillOpacity"] = 0
    PortalTiles(options).add_to(page)
    Frame(language).add_to(page)
    if card.version and card.version.extent:
        FirstView(card.version.extent.extent, card.definition.style.min_zoom).add_to(page)
    return page


def _add_pictures(page: LocalMap, card: LayerCard, language: str) -> None:
    """The newest pictures, below the frames of all: whose they are and of which day is said."""
    scenes = live_scenes(card.layer)
    if not scenes.dates:
        return
    date = scenes.dates[0]
    found = scenes.by_date[date]
    first, last = scenes.zooms(found)
    west, south, east, north = described.bounds(found)
    whose = described.attribution(card.layer, found, language)
    # A square of 512 pixels stands for four of Leaflet's: it is asked for one zoom before.
    folium.TileLayer(
        tiles=described.address(scenes, date),
        attr=escape(f"{whose}, {day(date)}"),
        control=False,
        min_zoom=first + 1,
        max_zoom=20,
        max_native_zoom=last + 1,
        tile_size=SIZE,
        zoom_offset=-1,
        bounds=[[south, west], [north, east]],
    ).add_to(page)


def _options(card: LayerCard, language: str) -> dict[str, Any]:
    style, definition = card.definition.style, card.definition
    entries = {entry.value: entry for entry in card.legend if entry.value}
    return {
        "tilejson": reverse("tilejson", args=[card.slug]),
        "slug": card.slug,
        "geometry": definition.geometry,
        "by": style.by,
        "colours": {value: entry.colour for value, entry in entries.items()},
        "classes": {value: entry.label for value, entry in entries.items()},
        "color": style.color,
        "outline": style.outline,
        "fillOpacity": style.opacity,
        "width": style.width,
        "radius": style.radius,
        "titleTemplate": definition.popup_title(language) or definition.label,
        "layerTitle": card.title,
        "panelUrl": reverse("panel", args=[card.slug, NO_UID]),
        "more": _("Xem đầy đủ"),
        **_cells(card),
        "interactive": True,
    }


def _cells(card: LayerCard) -> dict[str, Any]:
    """How sums of far zooms are drawn and told; `words.py` has the same texts for the big map."""
    definition, things = card.definition, card.counted
    kind = (
        _("Số: nhiều {things}") if definition.geometry == "point" else _("Ô gộp các {things} nhỏ")
    )
    return {
        "workingZoom": definition.style.working_zoom,
        "cellColours": {e.value: toned(definition, e.colour) for e in card.legend if e.value},
        "cellColor": toned(definition, definition.style.color),
        "cellKind": _("Số liệu gộp, không phải của một {things}").format(things=things),
        "cellTitle": _("{count} {things} gộp lại ở đây").replace("{things}", things),
        "cellZoom": _("Phóng to để thấy từng {things}").format(things=things),
        "cellSide": round(SIDE_AT_ZOOM_0),
        "cellNote": kind.format(things=things),
        "language": card.language,
    }


def _units(card: LayerCard, language: str) -> dict[str, Any] | None:
    """Outlines of the communes as the ground below the layer, when they are published."""
    layers = visible_layers().published()
    units: Layer | None = next((x for x in layers if x.parsed.feeds == "units"), None)
    if units is None or units.slug == card.slug:
        return None
    options = _options(card_of(units, language), language)
    return {**options, "fillOpacity": 1, "color": LAND, "width": 1, "interactive": False}
