"""`=`, `<>`, `<`, `>`, `<=`, `>=`, BETWEEN, IN, IS NULL: values of one kind with each other."""

import uuid
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2 import literals
from layers.cql2.refusal import Refusal
from layers.cql2.sql import Sql, check_size, joined
from layers.cql2.typed import Kind, Typed, kind_words

OPERATORS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
SCALARS: tuple[Kind, ...] = ("text", "number", "boolean", "date", "moment")
MOST_BIGINT = 2**63 - 1
_ARRAYS = {"text": "text[]", "date": "text[]", "moment": "text[]", "boolean": "boolean[]"}
# A province stands for its communes; codes in force only, as `layers.queries` reads `unit=`.
_IN_UNITS = (
    "(f.unit_id IN (SELECT u.id FROM layers_adminunit u "
    "LEFT JOIN layers_adminunit up ON up.id = u.parent_id "
    "WHERE u.valid_to IS NULL AND (u.code = ANY({}) OR up.code = ANY({}))))"
)


def compare(op: str, left: Typed, right: Typed, node: Any) -> Typed:
    """One comparison. Raises Refusal when the two are not of one kind."""
    if left.literal and not right.literal:
        op, left, right = MIRRORED[op], right, left
    left, right = alike(left, right, node)
    if op in ("=", "<>") and (special := _special(left, (right,))):
        return _truth(joined("(NOT {})", special) if op == "<>" else special, node)
    return _truth(joined(f"({{}} {OPERATORS[op]} {{}})", left.sql, _bound(left, right)), node)


def between(value: Typed, lower: Typed, upper: Typed, node: Any) -> Typed:
    """`value BETWEEN lower AND upper`, both included."""
    for part in (value, lower, upper):
        part.must_be("number", "text", "date", "moment")
    above, below = compare(">=", value, lower, node), compare("<=", value, upper, node)
    return _truth(joined("({} AND {})", above.sql, below.sql), node)


def among(value: Typed, items: tuple[Typed, ...], node: Any) -> Typed:
    """`value IN (…)`. Raises Refusal for an empty list."""
    if not items:
        raise Refusal(node, _("Danh sách sau IN phải có ít nhất một giá trị."))
    pairs = [alike(value, item, node) for item in items]
    same = all(left is value and right.kind == value.kind for left, right in pairs)
    rights = tuple(right for _left, right in pairs)
    if not same or value.literal or not all(right.literal for right in rights):
        # The value is written out before each of them.
        check_size(value.sql.size * len(items))
        found = [compare("=", value, item, node).sql for item in items]
        return _truth(joined(f"({' OR '.join(['{}'] * len(found))})", *found), node)
    if special := _special(value, rights):
        return _truth(special, node)
    return _truth(joined("({} = ANY({}))", value.sql, _array(value, rights)), node)


def is_null(value: Typed, node: Any) -> Typed:
    """`value IS NULL`."""
    if value.kind == "interval":
        raise Refusal(node, _("IS NULL không dùng cho khoảng thời gian; hãy hỏi từng đầu khoảng."))
    return _truth(joined("({} IS NULL)", value.sql), node)


def alike(left: Typed, right: Typed, node: Any) -> tuple[Typed, Typed]:
    """Both as values of one kind: a text beside a date is read as a date, a date beside a moment
    compares days. Raises Refusal.
    """
    for part in (left, right):
        if part.kind not in SCALARS:
            raise Refusal(node, _not_scalar(part.kind))
    left, right = _as_instant(left, right), _as_instant(right, left)
    if left.kind == right.kind:
        return left, right
    if {left.kind, right.kind} == {"date", "moment"}:
        return literals.by_day(left), literals.by_day(right)
    message = _("Không so sánh được %(left)s với %(right)s.") % {
        "left": kind_words(left.kind),
        "right": kind_words(right.kind),
    }
    if {left.kind, right.kind} == {"text", "number"}:
        message += " " + _("Giá trị của trường chữ viết trong nháy đơn, của trường số thì không.")
    raise Refusal(node, message)


def _not_scalar(kind: Kind) -> str:
    instead = {"geometry": "S_EQUALS", "list": "A_EQUALS", "interval": "T_EQUALS"}[kind]
    return _("Dấu so sánh không dùng cho %(kind)s; hãy dùng %(function)s.") % {
        "kind": kind_words(kind),
        "function": instead,
    }


def _as_instant(part: Typed, other: Typed) -> Typed:
    """A written text beside a date or a moment, read as one."""
    if part.kind == "text" and part.literal and other.kind in ("date", "moment"):
        return literals.instant(part.value, part.node)
    return part


def _bound(left: Typed, right: Typed) -> Sql:
    """The right side in the type of the left one, so that the index on it serves."""
    if _is_bigint(left) and right.literal and _fits_bigint(right.value):
        return Sql("%s::bigint", (int(right.value),))
    return right.sql


def _array(value: Typed, items: tuple[Typed, ...]) -> Sql:
    values = [item.value for item in items]
    if value.kind != "number":
        return Sql(f"%s::{_ARRAYS[value.kind]}", (values,))
    if _is_bigint(value) and all(_fits_bigint(number) for number in values):
        return Sql("%s::bigint[]", ([int(number) for number in values],))
    return Sql("%s::numeric[]", (values,))


def _is_bigint(value: Typed) -> bool:
    return value.source is not None and value.source.kind == "integer"


def _fits_bigint(number: Any) -> bool:
    return bool(number == number.to_integral_value() and abs(number) <= MOST_BIGINT)


def _special(value: Typed, items: tuple[Typed, ...]) -> Sql | None:
    """Units and uids by the columns that hold them, where they are compared with written texts."""
    if value.source is None or not all(item.literal for item in items):
        return None
    written = [item.value for item in items]
    if value.source.kind == "unit":
        codes = Sql("%s::text[]", (written,))
        return joined(_IN_UNITS, codes, codes)
    if value.source.kind == "uid":
        uids = [uid for uid in map(_uid, written) if uid]
        return Sql("(f.uid = ANY(%s::uuid[]))", (uids,))
    return None


def _uid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _truth(sql: Sql, node: Any) -> Typed:
    return Typed("boolean", sql, node)
