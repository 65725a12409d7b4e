"""Values in filters of fields that have listed values: another one would find nothing, silently."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.definition import Field, LayerDefinition
from layers.landuse import land_uses

Json = Any
COMPARED = ("=", "<>", "in")
SHOWN = 12
LAND_USE = re.compile(r"[A-Z]{3}(\+[A-Z]{3})*")


def choices_of(field: Field, language: str) -> dict[str, str]:
    """Code → label; empty for a field without a list."""
    kind = field.type
    if kind.name == "land_use":
        return {use.code: use.name(language) for use in land_uses()}
    return {choice.value: choice.label(language) for choice in kind.choices}


def strange_value(tree: Json, definition: LayerDefinition) -> str:
    """What to say of the first value that its field does not have; "" where all are right."""
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    fields = {field.name: field for field in definition.public_fields}
    for name, values in _compared(tree):
        field = fields.get(name)
        choices = choices_of(field, language) if field else {}
        if field is None or not choices:
            continue
        strange = next((value for value in values if not _is_listed(value, field, choices)), None)
        if strange is not None:
            return _("Trường “%(field)s” không có giá trị “%(value)s”. Các giá trị: %(list)s.") % {
                "field": field.label(language),
                "value": strange[:60],
                "list": _listed(strange, choices),
            }
    return ""


def _is_listed(value: str, field: Field, choices: dict[str, str]) -> bool:
    # Files bring codes of former laws, and several of one parcel with “+” between them.
    if field.type.name == "land_use":
        return LAND_USE.fullmatch(value) is not None
    return value in choices


def _listed(strange: str, choices: dict[str, str]) -> str:
    """The value that was meant first, where it is a label."""
    meant = strange.strip().casefold()
    ordered = sorted(choices.items(), key=lambda each: each[1].casefold() != meant)
    shown = "; ".join(f"{code} – {label}" for code, label in ordered[:SHOWN])
    return f"{shown}; …" if len(ordered) > SHOWN else shown


def _compared(tree: Json) -> Iterator[tuple[str, list[str]]]:
    """Names with the texts that they are compared with, anywhere in a tree, without recursion."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict) and isinstance(node.get("args"), list):
            args = node["args"]
            waiting += reversed(args)
            names = [arg["property"] for arg in args if isinstance(arg, dict) and "property" in arg]
            if str(node.get("op")).lower() in COMPARED and len(names) == 1:
                flat = [each for arg in args for each in (arg if isinstance(arg, list) else [arg])]
                yield str(names[0]), [each for each in flat if isinstance(each, str)]
