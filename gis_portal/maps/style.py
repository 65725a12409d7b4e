"""The MapLibre style of the whole map, derived from the catalogue: ground, layers, islands.

Pure: layers in, a dictionary out. No glyphs and no sprite: lettering is drawn with the page's own
font. `paint.py` writes the layers of one definition; `style_views.py` answers the request.
"""

from collections.abc import Iterable
from typing import Any

from gis_portal.maps.paint import DARK, FONT, LIGHT, Painter, Theme, is_emphasised
from layers.models import Layer
from layers.sovereignty import sovereignty_geojson
from tiles.source import cells_name
from tiles.tilejson import bounds, tile_address, zooms

TIERS = ("area", "line", "point", "label")
THEMES = {"light": LIGHT, "dark": DARK}
ISLANDS = "sovereignty"
NAMES = "unit-names"
Json = Any


def build_style(
    layers: Iterable[Layer],
    *,
    root: str,
    language: str,
    theme: str = "light",
    names: dict[str, Json] | None = None,
) -> dict[str, Json]:
    """The style (version 8) of these layers; those without a live version are left out.

    `root` is scheme and host: tiles are fetched by a worker, which needs whole addresses. `names`
    are the points of `unit_names`, drawn where the communes are.
    """
    drawn = [layer for layer in layers if layer.live_version]
    colours = THEMES[theme]
    ground = next((layer for layer in drawn if layer.parsed.feeds == "units"), None)
    return {
        "version": 8,
        "name": "Bản đồ" if language != "en" else "Map",
        "metadata": {"portal:theme": theme, "portal:language": language},
        "sources": {
            **{layer.slug: _source(layer, root, language) for layer in drawn},
            ISLANDS: {"type": "geojson", "data": sovereignty_geojson(language)},
            **({NAMES: {"type": "geojson", "data": names}} if names else {}),
        },
        "layers": [
            {
                "id": "background",
                "type": "background",
                "metadata": {"portal:role": "background"},
                "paint": {"background-color": colours.sea},
            },
            *_island_outlines(colours),
            *(_ground(ground, colours) if ground else []),
            *_stacked(drawn, language, colours, _ground_labels(ground, names, colours)),
            *_island_labels(colours),
        ],
    }


def _source(layer: Layer, root: str, language: str) -> dict[str, Json]:
    """Tiles inline, so that the first view needs no TileJSON; the version is in the address."""
    version, definition = layer.live_version, layer.parsed
    assert version is not None
    first, last = zooms(definition)
    return {
        "type": "vector",
        "tiles": [root + tile_address(layer)],
        "minzoom": first,
        "maxzoom": last,
        "bounds": bounds(version),
        "attribution": layer.attribution(language),
    }


def _stacked(
    layers: list[Layer], language: str, theme: Theme, names: list[dict[str, Json]]
) -> list[dict[str, Json]]:
    """Areas, lines, points, labels, upwards; within a tier the first of the list is on top.

    `names`, of the communes, are the lowest labels: they make room for numbers in circles.
    """
    tiers: dict[str, list[dict[str, Json]]] = {tier: [] for tier in TIERS}
    tiers["label"] += names
    for layer in sorted(layers, key=_height):
        definition = layer.parsed
        painter = Painter(definition, language, theme, visible=definition.home)
        for tier, found in painter.layers().items():
            if tier == "label" and definition.feeds == "units":
                continue  # the ground's names are always there
            tiers[tier] += [_with_tilejson(style_layer, layer) for style_layer in found]
    return [style_layer for tier in TIERS for style_layer in tiers[tier]]


def _height(layer: Layer) -> tuple[bool, bool, int, str]:
    """The ground's units lowest, what is meant to be found highest, else the list's order."""
    definition = layer.parsed
    return definition.feeds != "units", is_emphasised(definition), -layer.position, layer.slug


def _with_tilejson(style_layer: dict[str, Json], layer: Layer) -> dict[str, Json]:
    style_layer["metadata"]["portal:tilejson"] = f"/tiles/{layer.slug}/tilejson.json"
    return style_layer


def _ground(layer: Layer, theme: Theme) -> list[dict[str, Json]]:
    """The land with its boundaries, always there: it carries no `portal:layer`."""
    common = {"source": layer.slug, "source-layer": layer.slug}
    metadata = {"portal:role": "base"}
    line = {
        "line-color": theme.boundary,
        "line-opacity": 0.55,
        "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.4, 12, 1.2, 16, 2],
    }
    fill = {"fill-color": theme.land, "fill-antialias": False}
    # Far out, small communes are cells; the land must not have holes there.
    far = {**common, "source-layer": cells_name(layer.slug)}
    return [
        {"id": "base:cells", "type": "fill", **far, "metadata": metadata, "paint": fill},
        {"id": "base:land", "type": "fill", **common, "metadata": metadata, "paint": fill},
        {"id": "base:boundary", "type": "line", **common, "metadata": metadata, "paint": line},
    ]


def _ground_labels(layer: Layer | None, names: Json, theme: Theme) -> list[dict[str, Json]]:
    if layer is None or not names:
        return []
    return [
        {
            "id": "base:label",
            "type": "symbol",
            "source": NAMES,
            "minzoom": layer.parsed.label_min_zoom,
            "metadata": {"portal:role": "base"},
            "layout": {
                "text-field": ["get", "name"],
                "text-font": FONT,
                "text-size": ["interpolate", ["linear"], ["zoom"], 9, 11, 14, 15],
                "text-max-width": 8,
                "text-padding": 6,
                # A name may step aside for a number or another name.
                "text-variable-anchor": ["center", "bottom", "top", "left", "right"],
                "text-radial-offset": 1,
            },
            "paint": _lettering(theme.text, theme, opacity=0.8),
        }
    ]


def _island_outlines(theme: Theme) -> list[dict[str, Json]]:
    paint = {"line-color": theme.soft, "line-opacity": 0.6, "line-dasharray": [3, 3]}
    return [
        {
            "id": "sovereignty:outline",
            "type": "line",
            "source": ISLANDS,
            "filter": ["==", ["get", "kind"], "outline"],
            "metadata": {"portal:role": "sovereignty"},
            "paint": paint,
        }
    ]


def _island_labels(theme: Theme) -> list[dict[str, Json]]:
    """On top of everything, at every zoom, never hidden by another label."""
    common = {"type": "symbol", "source": ISLANDS, "metadata": {"portal:role": "sovereignty"}}
    layout = {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-max-width": 10,
        "text-allow-overlap": True,
    }
    return [
        {
            "id": "sovereignty:sea",
            **common,
            "filter": ["==", ["get", "kind"], "sea"],
            "layout": {**layout, "text-size": 16, "text-letter-spacing": 0.3},
            "paint": _lettering(theme.soft, theme),
        },
        {
            "id": "sovereignty:archipelago",
            **common,
            "filter": ["==", ["get", "kind"], "archipelago"],
            "layout": {**layout, "text-size": ["interpolate", ["linear"], ["zoom"], 3, 12, 8, 17]},
            "paint": _lettering(theme.text, theme),
        },
    ]


def _lettering(colour: str, theme: Theme, *, opacity: float = 1.0) -> dict[str, Json]:
    return {
        "text-color": colour,
        "text-halo-color": theme.halo,
        "text-halo-width": 1.6,
        "text-opacity": opacity,
    }
