"""The question read back in words: what is taken, what is done with it, what is counted.

A planner who reads it must be able to say “yes, that is what I meant” without knowing the document.
Reads any document, also one that is not right yet: what is missing is said as an ellipsis.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from gis_portal.planner.workbench.filter_words import field_label, filter_words
from gis_portal.planner.workbench.made_phrases import made_phrase
from gis_portal.planner.workbench.operation_words import (
    criterion_words,
    made_words,
    operation_words,
)
from layers.definition import LayerDefinition
from layers.values import group_digits

Json = Any
Definitions = Mapping[str, LayerDefinition]
NOTHING = "…"


@dataclass(frozen=True)
class Sentence:
    """`lines` are the steps in order; `result` says what is counted and by what."""

    lines: tuple[str, ...]
    result: str
    slivers: str
    names: Mapping[str, str] = field(default_factory=dict)


def sentence(
    document: Json, definitions: Definitions, language: str, areas: Mapping[str, str] | None = None
) -> Sentence:
    """`definitions` by slug, of the layers that the reader may see; `areas`: their names by id."""
    document = _table(document)
    reading = _Reading(definitions, language, areas or {})
    for name, raw in _table(document.get("inputs")).items():
        reading.take(str(name), _table(raw))
    for number, step in enumerate(_rows(document.get("steps")), 1):
        reading.step(number, step)
    return Sentence(
        tuple(reading.lines),
        reading.result(_table(document.get("result"))),
        _slivers(_table(document.get("slivers")), language),
        dict(reading.names),
    )


class _Reading:
    """What each name stands for, as far as it has been read."""

    def __init__(self, definitions: Definitions, language: str, areas: Mapping[str, str]) -> None:
        self.definitions, self.language, self.areas = definitions, language, areas
        self.names: dict[str, str] = {}
        self.layers: dict[str, LayerDefinition] = {}
        self.inputs: set[str] = set()
        self.lines: list[str] = []
        self.filters: dict[str, str] = {}
        self.phrases: dict[str, str] = {}

    def take(self, name: str, raw: dict[str, Json]) -> None:
        """An input: a layer with its filter, an own area, units of a day."""
        if "area" in raw:
            title = self.areas.get(str(raw["area"]), NOTHING)
            self.names[name] = _("vùng riêng “%(title)s”") % {"title": title}
            return
        if "units" in raw:
            self.names[name] = units_words(raw, self.language)
            return
        definition = self.definitions.get(str(raw.get("layer")))
        title = definition.title(self.language) if definition else str(raw.get("layer") or NOTHING)
        self.names[name] = f"“{title}”"
        if definition:
            self.layers[name] = definition
            self.inputs.add(name)
        words = filter_words(raw.get("filter"), definition, self.language)
        if words:
            self.filters[name] = words

    def step(self, number: int, raw: dict[str, Json]) -> None:
        """One operation, over inputs and steps before it."""
        op = str(raw.get("op"))
        of = str(raw.get("of") or raw.get("layer") or "")
        if op == "changes" and of in self.definitions:
            self.names.setdefault(of, f"“{self.definitions[of].title(self.language)}”")
            self.layers.setdefault(of, self.definitions[of])
        definition = self.layers.get(of)
        words = operation_words(raw, self.mention, definition, self.language)
        if criteria := self.criteria(raw.get("criteria"), definition):
            words = f"{words} {criteria}"
        if must := self.criteria(raw.get("must"), definition):
            words = _("%(step)s; chỉ xét đối tượng có: %(what)s") % {"step": words, "what": must}
        # One line a step, so that lines are numbered as the form numbers its steps.
        self.lines.append(f"{words}.")
        name = str(raw.get("id") or number)
        self.names[name] = _("%(what)s (bước %(n)s)") % {"what": made_words(raw), "n": number}
        self.phrases[name] = made_phrase(raw, self.phrase, number, self.language)
        if definition:
            self.layers[name] = definition

    def criteria(self, raw: Json, definition: LayerDefinition | None) -> str:
        """All criteria of a list in one go."""
        found = [criterion_words(c, self.mention, definition, self.language) for c in _rows(raw)]
        return "; ".join(found)

    def name(self, name: Json) -> str:
        """What a name of the document stands for."""
        return self.names.get(str(name), NOTHING)

    def mention(self, name: Json) -> str:
        """The same, an input with its filter where it is first spoken of."""
        words, condition = self.name(name), self.filters.pop(str(name), "")
        if not condition:
            return words
        return _("%(what)s (chỉ lấy %(filter)s)") % {"what": words, "filter": condition}

    def phrase(self, name: Json) -> str:
        """What a name stands for by its layers, without numbers of steps."""
        return self.phrases.get(str(name)) or self.mention(name)

    def result(self, raw: dict[str, Json]) -> str:
        measures = {
            "count": _("số phần"),
            "area_m2": _("diện tích"),
            "length_m": _("chiều dài"),
            "share": _("tỷ lệ"),
        }
        wanted = raw.get("measures") or ["count", "area_m2"]
        counted = [measures.get(str(m), str(m)) for m in wanted if isinstance(m, str)]
        groups = [self.group(each) for each in _rows(raw.get("group_by"))]
        what = self.phrase(raw.get("of"))
        values = {"measures": ", ".join(counted), "what": what, "groups": _(" và ").join(groups)}
        if not groups:
            return _("Tính %(measures)s của %(what)s.") % values
        return _("Tính %(measures)s của %(what)s, chia theo %(groups)s.") % values

    def group(self, raw: dict[str, Json]) -> str:
        """One grouping: units of a day, or a field of an input."""
        if "units" in raw:
            return units_words(raw, self.language)
        path = str(raw.get("field") or raw.get("sector") or NOTHING)
        source, _dot, name = path.rpartition(".")
        definition = self.layers.get(source)
        label = field_label(name, definition, self.language)
        if source not in self.inputs:
            return label[:1].lower() + label[1:]
        return _("%(field)s của %(layer)s") % {
            "field": label[:1].lower() + label[1:],
            "layer": self.name(source),
        }


def units_words(raw: dict[str, Json], language: str) -> str:
    """“xã, phường theo địa giới ngày 01/07/2025”."""
    level = {"commune": _("xã, phường"), "district": _("huyện (cũ)"), "province": _("tỉnh")}
    words = str(level.get(str(raw.get("units")), raw.get("units") or NOTHING))
    if not raw.get("on"):
        return words
    return _("%(units)s theo địa giới ngày %(day)s") % {
        "units": words,
        "day": written_day(str(raw["on"]), language),
    }


def written_day(day: str, language: str) -> str:
    """2025-07-01 → 01/07/2025, in English 1 July 2025; anything else as it is."""
    try:
        found = dt.date.fromisoformat(day)
    except ValueError:
        return day
    return date_format(found, "j F Y") if language == "en" else f"{found:%d/%m/%Y}"


def _slivers(raw: dict[str, Json], language: str) -> str:
    if not raw:
        return ""
    try:
        area, width = float(raw.get("area_m2") or 0), float(raw.get("width_m") or 0)
    except (TypeError, ValueError):
        return ""
    return _(
        "Mảnh vụn nhỏ hơn %(area)s m² hoặc hẹp hơn %(width)s m được tính riêng, không bỏ đi."
    ) % {"area": group_digits(area, None, language), "width": group_digits(width, None, language)}


def _table(raw: Json) -> dict[str, Json]:
    return raw if isinstance(raw, dict) else {}


def _rows(raw: Json) -> list[dict[str, Json]]:
    return [each for each in raw if isinstance(each, dict)] if isinstance(raw, list) else []
