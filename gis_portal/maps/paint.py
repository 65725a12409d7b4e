"""How one layer is painted: MapLibre style layers from its definition and legend.

`style.py` puts them in order over the ground; `cells.py` paints what far zooms sum. Zooms are
MapLibre's; sizes are pixels.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from gis_portal.maps import cells
from layers.definition import PLACEHOLDER, Field, LayerDefinition
from layers.imagery import FEEDS
from layers.legend import LegendEntry, class_field, class_values
from tiles.source import cells_name

FONT = ["Be Vietnam Pro"]
Json = Any


@dataclass(frozen=True)
class Theme:
    """The colours around the data; the data's own colours are the same by day and night."""

    name: str
    sea: str
    land: str
    boundary: str
    text: str
    halo: str
    soft: str


LIGHT = Theme("light", "#cfe4e8", "#f7f3ea", "#6b7c93", "#0f2930", "#fffdf9", "#2f6470")
DARK = Theme("dark", "#0d2c36", "#10262e", "#6f8b93", "#eef4f2", "#0a1b21", "#8fb7c0")


@dataclass(frozen=True)
class Painter:
    """Writes the style layers of one definition in one language and theme."""

    definition: LayerDefinition
    language: str
    theme: Theme
    visible: bool

    def layers(self) -> dict[str, list[dict[str, Json]]]:
        """Style layers by tier: `area`, `line`, `point`, `label`; tiers are stacked in that
        order.
        """
        return {
            "polygon": self._polygon,
            "line": self._line,
            "point": self._point,
        }[self.definition.geometry]()

    def _layer(
        self, role: str, kind: str, *, of_cells: bool = False, **parts: Json
    ) -> dict[str, Json]:
        """A style layer with its id, source and metadata; `layout` gets the layer's visibility.

        Cells have no last zoom: tiles from the working zoom on hold none, and until those have
        come the map goes on drawing the farther tile, cells included.
        """
        slug, style = self.definition.slug, self.definition.style
        first = max(parts.pop("minzoom", style.min_zoom), style.min_zoom)
        layer: dict[str, Json] = {
            "id": f"{slug}:{role}",
            "type": kind,
            "source": slug,
            "source-layer": cells_name(slug) if of_cells else slug,
            "minzoom": first,
            "metadata": {"portal:layer": slug, "portal:role": role.rsplit("-", maxsplit=1)[-1]},
            **parts,
        }
        layer["layout"] = {
            **parts.get("layout", {}),
            "visibility": "visible" if self.visible else "none",
        }
        return layer

    def colour(self, *, of_cells: bool = False) -> Json:
        """The fill colour: one, or a `match` over the classes of the legend."""
        if not of_cells:
            return self._by_class(lambda entry: entry.colour, self.definition.style.color)
        tone = partial(cells.toned, self.definition)
        plain = tone(self.definition.style.color)
        return self._by_class(lambda entry: tone(entry.colour), plain, of_cells=True)

    def _by_class(self, pick: Any, otherwise: Json, *, of_cells: bool = False) -> Json:
        entries: tuple[LegendEntry, ...] = class_values(self.definition)
        pairs = [(entry.value, pick(entry)) for entry in entries]
        if not pairs or all(value == otherwise for _, value in pairs):
            return otherwise
        return [
            "match",
            self._class(of_cells=of_cells),
            *[part for pair in pairs for part in pair],
            otherwise,
        ]

    def _class(self, *, of_cells: bool) -> Json:
        """The class of a feature; of a combined land-use code (`ONT+CLN`) its first part. Cells
        carry theirs as `class` or under the field's name.
        """
        field = class_field(self.definition)
        named: Json = ["get", self.definition.style.by]
        got = ["to-string", ["coalesce", ["get", "class"], named] if of_cells else named]
        return ["slice", got, 0, 3] if field and field.type.name == "land_use" else got

    def _polygon(self) -> dict[str, list[dict[str, Json]]]:
        style = self.definition.style
        if self.definition.feeds == FEEDS:
            # Scenes are seen as pictures; of their footprints only the frame of a chosen one.
            return {"area": [self._outline()], "label": []}
        touched = ["boolean", ["feature-state", "hover"], False]
        fill = {
            "fill-color": self.colour(),
            "fill-opacity": ["case", touched, min(style.opacity + 0.25, 1), style.opacity],
        }
        squares = cells.squares(self.definition, self.colour(of_cells=True))
        area = [
            self._layer("cells", "fill", of_cells=True, paint=squares),
            self._layer("fill", "fill", paint=fill),
        ]
        if is_emphasised(self.definition):
            area += self._emphasis()
        area.append(self._outline())
        return {"area": area, "label": self._labels(placement="point")}

    def _outline(self) -> dict[str, Json]:
        style = self.definition.style
        widths = [style.working_zoom - 4, style.width * 0.3, style.working_zoom, style.width]
        grown = [*widths, style.working_zoom + 4, style.width * 2]
        paint: dict[str, Json] = {
            "line-color": style.outline,
            "line-width": ["interpolate", ["linear"], ["zoom"], *grown],
        }
        if not is_emphasised(self.definition):
            # Small shapes would be all outline: theirs is faint until the working zoom.
            fading = [style.working_zoom - 2, 0.35, style.working_zoom, 1]
            paint["line-opacity"] = ["interpolate", ["linear"], ["zoom"], *fading]
        if style.dash:
            paint["line-dasharray"] = list(style.dash)
        return self._layer("outline", "line", paint=paint, layout={"line-join": "round"})

    def _emphasis(self) -> list[dict[str, Json]]:
        """A layer with a heavy outline is meant to be found: a pale casing, and cells that are
        seen.
        """
        width = self.definition.style.width
        casing = {
            "line-color": self.theme.halo,
            "line-opacity": 0.9,
            "line-width": ["interpolate", ["linear"], ["zoom"], 8, width + 2, 16, width * 2 + 3],
        }
        marks = {"line-color": self.colour(of_cells=True), "line-width": 4}
        joined = {"line-join": "round"}
        return [
            self._layer("casing", "line", paint=casing, layout=joined),
            self._layer("seen-cells", "line", of_cells=True, paint=marks, layout=joined),
        ]

    def _line(self) -> dict[str, list[dict[str, Json]]]:
        style = self.definition.style
        width = self._by_class(lambda entry: entry.width, style.width)
        zoomed = ["interpolate", ["exponential", 1.4], ["zoom"]]
        line: dict[str, Json] = {
            "line-color": self.colour(),
            "line-opacity": style.opacity,
            "line-width": [*zoomed, 6, ["*", width, 0.4], 12, width, 18, ["*", width, 4]],
        }
        if style.dash:
            line["line-dasharray"] = list(style.dash)
        casing = {
            "line-color": self.theme.halo,
            "line-width": [
                *zoomed,
                6,
                ["*", width, 0.6],
                12,
                ["+", width, 2],
                18,
                ["+", ["*", width, 4], 4],
            ],
        }
        round_ = {"line-cap": "butt" if style.dash else "round", "line-join": "round"}
        squares = cells.squares(self.definition, self.colour(of_cells=True))
        lines = [
            self._layer("cells", "fill", of_cells=True, paint=squares),
            self._layer("casing", "line", paint=casing, layout=round_, minzoom=9),
            self._layer("line", "line", paint=line, layout=round_),
        ]
        return {"line": lines, "label": self._labels(placement="line")}

    def _point(self) -> dict[str, list[dict[str, Json]]]:
        style = self.definition.style
        near = style.working_zoom + 2
        large = max(style.radius * 1.6, 9)
        zoomed = ["interpolate", ["linear"], ["zoom"], style.min_zoom, style.radius * 0.7]
        point = {
            "circle-color": self.colour(),
            "circle-opacity": style.opacity,
            "circle-stroke-color": style.outline,
            "circle-stroke-width": style.width + 0.5,
            "circle-radius": [*zoomed, style.working_zoom, style.radius, near, large],
        }
        circles = cells.circles(self.definition, self.theme.halo)
        points = [
            self._layer("cells", "circle", of_cells=True, paint=circles),
            self._layer("point", "circle", paint=point),
        ]
        return {
            "point": points,
            "label": [*self._counts(), *self._marks(near), *self._labels("point")],
        }

    def _counts(self) -> list[dict[str, Json]]:
        """How many points a circle stands for."""
        layout, paint = cells.count_lettering(FONT, self.language)
        return [self._text("count-label", layout, paint, of_cells=True)]

    def _marks(self, near: int) -> list[dict[str, Json]]:
        """The legend's mark inside the circle, so that colour is not the only sign."""
        entries = class_values(self.definition)
        if not entries:
            return []
        layout = {
            "text-field": self._by_class(lambda entry: entry.mark, ""),
            "text-font": FONT,
            "text-size": 11,
            "text-allow-overlap": True,
        }
        paint = {"text-color": "#ffffff", "text-halo-color": "#000000aa", "text-halo-width": 1}
        return [self._text("mark-label", layout, paint, minzoom=near)]

    def _labels(self, placement: str) -> list[dict[str, Json]]:
        definition = self.definition
        if not definition.label:
            return []
        layout: dict[str, Json] = {
            "text-field": self._label_text(),
            "text-font": FONT,
            "text-size": ["interpolate", ["linear"], ["zoom"], 10, 12, 18, 15],
            "text-max-width": 9,
            "symbol-placement": placement,
        }
        if definition.geometry == "point":
            layout |= {"text-anchor": "top", "text-offset": [0, 1], "text-optional": True}
        return [self._text("label", layout, {}, minzoom=definition.label_min_zoom)]

    def _text(self, role: str, layout: Json, paint: Json, **parts: Json) -> dict[str, Json]:
        lettering = {
            "text-color": self.theme.text,
            "text-halo-color": self.theme.halo,
            "text-halo-width": 1.6,
            **paint,
        }
        return self._layer(role, "symbol", layout=layout, paint=lettering, **parts)

    def _label_text(self) -> Json:
        """The label template; polygons add their class in words one zoom closer."""
        definition = self.definition
        parts = _filled(definition.label, definition.by_name, self.language)
        field = class_field(definition)
        if (
            definition.geometry != "polygon"
            or field is None
            or f"{{{field.name}}}" in definition.label
        ):
            return parts
        both = ["concat", parts, "\n", _words(field, self.language)]
        return ["step", ["zoom"], parts, definition.label_min_zoom + 1, both]


def is_emphasised(definition: LayerDefinition) -> bool:
    """A polygon layer with a heavy outline is meant to be found at a glance (auction lots)."""
    return definition.geometry == "polygon" and definition.style.width >= 1.5


def _filled(template: str, fields: dict[str, Field], language: str) -> Json:
    """`Lô {code}` → an expression; a missing value is written as nothing."""
    parts: list[Json] = []
    for index, piece in enumerate(PLACEHOLDER.split(template)):
        if index % 2 == 0 and piece:
            parts.append(piece)
        elif index % 2:
            parts.append(_words(fields[piece], language))
    return ["concat", *parts]


def _words(field: Field, language: str) -> Json:
    """A value as a reader reads it: a choice by its label, anything else as it is."""
    got = ["to-string", ["coalesce", ["get", field.name], ""]]
    pairs = [part for c in field.type.choices for part in (c.value, c.label(language))]
    return ["match", got, *pairs, got] if pairs and field.type.name == "choice" else got
