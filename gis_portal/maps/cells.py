"""How far zooms are painted: squares that sum small shapes, circles that count points.

They must not be taken for parcels, plots or stations: no outline, and the more of a square is such
land the stronger its colour. Far out they are strong enough to be found; one zoom before the shapes
themselves they have the shapes' own strength, so that nothing jumps. `paint.py` gives them their
place in the style; `tiles/lod.py` makes them; the page's words are in
`templates/components/detail.html`.
"""

from typing import Any

from layers.definition import LayerDefinition
from tiles.grid import EXTENT
from tiles.lod import SHAPE_CELL

Json = Any
# Side of a square at zoom 0, metres at the equator (24° north it is 9 % less,
# which no eye sees in a colour's strength).
SIDE_AT_ZOOM_0 = SHAPE_CELL / EXTENT * 40_075_016.68
# A square is never fainter than this part of its strength, and full from this share of its ground.
FAINTEST, FULL_SHARE = 0.75, 0.8
FAR_OPACITY = 1.0
# So much of the outline's colour is in a square: pale land uses can be found far out, and many
# small outlined shapes look just so.
OUTLINE_SHARE = 0.25
# Without an area (short roads) the number counts: four in a square are a dense net.
DENSE = 4


def squares(definition: LayerDefinition, colour: Json) -> dict[str, Json]:
    """Paint of the squares; antialiasing would draw a seam around each."""
    return {"fill-color": colour, "fill-antialias": False, "fill-opacity": _strength(definition)}


def toned(definition: LayerDefinition, colour: str) -> str:
    """A class's colour as squares have it: #rrggbb, some of the outline's colour in it."""
    parts = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (colour, definition.style.outline)]
    mixed = [a + (b - a) * OUTLINE_SHARE for a, b in zip(*parts, strict=True)]
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def _strength(definition: LayerDefinition) -> Json:
    """Opacity by share of the ground (by number for lines), from first zoom to working zoom."""
    style = definition.style
    zooms = range(style.min_zoom, max(style.working_zoom, style.min_zoom + 1))
    steps: list[Json] = []
    for zoom in zooms:
        near = (zoom - zooms[0]) / max(len(zooms) - 1, 1)
        far = max(style.opacity, FAR_OPACITY)
        full = round(far + (style.opacity - far) * near, 3)
        steps += [zoom, _by_share(definition, zoom, full)]
    return steps[1] if len(zooms) == 1 else ["step", ["zoom"], *steps[1:]]


def _by_share(definition: LayerDefinition, zoom: int, full: float) -> Json:
    """Opacity within one zoom."""
    measure: Json = ["get", "n"]
    most = DENSE
    if definition.geometry == "polygon":
        measure = ["coalesce", ["get", "area"], 0]
        most = round((SIDE_AT_ZOOM_0 / 2**zoom) ** 2 * FULL_SHARE)
    least = round(full * FAINTEST, 3)
    return ["interpolate", ["linear"], measure, 0, least, most, full]


def circles(definition: LayerDefinition, ring: str) -> dict[str, Json]:
    """Paint of the circles that count points; they grow with the square root of the number."""
    size = ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 10, 8, 15, 45, 20]
    return {
        "circle-color": definition.style.color,
        "circle-opacity": 0.9,
        "circle-stroke-color": ring,
        "circle-stroke-width": 2,
        "circle-radius": size,
    }


def count_lettering(font: list[str], language: str) -> tuple[Json, Json]:
    """Layout and paint of the number in a circle; names of places keep out of its way."""
    locale = "en" if language == "en" else "vi"
    layout = {
        "text-field": ["number-format", ["get", "n"], {"locale": locale}],
        "text-font": font,
        "text-size": 12,
        "text-allow-overlap": True,
        "text-padding": 3,
    }
    paint = {"text-color": "#ffffff", "text-halo-color": "#00000088", "text-halo-width": 1}
    return layout, paint
