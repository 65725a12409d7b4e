"""The MapLibre style of one layer alone, for maps of other programs: whole addresses, nothing of
the portal's own page is needed.

The same style layers as the portal's map, made visible, with the ground's colour and the islands.
"""

from typing import Any

from gis_portal.maps.style import build_style
from layers.models import Layer
from tiles.tilejson import centre

Json = Any


def layer_style(
    layer: Layer, *, root: str, language: str, theme: str, labels: bool
) -> dict[str, Json]:
    """The style (version 8); the layer has a live version, already fetched.

    `labels=False` leaves all lettering out, for programs that draw none without `glyphs`.
    """
    style = build_style([layer], root=root, language=language, theme=theme)
    lon, lat, zoom = centre(layer)
    shown = [_visible(one) for one in style["layers"] if labels or one["type"] != "symbol"]
    return {
        **style,
        "name": layer.title(language),
        "center": [lon, lat],
        "zoom": zoom,
        "layers": shown,
    }


def _visible(style_layer: dict[str, Json]) -> dict[str, Json]:
    """What the portal's map shows only when it is chosen is what was asked for here."""
    layout = {k: v for k, v in style_layer.get("layout", {}).items() if k != "visibility"}
    rest = {k: v for k, v in style_layer.items() if k != "layout"}
    return {**rest, "layout": layout} if layout else rest
