"""What the map's script is told: versions, legends, palettes, addresses, where a new map opens.

Mirrored in `frontend/src/planner/map/composition.ts`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.urls import reverse

from gis_portal.planner.compositions.palettes import FEWEST, MOST, PALETTES, UNKNOWN
from gis_portal.planner.printing.ground import mainland
from layers.crs import WGS84, by_code, transform_geometries
from layers.legend import class_field, legend
from layers.models import Layer

Json = Any


def told(layers: Sequence[Layer], language: str) -> dict[str, Json]:
    """Of these layers, which the reader may see."""
    return {
        "versions": {layer.slug: layer.live_version_id for layer in layers},
        "classesUrl": reverse("planner-map-classes"),
        "tilesUrl": f"{reverse('planner-map')}tiles",
        "home": home(),
        "legends": {layer.slug: _legend(layer, language) for layer in layers},
        "classed": {
            layer.slug: field.label(language)
            for layer in layers
            if (field := class_field(layer.parsed)) is not None
        },
        "densities": {
            layer.slug: layer.parsed.style.opacity
            for layer in layers
            if layer.parsed.geometry == "polygon"
        },
        "palettes": [
            {
                "slug": palette.slug,
                "title": str(palette.title),
                "kind": palette.kind,
                "colours": palette.colours(5),
            }
            for palette in PALETTES.values()
        ],
        "counts": list(range(FEWEST, MOST + 1)),
        "unknown": UNKNOWN,
    }


def home() -> list[float] | None:
    """West, south, east, north in degrees of the main land, islands far out left aside."""
    grid = by_code(settings.PORTAL_GRID)
    ground = mainland(grid.code)
    if ground is None:
        return None
    moved = transform_geometries(np.array([shapely.box(*ground)]), grid, WGS84)
    return [round(float(edge), 5) for edge in shapely.bounds(moved)[0]]


def _legend(layer: Layer, language: str) -> list[dict[str, str]]:
    """Classes that occur, of combined land-use codes the first part alone, as they are painted."""
    facets = layer.live_version.facets if layer.live_version else None
    entries = legend(layer.parsed, facets, language)
    field = class_field(layer.parsed)
    is_use = field is not None and field.type.name == "land_use"
    return [
        {"label": entry.label, "colour": entry.colour}
        for entry in entries
        if not (is_use and "+" in entry.value)
    ]
