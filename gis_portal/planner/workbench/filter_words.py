"""A CQL2 filter as a person says it, where it is made of plain comparisons; else as it is written.

The form makes nothing but plain comparisons, so what is made by clicks is always read in words.
"""

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.results.words import derived_label
from layers.cql2.limits import Meter
from layers.cql2.refusal import Refusal
from layers.cql2.written import read
from layers.definition import LayerDefinition
from layers.landuse import name_of
from layers.values import group_digits

Json = Any


def filter_tree(raw: Json) -> Json:
    """The filter of a document, text or JSON, as the tree of CQL2 JSON; None where there is none
    or where it cannot be read.
    """
    if not raw:
        return None
    if not isinstance(raw, str):
        return raw
    try:
        return read(raw, "cql2-text", Meter.from_settings()).tree
    except (Refusal, RecursionError):
        return None


def plain_tree(raw: Json) -> Json:
    """The tree of a text that is plain comparisons joined by one `and` or `or`, as the form edits
    it; None for any other filter.
    """
    tree = filter_tree(raw) if isinstance(raw, str) else None
    if not isinstance(tree, dict):
        return None
    parts = tree.get("args") if tree.get("op") in ("and", "or") else [tree]
    plain = isinstance(parts, list) and all(
        isinstance(part, dict)
        and isinstance(part.get("args"), list)
        and _comparison(str(part.get("op")), part["args"], None, "vi")
        for part in parts
    )
    return json.loads(json.dumps(tree, default=float)) if plain else None


def filter_text(raw: Json) -> str:
    """As it stands in the document, for a box that shows it."""
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def filter_words(raw: Json, definition: LayerDefinition | None, language: str) -> str:
    """“Loại đất là ONT và Diện tích ít nhất 10.000”; "" without a filter."""
    if not raw:
        return ""
    words = _condition(filter_tree(raw), definition, language)
    return words or f"“{filter_text(raw)}”"


def _condition(tree: Json, definition: LayerDefinition | None, language: str) -> str:
    """Words of a tree; "" where a part of it has none."""
    if not isinstance(tree, dict) or not isinstance(tree.get("args"), list):
        return ""
    op, args = str(tree.get("op")), tree["args"]
    if op in ("and", "or"):
        parts = [_condition(arg, definition, language) for arg in args]
        between = _(" và ") if op == "and" else _(" hoặc ")
        return between.join(parts) if all(parts) else ""
    if op == "not" and len(args) == 1:
        inner = _condition(args[0], definition, language)
        return _("không phải (%(condition)s)") % {"condition": inner} if inner else ""
    return _comparison(op, args, definition, language)


def _comparison(op: str, args: list[Json], definition: LayerDefinition | None, lang: str) -> str:
    if not args or not isinstance(args[0], dict) or "property" not in args[0]:
        return ""
    name = str(args[0]["property"])
    values = args[1] if op == "in" and len(args) == 2 and isinstance(args[1], list) else args[1:]
    if any(isinstance(value, dict | list) for value in values):
        return ""
    said = [_value(value, name, definition, lang) for value in values]
    template = comparison_words().get(op)
    if template is None or (len(said) != _ARGUMENTS.get(op, 1) and op != "in"):
        return ""
    first, last = (said[0], said[-1]) if said else ("", "")
    return template % {
        "field": field_label(name, definition, lang),
        "value": ", ".join(said) if op == "in" else first,
        "to": last,
    }


_ARGUMENTS = {"isNull": 0, "between": 2}


def comparison_words() -> dict[str, str]:
    """Operator of CQL2 → sentence over `field`, `value` and `to`."""
    return {
        "=": _("%(field)s là %(value)s"),
        "<>": _("%(field)s khác %(value)s"),
        ">=": _("%(field)s từ %(value)s trở lên"),
        "<=": _("%(field)s đến %(value)s"),
        ">": _("%(field)s trên %(value)s"),
        "<": _("%(field)s dưới %(value)s"),
        "in": _("%(field)s là một trong: %(value)s"),
        "like": _("%(field)s giống “%(value)s”"),
        "isNull": _("%(field)s chưa ghi"),
        "between": _("%(field)s từ %(value)s đến %(to)s"),
    }


def field_label(name: str, definition: LayerDefinition | None, language: str) -> str:
    """What a field is called, of a layer or made by a step; its name where nobody knows it."""
    built_in = {"area_m2": _("Diện tích (m²)"), "length_m": _("Chiều dài (m)"), "unit": _("Mã xã")}
    field = definition.by_name.get(name) if definition else None
    if field is None or field.is_private:
        return str(built_in.get(name) or derived_label(name))
    return field.label(language)


def _value(value: Json, name: str, definition: LayerDefinition | None, language: str) -> str:
    field = definition.by_name.get(name) if definition else None
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if field is not None and field.type.name == "land_use" and isinstance(value, str):
        named = name_of(value, language)
        return f"{value} ({named})" if named != value else value
    if field is not None and not field.is_private:
        stored = float(value) if isinstance(value, Decimal) else value
        return field.type.format(stored, language)
    if isinstance(value, int | float | Decimal):
        return group_digits(value, None, language)
    return str(value)
