"""What the map page tells its script: addresses, layers, grids, words.

Mirrored in `frontend/src/config.ts`.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from gis_portal.maps.grids import definitions_for_browser
from gis_portal.maps.imagery import imagery_config, imagery_words
from gis_portal.maps.words import words
from layers.models import Layer

NO_UID = "00000000-0000-0000-0000-000000000000"


def client_config(
    layers: Iterable[Layer], language: str, *, only: str | None = None
) -> dict[str, Any]:
    """The configuration as JSON-ready data; `only` names the layer of a layer page's small map."""
    layers = list(layers)
    return {
        "lang": language,
        "styleUrl": f"{reverse('style')}?lang={language}",
        "searchUrl": reverse("api-search"),
        "panelUrl": reverse("panel", args=["__slug__", NO_UID]),
        "placeUrl": reverse("panel-place"),
        "homeUrl": reverse("home"),
        "stagesUrl": reverse("auction-stages"),
        "homeView": list(settings.PORTAL_HOME_VIEW),
        "bounds": list(settings.PORTAL_EXTENT),
        "layers": [_layer(layer, language) for layer in layers if layer.live_version],
        "imagery": imagery_config(layers, language),
        "grids": definitions_for_browser(),
        "only": only,
        "text": {**words(), **imagery_words()},
    }


def _layer(layer: Layer, language: str) -> dict[str, Any]:
    definition, version = layer.parsed, layer.live_version
    extent = version.extent.extent if version and version.extent else None
    return {
        "slug": layer.slug,
        "title": layer.title(language),
        "geometry": definition.geometry,
        "home": definition.home,
        "illustrative": bool(version and version.is_illustrative),
        "titleTemplate": definition.popup_title(language) or definition.label,
        "minZoom": definition.style.min_zoom,
        "workingZoom": definition.style.working_zoom,
        "counted": definition.counted(language),
        "by": definition.style.by,
        "bounds": list(extent) if extent else None,
    }
