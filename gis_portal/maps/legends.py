"""The legend as pages show it: colour, words and how many, so that colour is never the only sign."""

from dataclasses import dataclass
from functools import cache

from layers.definition import LayerDefinition
from layers.models import LandUseCode, Layer

OTHER_COLOUR = "#8b8775"


@dataclass(frozen=True)
class LegendEntry:
    """One line: `shape` is the layer's geometry kind, `code` a short sign shown beside the colour."""

    label: str
    colour: str
    outline: str
    shape: str
    code: str = ""
    value: str = ""
    count: int | None = None


def legend(layer: Layer, language: str) -> tuple[LegendEntry, ...]:
    """The classes that occur in the live version (all declared ones before publication)."""
    definition = layer.parsed
    field = definition.by_name.get(definition.style.by)
    counts: dict[str, int] = {}
    if layer.live_version:
        counts = layer.live_version.facets.get(definition.style.by, {})
    if field is None:
        return (_plain(layer, definition, language),)
    if field.type.name == "land_use":
        return _land_use(definition, counts, language)
    return tuple(
        LegendEntry(
            label=choice.label(language),
            colour=choice.color or definition.style.color,
            outline=definition.style.outline,
            shape=definition.geometry,
            value=choice.value,
            count=counts.get(choice.value, 0) if counts else None,
        )
        for choice in field.type.choices
        if not counts or choice.value in counts
    )


def _plain(layer: Layer, definition: LayerDefinition, language: str) -> LegendEntry:
    style, version = definition.style, layer.live_version
    return LegendEntry(
        label=layer.title(language),
        colour=style.color,
        outline=style.outline,
        shape=definition.geometry,
        count=version.feature_count if version else None,
    )


def _land_use(
    definition: LayerDefinition, counts: dict[str, int], language: str
) -> tuple[LegendEntry, ...]:
    """Most frequent first; a combined code is drawn in the colour of its first part."""
    entries = []
    for value, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        known = land_use_codes().get(value.split("+")[0])
        name = (known.name_en if language == "en" else known.name_vi) if known else value
        entries.append(
            LegendEntry(
                label=name,
                colour=(known.colour if known and known.colour else OTHER_COLOUR),
                outline=definition.style.outline,
                shape=definition.geometry,
                code=value,
                value=value,
                count=count,
            )
        )
    return tuple(entries)


@cache
def land_use_codes() -> dict[str, LandUseCode]:
    """The reference table, read once a process: it changes only with a release."""
    return {entry.code: entry for entry in LandUseCode.objects.all()}
