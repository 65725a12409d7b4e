"""LIKE, CASEI and ACCENTI: texts compared in part, or without regard to case and accents."""

from typing import Any

from django.utils.translation import gettext as _

from layers.cql2 import literals
from layers.cql2.refusal import Refusal
from layers.cql2.sql import Sql, joined
from layers.cql2.typed import Typed

FOLDS = {
    # Full folding of what lower() leaves: the standard's own example is CASEI('Οδος'), 'Straße'.
    "casei": "replace(translate(lower({}), 'ς', 'σ'), 'ß', 'ss')",
    # đ becomes d as well: unaccent's rules know Vietnamese.
    "accenti": "unaccent({})",
}
# What escapes in patterns given to the database. A backslash would not do: unaccent makes one of
# U+FF3C, and a pattern that ends in one is an error.
_ESCAPE = "\ue000"


def folded(op: str, arg: Typed, node: Any) -> Typed:
    """CASEI(arg) or ACCENTI(arg)."""
    return Typed("text", joined(FOLDS[op], arg.must_be("text").sql), node)


def like(value: Typed, pattern: Any, node: Any) -> Typed:
    """`value LIKE pattern`: % any characters, _ one, a backslash takes the next one as it is."""
    matched = joined(
        "({} LIKE {} ESCAPE {})",
        value.must_be("text").sql,
        _pattern(pattern, node),
        Sql("%s::text", (_ESCAPE,)),
    )
    return Typed("boolean", matched, node)


def _pattern(written: Any, node: Any) -> Sql:
    """A written text, perhaps within CASEI and ACCENTI (rule patternExpression)."""
    if isinstance(written, str):
        return Sql("%s::text", (_escaped(written, node),))
    op = written.get("op") if isinstance(written, dict) else None
    args = written.get("args") if isinstance(written, dict) else None
    if isinstance(op, str) and op in FOLDS and isinstance(args, list) and len(args) == 1:
        return joined(FOLDS[op], _pattern(args[0], node))
    raise Refusal(node, _("Mẫu sau LIKE phải là chuỗi chữ, ví dụ name LIKE 'Long%'."))


def _escaped(written: str, node: Any) -> str:
    """The pattern with its backslashes turned into the escape character."""
    text = literals.text(written, node).value
    if _ESCAPE in text:
        raise Refusal(node, _("Chuỗi chữ có ký tự không hợp lệ."))
    found, at = [], 0
    while at < len(text):
        if text[at] != "\\":
            found.append(text[at])
        elif at + 1 == len(text):
            raise Refusal(node, _("Mẫu sau LIKE không được kết thúc bằng dấu \\ đơn lẻ."))
        else:
            at += 1
            found.append(_ESCAPE + text[at])
        at += 1
    return "".join(found)
