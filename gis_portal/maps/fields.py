"""The public fields of a layer as its page lists them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.definition import LayerDefinition


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


def field_rows(definition: LayerDefinition, language: str) -> tuple[FieldLine, ...]:
    """Public fields in declared order, in the reader's words."""
    return tuple(
        FieldLine(
            name=field.name,
            label=field.label(language),
            type=type_word(field.type.name),
            unit=field.type.unit,
            choices=tuple(ChoiceLine(c.label(language), c.color) for c in field.type.choices),
        )
        for field in definition.public_fields
    )


def type_word(name: str) -> str:
    """The field type in plain words."""
    words = {
        "text": _("chữ"),
        "integer": _("số nguyên"),
        "decimal": _("số"),
        "boolean": _("có hoặc không"),
        "date": _("ngày"),
        "datetime": _("ngày giờ"),
        "choice": _("một giá trị trong danh sách"),
        "choices": _("nhiều giá trị trong danh sách"),
        "land_use": _("mã loại đất"),
        "unit": _("mã đơn vị hành chính"),
        "url": _("đường dẫn"),
        "money": _("số tiền"),
    }
    return words.get(name, name)
