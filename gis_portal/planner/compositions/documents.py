"""The document of a map: two sides of layers and results with their drawing, the view, how the
sides stand.

What is saved is rebuilt member by member, so nothing else than this shape is ever kept or sent on.
"""

import json
import math
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from gis_portal.planner.compositions.classes import METHODS, themeable
from gis_portal.planner.compositions.errors import BadComposition
from gis_portal.planner.compositions.palettes import FEWEST, MOST, PALETTES
from layers.cql2 import compile_filter, queryables_of
from layers.models import Layer

Json = Any
MODES = ("one", "swipe", "side")
MOST_LAYERS = 30
LONGEST_GROUP = 60
EMPTY: dict[str, Json] = {"mode": "one", "cut": 0.5, "view": None, "sides": [[], []]}


def checked(raw: Json, layers: Iterable[Layer], runs: Collection[UUID] = ()) -> dict[str, Json]:
    """As it is kept: of these layers and results. Raises BadComposition, BadFilter."""
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
        "sides": [[_entry(each, known, runs) for each in _rows(side)] for side in sides],
    }


def for_reader(
    document: Json, layers: Iterable[Layer], runs: Collection[UUID] = ()
) -> dict[str, Json]:
    """Without the layers and results that this reader may not see; an empty map where there is
    none.
    """
    if not document:
        return EMPTY
    known = {layer.slug for layer in layers}
    seen = {str(run) for run in runs}
    sides = [
        [each for each in side if each["layer"] in known or each.get("run") in seen]
        for side in document["sides"]
    ]
    return {**document, "sides": sides}


def runs_in(raw: Json) -> set[UUID]:
    """Numbers of the runs whose results stand in it, also in one that was not checked yet."""
    sides = raw.get("sides") if isinstance(raw, dict) else None
    entries = [
        each
        for side in (sides if isinstance(sides, list) else [])[:2]
        for each in (side if isinstance(side, list) else [])[:MOST_LAYERS]
    ]
    numbers = (number_of(each.get("run")) for each in entries if isinstance(each, dict))
    return {number for number in numbers if number is not None}


def number_of(raw: Json) -> UUID | None:
    """Of a run; None where it is none."""
    try:
        return UUID(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def result_entry(run: UUID) -> dict[str, Json]:
    """A result as it is put on a map."""
    return _result({}, run)


def _rows(side: Json) -> list[Json]:
    if not isinstance(side, list) or len(side) > MOST_LAYERS:
        raise BadComposition
    return side


def _result(raw: dict[str, Json], run: UUID) -> dict[str, Json]:
    """Has the classes of its question: neither theme nor filter."""
    return {"layer": "", "run": str(run), **_shown(raw), "filter": None, "theme": None}


def _shown(raw: dict[str, Json]) -> dict[str, Json]:
    return {
        "on": raw.get("on") is not False,
        "opacity": _number(raw.get("opacity", 1), 0, 1),
        "group": str(raw.get("group") or "")[:LONGEST_GROUP],
    }


def _entry(raw: Json, known: dict[str, Layer], runs: Collection[UUID]) -> dict[str, Json]:
    run = number_of(raw.get("run")) if isinstance(raw, dict) else None
    if run is not None and run in runs:
        return _result(raw, run)
    layer = known.get(str(raw.get("layer"))) if isinstance(raw, dict) else None
    if layer is None:
        raise BadComposition
    filter_ = raw.get("filter") or None
    if filter_ is not None:
        text = json.dumps(filter_)
        compile_filter(text, "cql2-json", queryables_of(layer.parsed))
    return {
        "layer": layer.slug,
        **_shown(raw),
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
