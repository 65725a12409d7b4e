"""T_AFTER … T_STARTS: instants and intervals in time.

Dates and moments are compared as the ISO text that they are stored as, moments in local time; where
one of the two sides has days only, both are compared by local days.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2 import literals
from layers.cql2.refusal import Refusal
from layers.cql2.sql import Sql, joined
from layers.cql2.typed import Typed

# Which ends must stand how: a0 is the beginning of the first operand, b1 the end of the second.
RELATIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "t_after": (("<", "b1", "a0"),),
    "t_before": (("<", "a1", "b0"),),
    "t_equals": (("=", "a0", "b0"), ("=", "a1", "b1")),
    "t_intersects": (("<=", "a0", "b1"), ("<=", "b0", "a1")),
    "t_contains": (("<", "a0", "b0"), ("<", "b1", "a1")),
    "t_during": (("<", "b0", "a0"), ("<", "a1", "b1")),
    "t_finishedby": (("<", "a0", "b0"), ("=", "a1", "b1")),
    "t_finishes": (("<", "b0", "a0"), ("=", "a1", "b1")),
    "t_meets": (("=", "a1", "b0"),),
    "t_metby": (("=", "a0", "b1"),),
    "t_overlappedby": (("<", "b0", "a0"), ("<", "a0", "b1"), ("<", "b1", "a1")),
    "t_overlaps": (("<", "a0", "b0"), ("<", "b0", "a1"), ("<", "a1", "b1")),
    "t_startedby": (("=", "a0", "b0"), ("<", "b1", "a1")),
    "t_starts": (("=", "a0", "b0"), ("<", "a1", "b1")),
}
FUNCTIONS = frozenset({*RELATIONS, "t_disjoint"})
FOR_INSTANTS = frozenset({"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"})
_TRUE, _FALSE = Sql("%s::boolean", (True,)), Sql("%s::boolean", (False,))


@dataclass(frozen=True)
class _End:
    """One end of a span of time; `sign` is -1 or 1 where it is open."""

    instant: Typed | None
    sign: int = 0

    @property
    def sql(self) -> Sql:
        assert self.instant is not None
        return self.instant.sql


def interval(ends: list[Typed | None], node: Any) -> Typed:
    """INTERVAL(from, to), None for an open end. Raises Refusal when it ends before it begins."""
    first, last = ends
    if first and last and first.literal and last.literal:
        days = {first.kind, last.kind} == {"date", "moment"}
        begin, end = (literals.by_day(e).value if days else e.value for e in (first, last))
        if begin > end:
            raise Refusal(node, _("Khoảng thời gian phải bắt đầu trước khi kết thúc."))
    return Typed("interval", Sql("NULL"), node, ends=(first, last))


def relate(name: str, left: Typed, right: Typed, node: Any) -> Typed:
    """One temporal function. Raises Refusal when an operand is no time."""
    left, right = _instant_of_text(left), _instant_of_text(right)
    for part in (left, right):
        part.must_be("date", "moment", "interval")
        if name not in FOR_INSTANTS and part.kind != "interval":
            raise Refusal(node, _("%s chỉ dùng cho khoảng thời gian INTERVAL(…).") % name.upper())
    spans = _spans(left, right)
    if name == "t_disjoint":
        return Typed("boolean", joined("(NOT {})", _all("t_intersects", spans)), node)
    return Typed("boolean", _all(name, spans), node)


def _instant_of_text(part: Typed) -> Typed:
    if part.kind == "text" and part.literal:
        return literals.instant(part.value, part.node)
    return part


def _spans(left: Typed, right: Typed) -> dict[str, _End]:
    """The four ends, all days where one of them is a day."""
    found: dict[str, Typed | None] = {}
    for name, part in (("a", left), ("b", right)):
        first, last = part.ends if part.kind == "interval" else (part, part)
        found[f"{name}0"], found[f"{name}1"] = first, last
    days = any(end is not None and end.kind == "date" for end in found.values())
    return {
        name: _End(None, -1 if name.endswith("0") else 1)
        if end is None
        else _End(literals.by_day(end) if days else end)
        for name, end in found.items()
    }


def _all(name: str, spans: dict[str, _End]) -> Sql:
    parts = [_stand(op, spans[one], spans[other]) for op, one, other in RELATIONS[name]]
    return joined(f"({' AND '.join(['{}'] * len(parts))})", *parts)


def _stand(op: str, one: _End, other: _End) -> Sql:
    """`one op other`, where an open end lies before or behind everything."""
    if one.sign == other.sign == 0:
        return joined(f"({{}} {op} {{}})", one.sql, other.sql)
    stands = one.sign < other.sign if op == "<" else one.sign == other.sign
    if op == "<=":
        stands = one.sign <= other.sign
    instant = one.instant or other.instant
    if instant is None or instant.literal:
        return _TRUE if stands else _FALSE
    # Unknown where a feature has no such time.
    return joined(f"({{}} {'=' if stands else '<>'} {{}})", instant.sql, instant.sql)
