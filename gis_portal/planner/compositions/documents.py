"""The document of a map: two sides of layers with their drawing, the view, how the sides stand.

What is saved is rebuilt member by member, so nothing else than this shape is ever kept or sent on.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from gis_portal.planner.compositions.classes import METHODS, themeable
from gis_portal.planner.compositions.errors import BadComposition
from gis_portal.planner.compositions.palettes import FEWEST, MOST, PALETTES
from layers.cql2 import compile_filter, queryables_of
from layers.models import Layer

Json = Any
MODES = ("one", "swipe", "side")
MOST_LAYERS = 30
LONGEST_GROUP = 60


def checked(raw: Json, layers: Iterable[Layer]) -> dict[str, Json]:
    """As it is kept. Raises BadComposition, BadFilter."""
    if not isinstance(raw, dict):
        raise BadComposition
    known = {layer.slug: layer for layer in layers}
    sides = raw.get("sides")
    if not isinstance(sides, list) or len(sides) != 2 or raw.get("mode") not in MODES:
        raise BadComposition
    view = raw.get("view")
    return {
        "mode": raw["mode"],
        "cut": _number(raw.get("cut", 0.5), 0, 1),
        "view": _view(view) if isinstance(view, dict) else None,
        "sides": [[_entry(each, known) for each in _rows(side)] for side in sides],
    }


def for_reader(document: Json, layers: Iterable[Layer]) -> dict[str, Json]:
    """Without the layers that this reader may not see; an empty map where there is none."""
    if not document:
        return {"mode": "one", "cut": 0.5, "view": None, "sides": [[], []]}
    known = {layer.slug for layer in layers}
    sides = [[each for each in side if each["layer"] in known] for side in document["sides"]]
    return {**document, "sides": sides}


def _rows(side: Json) -> list[Json]:
    if not isinstance(side, list) or len(side) > MOST_LAYERS:
        raise BadComposition
    return side


def _entry(raw: Json, known: dict[str, Layer]) -> dict[str, Json]:
    layer = known.get(str(raw.get("layer"))) if isinstance(raw, dict) else None
    if layer is None:
        raise BadComposition
    filter_ = raw.get("filter") or None
    if filter_ is not None:
        text = json.dumps(filter_)
        compile_filter(text, "cql2-json", queryables_of(layer.parsed))
    return {
        "layer": layer.slug,
        "on": raw.get("on") is not False,
        "opacity": _number(raw.get("opacity", 1), 0, 1),
        "group": str(raw.get("group") or "")[:LONGEST_GROUP],
        "filter": filter_,
        "theme": _theme(raw.get("theme"), layer),
    }


def _theme(raw: Json, layer: Layer) -> dict[str, Json] | None:
    if not raw:
        return None
    if not isinstance(raw, dict):
        raise BadComposition
    allowed = {"field": themeable(layer.parsed), "method": METHODS, "palette": PALETTES}
    # By their texts: what is no text has no place among names, and some of it cannot be looked up.
    if any(str(raw.get(name)) not in known for name, known in allowed.items()):
        raise BadComposition
    count = int(_number(raw.get("n", 5), FEWEST, MOST))
    return {**{name: str(raw[name]) for name in allowed}, "n": count}


def _view(raw: dict[str, Json]) -> dict[str, float]:
    return {
        "lon": _number(raw.get("lon"), -180, 180),
        "lat": _number(raw.get("lat"), -85, 85),
        "zoom": _number(raw.get("zoom"), 0, 22),
    }


def _number(raw: Json, least: float, most: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise BadComposition
    return min(max(float(raw), least), most)
