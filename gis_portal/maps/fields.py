"""The public fields of a layer as its page lists them."""

from dataclasses import dataclass

from layers.definition import LayerDefinition
from layers.type_words import TYPE_WORDS
from layers.values import unit_in


@dataclass(frozen=True)
class ChoiceLine:
    """One allowed value."""

    label: str
    color: str


@dataclass(frozen=True)
class FieldLine:
    """One row of the table of fields."""

    name: str
    label: str
    type: str
    unit: str
    choices: tuple[ChoiceLine, ...]
    is_required: bool
    is_filterable: bool
    is_searchable: bool


def field_rows(definition: LayerDefinition, language: str) -> tuple[FieldLine, ...]:
    """Public fields in declared order, in the reader's words."""
    return tuple(
        FieldLine(
            name=field.name,
            label=field.label(language),
            type=str(TYPE_WORDS.get(field.type.name, field.type.name)),
            unit=unit_in(field.type.unit, language),
            choices=tuple(ChoiceLine(c.label(language), c.color) for c in field.type.choices),
            is_required=field.required,
            is_filterable=field.filterable,
            is_searchable=bool(field.searchable),
        )
        for field in definition.public_fields
    )
