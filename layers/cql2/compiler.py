"""The tree of a filter → one condition in SQL over the row `f`.

Closed: every operator, function and name that it knows stands in this package or in the layer's
declaration, and everything else is refused by name. What a request says is bound, never written.
"""

import difflib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2 import arithmetic, comparisons, lists, literals, moments, shapes, texts
from layers.cql2.limits import Meter
from layers.cql2.queryable import Queryables
from layers.cql2.refusal import Refusal
from layers.cql2.shapes import FilterCrs
from layers.cql2.sql import joined
from layers.cql2.typed import KINDS_OF_QUERYABLES, Typed

LOGIC = {"and": " AND ", "or": " OR "}


class Compiler:
    """Compiles one tree; counts as it goes."""

    def __init__(self, queryables: Queryables, system: FilterCrs, meter: Meter) -> None:
        self.queryables, self.system, self.meter = queryables, system, meter
        self.operations = self._operations()

    def condition(self, tree: Any) -> Typed:
        """The whole filter. Raises Refusal when it is no condition."""
        return self.expression(tree).must_be("boolean")

    def expression(self, node: Any) -> Typed:
        """Any part of the tree."""
        with self.meter.within(node):
            if isinstance(node, dict):
                return self._object(node)
            if isinstance(node, list):
                return lists.written_list(tuple(self.expression(part) for part in node), node)
            return self._scalar(node)

    def _scalar(self, node: Any) -> Typed:
        if isinstance(node, bool):
            return literals.boolean(node, node)
        if isinstance(node, int | float | Decimal):
            return literals.number(node, node)
        if isinstance(node, str):
            return literals.text(node, node)
        raise Refusal(node, _("NULL không dùng làm giá trị; hãy viết IS NULL."))

    def _object(self, node: dict[str, Any]) -> Typed:
        if "op" in node:
            return self._operation(node)
        if "property" in node:
            return self._property(node)
        if "date" in node:
            return literals.date(node["date"], node)
        if "timestamp" in node:
            return literals.moment(node["timestamp"], node)
        if "interval" in node:
            return self._interval(node)
        if "bbox" in node or "type" in node:
            return shapes.literal(node, self.system, self.meter)
        raise Refusal(node, _("Không hiểu phần này của bộ lọc."))

    def _property(self, node: dict[str, Any]) -> Typed:
        name = node["property"]
        found = self.queryables.get(name) if isinstance(name, str) else None
        if found is None:
            message = _("Không có trường “%s”.") % str(name)[:60]
            near = difflib.get_close_matches(str(name)[:60], self.queryables, n=1)
            more = (
                _("Có phải “%s”?") % near[0]
                if near
                # As SQL has it: what stands in double quotes is a name.
                else _("Nếu là chữ, viết trong nháy đơn: '%s'.") % str(name)[:60]
            )
            message = f"{message} {more}"
            raise Refusal(node, message)
        return Typed(KINDS_OF_QUERYABLES[found.kind], found.sql, node, source=found)

    def _interval(self, node: dict[str, Any]) -> Typed:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise Refusal(node, _("INTERVAL cần hai đầu, ví dụ INTERVAL('2026-01-01', '..')."))
        return moments.interval([self._end(end, node) for end in ends], node)

    def _end(self, end: Any, node: Any) -> Typed | None:
        if end == "..":
            return None
        if isinstance(end, str):
            return literals.instant(end, node)
        return self.expression(end).must_be("date", "moment")

    # --- Operators and functions -----------------------------------------------------------------

    def _operation(self, node: dict[str, Any]) -> Typed:
        name, args = node["op"], node.get("args")
        self.meter.operator(node)
        compile_ = self.operations.get(name.lower()) if isinstance(name, str) else None
        if compile_ is None:
            raise Refusal(node, _("Không có phép hoặc hàm “%s”.") % str(name)[:60])
        if not isinstance(args, list):
            raise Refusal(node, _("“%s” thiếu các giá trị đi kèm.") % name[:60])
        try:
            return compile_(name.lower(), args, node)
        except Refusal as refusal:
            if not isinstance(refusal.node, dict | list):
                refusal.node = node  # a single value has no place of its own
            raise

    def _operations(self) -> dict[str, Callable[[str, list[Any], Any], Typed]]:
        return {
            **dict.fromkeys(LOGIC, self._logic),
            "not": self._not,
            **dict.fromkeys(comparisons.OPERATORS, self._comparison),
            "between": self._between,
            "in": self._in,
            "isnull": self._is_null,
            "like": self._like,
            **dict.fromkeys(texts.FOLDS, self._fold),
            **dict.fromkeys(arithmetic.OPERATORS, self._arithmetic),
            **dict.fromkeys(moments.FUNCTIONS, self._pair(moments.relate)),
            **dict.fromkeys(lists.FUNCTIONS, self._pair(lists.relate)),
            **dict.fromkeys(shapes.FUNCTIONS, self._pair(shapes.relate)),
        }

    def _many(self, args: list[Any], count: int, node: Any) -> list[Typed]:
        """The arguments, compiled. Raises Refusal unless there are so many."""
        self._check_count(args, count, node)
        return [self.expression(arg) for arg in args]

    def _check_count(self, args: list[Any], count: int, node: Any) -> None:
        if len(args) != count:
            raise Refusal(
                node,
                _("“%(name)s” cần %(wanted)d giá trị, ở đây có %(given)d.")
                % {"name": node["op"], "wanted": count, "given": len(args)},
            )

    def _pair(
        self, relate: Callable[[str, Typed, Typed, Any], Typed]
    ) -> Callable[[str, list[Any], Any], Typed]:
        def compile_(name: str, args: list[Any], node: Any) -> Typed:
            left, right = self._many(args, 2, node)
            return relate(name, left, right, node)

        return compile_

    def _logic(self, name: str, args: list[Any], node: Any) -> Typed:
        parts = [self.expression(arg).must_be("boolean").sql for arg in args]
        if not parts:
            raise Refusal(node, _("“%s” thiếu các giá trị đi kèm.") % name)
        return Typed("boolean", joined(f"({LOGIC[name].join(['{}'] * len(parts))})", *parts), node)

    def _not(self, name: str, args: list[Any], node: Any) -> Typed:
        (part,) = self._many(args, 1, node)
        return Typed("boolean", joined("(NOT {})", part.must_be("boolean").sql), node)

    def _comparison(self, name: str, args: list[Any], node: Any) -> Typed:
        left, right = self._many(args, 2, node)
        return comparisons.compare(name, left, right, node)

    def _between(self, name: str, args: list[Any], node: Any) -> Typed:
        value, lower, upper = self._many(args, 3, node)
        return comparisons.between(value, lower, upper, node)

    def _in(self, name: str, args: list[Any], node: Any) -> Typed:
        self._check_count(args, 2, node)
        if not isinstance(args[1], list):
            raise Refusal(node, _("Sau IN cần một danh sách, ví dụ IN ('a', 'b')."))
        items = tuple(self.expression(item) for item in args[1])
        return comparisons.among(self.expression(args[0]), items, node)

    def _is_null(self, name: str, args: list[Any], node: Any) -> Typed:
        (value,) = self._many(args, 1, node)
        return comparisons.is_null(value, node)

    def _like(self, name: str, args: list[Any], node: Any) -> Typed:
        self._check_count(args, 2, node)
        return texts.like(self.expression(args[0]), args[1], node)

    def _fold(self, name: str, args: list[Any], node: Any) -> Typed:
        (value,) = self._many(args, 1, node)
        return texts.folded(name, value, node)

    def _arithmetic(self, name: str, args: list[Any], node: Any) -> Typed:
        return arithmetic.calculate(name, [self.expression(arg) for arg in args], node)
