"""A layer's legend, derived from its definition: what the map draws and pages explain come from
here.

Colour is never the only sign: each entry has a short `mark` (the land-use code, or its number in
the list of choices) that the map writes on the feature and the legend beside the colour; lines
also differ in width.
"""

from dataclasses import dataclass

from layers.definition import Field, Geometry, LayerDefinition
from layers.fieldtypes import Choice
from layers.landuse import colour_of, land_uses, name_of

OTHER = "#8b8775"


@dataclass(frozen=True)
class LegendEntry:
    """One class: `value` as tiles carry it, `mark` and colour as drawn, `count` in the live
    version.
    """

    value: str
    mark: str
    label: str
    colour: str
    outline: str
    shape: Geometry
    width: float
    dash: tuple[float, ...]
    count: int | None


def legend(
    definition: LayerDefinition,
    facets: dict[str, dict[str, int]] | None,
    language: str,
    *,
    total: int | None = None,
) -> tuple[LegendEntry, ...]:
    """The classes that occur in the version (`LayerVersion.facets`); every declared one without
    facets.

    A layer drawn in one colour has one entry, its title with `total`.
    """
    field = class_field(definition)
    counts = (facets or {}).get(definition.style.by) or {}
    if field is None:
        return (_entry(definition, "", "", definition.title(language), count=total),)
    if field.type.name == "land_use":
        return _land_use(definition, counts, language)
    return tuple(
        _of_choice(definition, number, choice, counts, language)
        for number, choice in enumerate(field.type.choices, start=1)
        if not counts or choice.value in counts
    )


def class_field(definition: LayerDefinition) -> Field | None:
    """The field that colours follow; None when the layer has one colour."""
    field = definition.by_name.get(definition.style.by)
    if field is None or field.is_private:
        return None
    return field if field.type.name == "land_use" or field.type.choices else None


def class_values(definition: LayerDefinition) -> tuple[LegendEntry, ...]:
    """All classes a tile may hold, also those that do not occur now; land-use codes one by one."""
    field = class_field(definition)
    if field is not None and field.type.name == "land_use":
        counts = {use.code: 0 for use in land_uses() if use.colour}
        return _land_use(definition, counts, "vi")
    return legend(definition, None, "vi") if field is not None else ()


def _of_choice(
    definition: LayerDefinition,
    number: int,
    choice: Choice,
    counts: dict[str, int],
    language: str,
) -> LegendEntry:
    return _entry(
        definition,
        choice.value,
        str(number),
        choice.label(language),
        colour=choice.color,
        width=choice.width,
        count=counts.get(choice.value, 0) if counts else None,
    )


def _land_use(
    definition: LayerDefinition, counts: dict[str, int], language: str
) -> tuple[LegendEntry, ...]:
    """Most frequent first; a combined code (`ONT+CLN`) has the colour of its first part."""
    return tuple(
        _entry(
            definition,
            value,
            value,
            name_of(value, language),
            colour=colour_of(value, OTHER),
            count=count,
        )
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _entry(
    definition: LayerDefinition,
    value: str,
    mark: str,
    label: str,
    *,
    colour: str = "",
    width: float | None = None,
    count: int | None = None,
) -> LegendEntry:
    style = definition.style
    return LegendEntry(
        value=value,
        mark=mark,
        label=label,
        colour=colour or style.color,
        outline=style.outline,
        shape=definition.geometry,
        width=width or style.width,
        dash=style.dash,
        count=count,
    )
