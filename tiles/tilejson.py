"""TileJSON 3.0.0 of a layer's live version, derived from its definition."""

import hashlib
import json
import math
from typing import Any

from layers.definition import LayerDefinition
from layers.models import Layer, LayerVersion
from tiles.source import cells_name, source_for

# Beyond this the map library enlarges: a grid unit is 0.15 m there.
LAST_ZOOM = 16
WORLD = (-180.0, -85.05112877980659, 180.0, 85.0511287798066)
CELL_FIELDS = {
    "vi": {
        "n": "Số đối tượng trong ô",
        "area": "Tổng diện tích, m²",
        "class": "Loại chiếm nhiều đất nhất trong ô",
    },
    "en": {"n": "Features in the cell", "area": "Total area, m²", "class": "Class with most land"},
}


def tile_address(layer: Layer) -> str:
    """The address template of the live version's tiles, without a host.

    Tiles are kept for ever by whoever fetched them. A version's rows never change, but a planner
    may change what its tiles carry: then the digest, and so the address, is another one. `as`
    tells the map that it has to say who is asking; tiles for everybody are fetched without cookies,
    so that one kept answer serves them all.
    """
    version_id = layer.live_version_id
    assert version_id is not None
    source = source_for(layer.parsed, version_id, is_public=layer.is_public)
    address = f"/tiles/{layer.slug}/{version_id}/{{z}}/{{x}}/{{y}}.mvt?d={source.digest}"
    return address if layer.is_public else f"{address}&as=reader"


def zooms(definition: LayerDefinition) -> tuple[int, int]:
    """First and last zoom of tiles; the last is never under the working zoom."""
    style = definition.style
    return style.min_zoom, max(LAST_ZOOM, style.working_zoom)


def bounds(version: LayerVersion) -> list[float]:
    """West, south, east, north in degrees; the whole grid where the extent is not known."""
    extent = version.extent.extent if version.extent else WORLD
    return [round(float(edge), 6) for edge in extent]


def centre(layer: Layer) -> tuple[float, float, int]:
    """Longitude, latitude and zoom of a first view: the whole extent on a screen of some 800
    pixels, no deeper than the zoom at which every feature is drawn.
    """
    assert layer.live_version is not None
    west, south, east, north = bounds(layer.live_version)
    first, last = zooms(layer.parsed)
    span = max(east - west, north - south, 360 / 2**22)
    zoom = int(math.log2(360 * 800 / 512 / span))
    deepest = min(last, layer.parsed.style.working_zoom)
    return (
        round((west + east) / 2, 6),
        round((south + north) / 2, 6),
        min(max(zoom, first), max(first, deepest)),
    )


def tilejson(layer: Layer, root: str, language: str) -> dict[str, Any]:
    """The document; `root` is scheme and host. The layer has a live version, already fetched."""
    version, definition = layer.live_version, layer.parsed
    assert version is not None
    first, last = zooms(definition)
    return {
        "tilejson": "3.0.0",
        "name": layer.title(language),
        "description": definition.description(language),
        "version": f"{version.number}.0.0",
        "attribution": layer.attribution(language),
        "scheme": "xyz",
        "tiles": [root + tile_address(layer)],
        "minzoom": first,
        "maxzoom": last,
        "bounds": bounds(version),
        "center": list(centre(layer)),
        "vector_layers": vector_layers(definition, language),
        "portal": {
            "version_id": version.id,
            "version": version.number,
            "working_zoom": definition.style.working_zoom,
            "data_date": version.data_date.isoformat() if version.data_date else None,
            "illustrative": version.is_illustrative,
            "features": version.feature_count,
        },
    }


def vector_layers(definition: LayerDefinition, language: str) -> list[dict[str, Any]]:
    """The tile layers with their attributes: features, and cells below the working zoom."""
    first, last = zooms(definition)
    fields = {"uid": "uid", **{f.name: f.label(language) for f in definition.tile_fields}}
    found = [{"id": definition.slug, "fields": fields, "minzoom": first, "maxzoom": last}]
    if first < definition.style.working_zoom:
        cells = dict(CELL_FIELDS["en" if language == "en" else "vi"])
        found.append(
            {
                "id": cells_name(definition.slug),
                "fields": cells,
                "minzoom": first,
                "maxzoom": definition.style.working_zoom - 1,
            }
        )
    return found


def digest(document: dict[str, Any]) -> tuple[str, str]:
    """A JSON document as text, with a strong validator of it."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
