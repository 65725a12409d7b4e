"""CQL2 text → the tree of CQL2 JSON, by the grammar of OGC 21-065r2, annex B.

One function a rule, one look at each word: time grows with the length only, and depth is counted,
so no text can keep the server busy or end it (docs/decisions/0021-filters.md says why this is not
a library's work).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2.limits import Meter
from layers.cql2.refusal import SyntaxRefusal
from layers.cql2.words import Word, words_of

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
# Type of a geometry literal → GeoJSON's name, and how deep its positions lie in brackets.
GEOMETRIES = {
    "point": ("Point", 0),
    "linestring": ("LineString", 1),
    "multipoint": ("MultiPoint", 1),
    "polygon": ("Polygon", 2),
    "multilinestring": ("MultiLineString", 2),
    "multipolygon": ("MultiPolygon", 3),
    "geometrycollection": ("GeometryCollection", 1),
}
# `(1)` is a number in arithmetic and a list of one in these.
ARRAY_FUNCTIONS = frozenset({"a_equals", "a_contains", "a_containedby", "a_overlaps"})
CONSTANTS = {"true": True, "false": False, "null": None}


class TextParser:
    """Reads one text; `places` then tells by identity where each part of the tree stands."""

    def __init__(self, text: str, meter: Meter, *, escaping: bool = True) -> None:
        self.words = words_of(text, escaping=escaping)
        self.meter = meter
        self.at = 0
        self.places: dict[int, tuple[int, int]] = {}

    def parse(self) -> Any:
        """The whole text as one expression. Raises SyntaxRefusal, TooLarge."""
        tree = self.expression()
        if self.word.kind != "end":
            raise self.unexpected()
        return tree

    # --- Words -----------------------------------------------------------------------------------

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def take(self) -> Word:
        word = self.word
        self.at += 1
        return word

    def has(self, *values: str) -> bool:
        """The next word is this sign or keyword."""
        return self.word.kind in ("sign", "keyword") and self.word.value in values

    def skip(self, *values: str) -> bool:
        """Step over the word if it is one of these."""
        found = self.has(*values)
        self.at += found
        return found

    def expect(self, value: str) -> None:
        if not self.skip(value):
            raise self.unexpected(_("Ở đây cần “%s”.") % value.upper())

    def unexpected(self, instead: str = "") -> SyntaxRefusal:
        word = self.word
        if word.kind == "end":
            return SyntaxRefusal(word.start, instead or _("Bộ lọc dừng giữa chừng."))
        return SyntaxRefusal(word.start, instead or _("Không đọc tiếp được từ đây."))

    def placed(self, start: int, node: Any) -> Any:
        """Remember that the node reaches from that word to the last one taken."""
        self.places[id(node)] = (self.words[start].start, self.words[self.at - 1].end)
        return node

    def operation(self, start: int, op: str, *args: Any) -> Any:
        return self.placed(start, {"op": op, "args": list(args)})

    # --- Conditions ------------------------------------------------------------------------------

    def expression(self) -> Any:
        """`… OR …`, the loosest."""
        with self.meter.within(None):
            return self.chain("or", lambda: self.chain("and", self.negation))

    def chain(self, op: str, part: Callable[[], Any]) -> Any:
        start, parts = self.at, [part()]
        while self.skip(op):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self.operation(start, op, *parts)

    def negation(self) -> Any:
        start = self.at
        if not self.skip("not"):
            return self.predicate()
        with self.meter.within(None):
            return self.operation(start, "not", self.negation())

    def predicate(self) -> Any:
        start, left = self.at, self.sum()
        if self.word.kind == "sign" and self.word.value in COMPARISONS:
            op = self.take().value
            return self.operation(start, op, left, self.sum())
        if self.skip("is"):
            negated = self.skip("not")
            self.expect("null")
            return self.negated(start, negated, self.operation(start, "isNull", left))
        negated = self.skip("not")
        if self.skip("like"):
            node = self.operation(start, "like", left, self.sum())
        elif self.skip("between"):
            lower = self.sum()
            self.expect("and")
            node = self.operation(start, "between", left, lower, self.sum())
        elif self.skip("in"):
            node = self.operation(start, "in", left, self.array())
        elif negated:
            raise self.unexpected(_("Sau NOT ở đây cần LIKE, BETWEEN hoặc IN."))
        else:
            return left
        return self.negated(start, negated, node)

    def negated(self, start: int, negated: bool, node: Any) -> Any:
        return self.operation(start, "not", node) if negated else node

    # --- Values ----------------------------------------------------------------------------------

    def sum(self) -> Any:
        return self.binary(("+", "-"), self.product)

    def product(self) -> Any:
        return self.binary(("*", "/", "%", "div"), self.power)

    def power(self) -> Any:
        return self.binary(("^",), self.factor)

    def binary(self, operators: tuple[str, ...], part: Callable[[], Any]) -> Any:
        start, left = self.at, part()
        while self.has(*operators):
            op = self.take().value
            left = self.operation(start, op, left, part())
        return left

    def factor(self) -> Any:
        start = self.at
        if not self.skip("-"):
            self.skip("+")
            return self.value()
        if self.word.kind == "number":
            return self.number().copy_negate()
        with self.meter.within(None):
            return self.operation(start, "*", Decimal(-1), self.factor())

    def value(self) -> Any:
        word = self.word
        if word.kind == "number":
            return self.number()
        if word.kind == "text":
            return self.take().value
        if word.kind == "keyword" and word.value in CONSTANTS:
            return CONSTANTS[self.take().value]
        if word.kind in ("name", "quoted"):
            return self.named()
        if self.has("("):
            return self.bracket()
        raise self.unexpected()

    def number(self) -> Decimal:
        if self.word.kind != "number":
            raise self.unexpected(_("Ở đây cần một số."))
        try:
            return Decimal(self.word.value)
        except ArithmeticError as error:  # an exponent of twenty digits
            raise self.unexpected(_("Số quá lớn.")) from error
        finally:
            self.at += 1

    def bracket(self) -> Any:
        """`(a)` is a; `()` and `(a, b)` are lists."""
        start = self.at
        self.expect("(")
        if self.skip(")"):
            return self.placed(start, [])
        first = self.expression()
        if self.skip(")"):
            return first
        return self.rest_of_array(start, [first])

    def array(self) -> Any:
        start = self.at
        self.expect("(")
        if self.skip(")"):
            return self.placed(start, [])
        return self.rest_of_array(start, [self.expression()])

    def rest_of_array(self, start: int, parts: list[Any]) -> Any:
        while self.skip(","):
            parts.append(self.expression())
        self.expect(")")
        return self.placed(start, parts)

    def named(self) -> Any:
        """A field, or what a name begins: a function, a moment, a geometry."""
        start, word = self.at, self.take()
        name = word.value.lower()
        if word.kind == "name" and name in GEOMETRIES and self.begins_geometry():
            return self.geometry(start, name)
        if word.kind == "quoted" or not self.has("("):
            return self.placed(start, {"property": word.value})
        if name in ARRAY_FUNCTIONS:
            args = self.arguments(self.array_argument)
        else:
            args = self.arguments(self.expression)
        if name in ("date", "timestamp"):
            return self.placed(start, {name: args[0] if len(args) == 1 else args})
        if name in ("interval", "bbox"):
            return self.placed(start, {name: args})
        return self.operation(start, name, *args)

    def arguments(self, part: Callable[[], Any]) -> list[Any]:
        self.expect("(")
        found: list[Any] = []
        if self.skip(")"):
            return found
        found.append(part())
        while self.skip(","):
            found.append(part())
        self.expect(")")
        return found

    def array_argument(self) -> Any:
        with self.meter.within(None):
            return self.array() if self.has("(") else self.expression()

    # --- Geometries ------------------------------------------------------------------------------

    def begins_geometry(self) -> bool:
        word = self.word
        return self.has("(") or (
            word.kind == "name" and word.value.lower() in ("z", "m", "zm", "empty")
        )

    def geometry(self, start: int, name: str) -> Any:
        """Well-known text behind its first word, as GeoJSON; heights are dropped later."""
        kind, depth = GEOMETRIES[name]
        if self.word.kind == "name" and self.word.value.lower() in ("z", "m", "zm"):
            self.take()
        content: Any = []
        if self.word.kind == "name" and self.word.value.lower() == "empty":
            self.take()
        elif kind == "GeometryCollection":
            with self.meter.within(None):
                content = self.arguments(self.member)
        elif depth == 0:
            self.expect("(")
            content = self.position()
            self.expect(")")
        else:
            content = self.positions(depth)
        key = "geometries" if kind == "GeometryCollection" else "coordinates"
        return self.placed(start, {"type": kind, key: content})

    def member(self) -> Any:
        start, word = self.at, self.take()
        if word.kind != "name" or word.value.lower() not in GEOMETRIES:
            self.at = start
            raise self.unexpected(_("Ở đây cần một hình, ví dụ POINT(107.1 10.4)."))
        return self.geometry(start, word.value.lower())

    def positions(self, depth: int) -> list[Any]:
        if depth > 1:
            return self.arguments(lambda: self.positions(depth - 1))
        return self.arguments(self.bracketed_position)

    def bracketed_position(self) -> list[Decimal]:
        """MULTIPOINT((1 2), (3 4)) is written MULTIPOINT(1 2, 3 4) as often."""
        bracket = self.skip("(")
        position = self.position()
        if bracket:
            self.expect(")")
        return position

    def position(self) -> list[Decimal]:
        found = [self.coordinate()]
        while self.word.kind == "number" or self.has("-", "+"):
            found.append(self.coordinate())
        return found

    def coordinate(self) -> Decimal:
        negative = self.skip("-")
        if not negative:
            self.skip("+")
        number = self.number()
        return number.copy_negate() if negative else number
