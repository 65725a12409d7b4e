"""What the search box gives: typed results with a place on the map, and notes in plain words.

Also how a feature is called: by its layer's popup title, in the reader's language.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlencode

from layers.definition import PLACEHOLDER, LayerDefinition

Kind = Literal["layer", "parcel", "unit", "lot", "place", "station", "coordinate", "feature"]
Bounds = tuple[float, float, float, float]
PARCEL_FIELDS = ("sheet_no", "parcel_no")


@dataclass(frozen=True)
class Result:
    """One answer. `bbox` is west, south, east, north; lon/lat lies on the thing itself."""

    kind: Kind
    title: str
    subtitle: str
    lon: float
    lat: float
    zoom: float
    layer: str | None = None
    uid: str | None = None
    bbox: Bounds | None = None

    def as_json(self, language: str) -> dict[str, Any]:
        """As `/api/search` answers it; `url` opens the map there."""
        return {
            "kind": self.kind,
            "title": self.title,
            "subtitle": self.subtitle,
            "layer": self.layer,
            "uid": self.uid,
            "lon": round(self.lon, 7),
            "lat": round(self.lat, 7),
            "bbox": [round(number, 7) for number in self.bbox] if self.bbox else None,
            "zoom": self.zoom,
            "url": self._permalink(language),
        }

    def _permalink(self, language: str) -> str:
        if self.kind == "layer":
            words = {"layers": self.layer, "lang": "en"} if language == "en" else None
            return "/?" + urlencode(words or {"layers": self.layer})
        query = {"at": f"{self.zoom:g}/{self.lat:.6f}/{self.lon:.6f}"}
        if self.layer:
            query = {"layers": self.layer, **query}
        if self.layer and self.uid:
            query["sel"] = f"{self.layer}/{self.uid}"
        if language == "en":
            query["lang"] = language
        return "/?" + urlencode(query, safe="/,")


@dataclass(frozen=True)
class Note:
    """Why the answer is as it is, and what to try next. `code` is stable."""

    code: str
    message: str


@dataclass(frozen=True)
class Findings:
    """Results in order and the notes that go with them."""

    results: tuple[Result, ...] = ()
    notes: tuple[Note, ...] = ()


def kind_of(definition: LayerDefinition) -> Kind:
    """What a feature of this layer is called in the list of results."""
    if definition.search_kind:
        return cast(Kind, definition.search_kind)
    return "parcel" if names_parcels(definition) else "feature"


def names_parcels(definition: LayerDefinition) -> bool:
    """The layer's public fields hold a sheet and a parcel number."""
    return {f.name for f in definition.public_fields} >= set(PARCEL_FIELDS)


def title_of(definition: LayerDefinition, properties: dict[str, Any], language: str) -> str:
    """The popup title filled in; without one, the first text that can be searched for."""
    template = definition.popup_title("en" if language == "en" else "vi")
    if any(properties.get(name) not in (None, "") for name in PLACEHOLDER.findall(template)):
        return PLACEHOLDER.sub(
            lambda found: _shown(definition, properties, found[1], language), template
        )
    for field in definition.searchable_fields:
        if properties.get(field.name):
            return field.type.format(properties[field.name], language)
    return definition.title("en" if language == "en" else "vi")


def summary_of(definition: LayerDefinition, properties: dict[str, Any], language: str) -> str:
    """The popup's declared summary in one line; parts whose fields are empty are left out."""
    parts = []
    for text in definition.summary:
        template = text(language)
        values = {name: properties.get(name) for name in PLACEHOLDER.findall(template)}
        if any(value in (None, "", []) for value in values.values()):
            continue
        for name, value in values.items():
            words = definition.by_name[name].type.brief(value, language)
            template = template.replace(f"{{{name}}}", words)
        parts.append(template)
    return " · ".join(parts)


def _shown(
    definition: LayerDefinition, properties: dict[str, Any], name: str, language: str
) -> str:
    field, value = definition.by_name.get(name), properties.get(name)
    return "" if field is None or value is None else field.type.format(value, language)
