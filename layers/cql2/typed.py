"""A compiled piece of a filter: its SQL and what kind of value it is."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from layers.cql2.queryable import Queryable
from layers.cql2.refusal import Refusal
from layers.cql2.sql import Sql

Kind = Literal["text", "number", "boolean", "date", "moment", "interval", "list", "geometry"]
KINDS_OF_QUERYABLES: dict[str, Kind] = {
    "text": "text",
    "unit": "text",
    "uid": "text",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "date": "date",
    "moment": "moment",
    "list": "list",
    "geometry": "geometry",
}


@dataclass(frozen=True)
class Typed:
    """One expression.

    Attributes:
        node: the part of the tree that it was made from, for errors.
        literal: it was written out in the filter; then `value` is it: str, Decimal, bool, ISO text.
        source: the name that it is, where it is nothing but a name.
        ends: first and last instant of an interval; None is open.
        items: what a written list holds.
    """

    kind: Kind
    sql: Sql
    node: Any
    literal: bool = False
    value: Any = None
    source: Queryable | None = None
    ends: tuple["Typed | None", "Typed | None"] = (None, None)
    items: tuple["Typed", ...] = ()

    def must_be(self, *kinds: Kind) -> "Typed":
        """Itself. Raises Refusal when it is of none of these kinds."""
        if self.kind in kinds:
            return self
        raise Refusal(
            self.node,
            _("Ở đây cần %(wanted)s, không phải %(given)s.")
            % {
                "wanted": _(" hoặc ").join(kind_words(kind) for kind in kinds),
                "given": kind_words(self.kind),
            },
        )


def kind_words(kind: Kind) -> str:
    """What a reader calls the kind."""
    words: dict[Kind, str] = {
        "text": _("chữ"),
        "number": _("số"),
        "boolean": _("điều kiện đúng/sai"),
        "date": _("ngày"),
        "moment": _("thời điểm"),
        "interval": _("khoảng thời gian"),
        "list": _("danh sách"),
        "geometry": _("hình"),
    }
    return words[kind]
