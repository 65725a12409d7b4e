"""Common Query Language CQL2 (21-065r2), Annex A: what servers that evaluate filters must do.

The abstract tests ask what executes and which results exclude one another; here the results are
also those that Python finds in the database's rows. Tests named `test-data` need the standard's
own dataset (Natural Earth) and are not here: the same predicates are asked of the demo's layers.
"""

import random
import unicodedata
from collections.abc import Callable

import pytest

from tests.conformance.asking import LAYERS, SCALAR, VALUES, Source
from tests.conformance.cases import Annex, Body
from tests.conformance.filters import COMPARISONS, LANGUAGES, Node, op, prop
from tests.conformance.reading import Api, Held

CONF = "http://www.opengis.net/spec/cql2/1.0/conf/"
CLASSES = (
    "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
    "case-insensitive-comparison", "accent-insensitive-comparison", "basic-spatial-functions",
    "basic-spatial-functions-plus", "spatial-functions", "temporal-functions", "array-functions",
    "property-property", "arithmetic",
)  # fmt: skip
ANNEX = Annex("CQL2", LAYERS)
TEXTS = ("String",)


def plain(text: str) -> str:
    """Without accents; đ is a letter of its own to Unicode."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def text_of(source: Source, name: str) -> str:
    """A value of that field, one with accents where there is one."""
    values = [p[name] for p in source.held.properties if isinstance(p.get(name), str)]
    return max(values, key=lambda value: (plain(value) != value, value), default="foo")


def opposites(source: Source, left: Node, right: Node) -> dict[str, set[str]]:
    """The results of the six comparisons; three pairs have nothing in common."""
    found = {name: source.found(op(name, left, right)) for name in COMPARISONS}
    for one, other in (("=", "<>"), (">", "<="), ("<", ">=")):
        assert not found[one] & found[other], (left, one, other)
    assert found["<="] == found["<"] | found["="]
    return found


@ANNEX.test("/conf/basic-cql2/basic-test", each=True)
def basic(source: Source) -> None:
    """Every queryable has a type, one at least is of a simple one; the classes are declared."""
    assert list(source.fields(*SCALAR))
    declared = source.api.ok("/conformance")["conformsTo"]
    assert {f"{CONF}{name}" for name in CLASSES} <= set(declared)


@ANNEX.test("/conf/basic-cql2/comparison", each=True)
def comparison(source: Source) -> None:
    """= <> < > <= >= with a literal of each type."""
    for name, kind in source.fields(*SCALAR):
        found = opposites(source, prop(name), VALUES[kind])
        if kind in ("Number", "Integer"):
            value = VALUES[kind]
            rows = source.rows(lambda p, n=name, v=value: p.get(n) is not None and p[n] > v)
            assert found[">"] == rows, name
        if kind == "String":
            value = text_of(source, name)
            same = source.rows(lambda p, n=name, v=value: p.get(n) == v)
            assert source.found(op("=", prop(name), value)) == same, name


@ANNEX.test("/conf/basic-cql2/is-null", each=True)
def is_null(source: Source) -> None:
    """IS NULL and IS NOT NULL part everything."""
    for name, _kind in source.fields(*SCALAR, "Array"):
        nothing = op("isNull", prop(name))
        found = source.found(nothing)
        assert found == source.rows(lambda p, n=name: p.get(n) is None), name
        assert source.found(op("not", nothing)) == set(source.held.uids) - found, name


@ANNEX.test("/conf/basic-cql2/boolean", each=True)
def boolean(source: Source) -> None:
    """`true` is everything, `false` nothing."""
    assert source.found(True) == set(source.held.uids)
    assert source.found(False) == set()


@ANNEX.test("/conf/basic-cql2/logical", each=True)
def logical(source: Source) -> None:
    """AND, OR and NOT in one expression, over predicates that are never unknown."""
    predicates = [
        (node, source.found(node))
        for name, kind in source.fields(*SCALAR)
        for node in (op("isNull", prop(name)), guarded(name, VALUES[kind]))
    ]
    every = set(source.held.uids)
    chance = random.Random(5)
    for _ in range(10):
        (p1, s1), (p2, s2), (p3, s3), (p4, s4) = chance.choices(predicates, k=4)
        node = op(
            "or",
            op("and", op("not", p2), p1),
            op("and", p3, p4),
            op("not", op("or", p1, p4)),
        )
        assert source.found(node) == ((every - s2) & s1) | (s3 & s4) | (every - (s1 | s4))


def guarded(name: str, value: Node) -> Node:
    """A comparison that is false where there is no value."""
    return op("and", op("not", op("isNull", prop(name))), op(">=", prop(name), value))


@ANNEX.test("/conf/advanced-comparison-operators/like", each=True)
def like(source: Source) -> None:
    """% and _ stand for any letters; a backslash takes their meaning away."""
    for name, _kind in source.fields(*TEXTS):
        column = prop(name)
        every = source.found(op("like", column, "%"))
        assert every == source.rows(lambda p, n=name: p.get(n) is not None)
        assert every == source.found(op("like", column, "%%"))
        assert not source.found(op("like", column, "_%")) & source.found(op("like", column, ""))
        assert source.found(op("like", column, "\\%\\_")) == set()
        start = text_of(source, name)[:3]
        assert source.found(op("like", column, start.replace("%", "\\%") + "%")) == source.rows(
            lambda p, n=name, s=start: (p.get(n) or "").startswith(s)
        )


@ANNEX.test("/conf/advanced-comparison-operators/between", each=True)
def between(source: Source) -> None:
    """Both ends are in; nothing lies between 100 and 1."""
    for name, _kind in source.fields("Number", "Integer"):
        found = source.found(op("between", prop(name), 0, 100))
        assert found == source.rows(lambda p, n=name: p.get(n) is not None and 0 <= p[n] <= 100)
        assert source.found(op("between", prop(name), 100.0, 1.0)) == set()


@ANNEX.test("/conf/advanced-comparison-operators/in", each=True)
def within(source: Source) -> None:
    """One of a list, of each type."""
    for name, kind in source.fields(*SCALAR):
        source.found(op("in", prop(name), [VALUES[kind]]))
        if kind == "String":
            value = text_of(source, name)
            found = source.found(op("in", prop(name), ["foo", value, "bar"]))
            assert found == source.rows(lambda p, n=name, v=value: p.get(n) == v)
            # Days and moments may be written as texts, but what is no number is no number.
        if kind in ("Number", "Integer"):
            source.found(op("in", prop(name), [1, 2, 3]))


@ANNEX.test("/conf/case-insensitive-comparison/casei", "…/casei-like", each=True)
def casei(source: Source) -> None:
    """CASEI on both sides."""
    for name, _kind in source.fields(*TEXTS):
        value = text_of(source, name)
        same = source.rows(lambda p, n=name, v=value: (p.get(n) or "").lower() == v.lower())
        for written in (value.upper(), value.lower()):
            node = op("=", op("casei", prop(name)), op("casei", written))
            assert source.found(node) == same, written
            other = op("<>", op("casei", prop(name)), op("casei", written))
            assert not source.found(other) & same
        start = op("like", op("casei", prop(name)), op("casei", value[:2].upper() + "%"))
        assert source.found(start) == source.rows(
            lambda p, n=name, v=value: (p.get(n) or "").lower().startswith(v[:2].lower())
        )


@ANNEX.test("/conf/accent-insensitive-comparison/accenti", "…/accenti-like", "…/accenti-casei",
            "…/accenti-casei-like", each=True)  # fmt: skip
def accenti(source: Source) -> None:
    """ACCENTI alone, with LIKE, with CASEI; đ is d."""
    for name, _kind in source.fields(*TEXTS):
        value = text_of(source, name)
        same = source.rows(lambda p, n=name, v=value: plain(p.get(n) or "") == plain(v))
        for written in (value, plain(value)):
            node = op("=", op("accenti", prop(name)), op("accenti", written))
            assert source.found(node) == same, written
        both = op("accenti", op("casei", prop(name)))
        loud = op("accenti", op("casei", plain(value).upper()))
        bare = plain(value).lower()
        assert source.found(op("=", both, loud)) == source.rows(
            lambda p, n=name, b=bare: plain(p.get(n) or "").lower() == b
        )
        start = op("like", both, op("accenti", op("casei", value[:3] + "%")))
        assert source.found(start) == source.rows(
            lambda p, n=name, b=bare: plain(p.get(n) or "").lower().startswith(b[:3])
        )
        first = source.found(op("like", op("accenti", prop(name)), op("accenti", "Ä%")))
        assert first == source.found(op("like", op("accenti", prop(name)), op("accenti", "A%")))


@ANNEX.test("/conf/array-functions/array-predicates", "…/logical", each=True)
def arrays(source: Source) -> None:
    """A_CONTAINS, A_CONTAINEDBY, A_EQUALS, A_OVERLAPS are those of sets."""
    for name, _kind in source.fields("Array"):
        lists = [set(p[name]) for p in source.held.properties if p.get(name)]
        for wanted in ([*max(lists, key=len)], [*lists[0]], ["foo", "bar"]):
            among = set(wanted)
            for function, holds in (
                ("a_contains", lambda have, w=among: w <= have),
                ("a_containedBy", lambda have, w=among: have <= w),
                ("a_equals", lambda have, w=among: have == w),
                ("a_overlaps", lambda have, w=among: bool(have & w)),
            ):
                rows = source.rows(lambda p, n=name, h=holds: p.get(n) is not None and h(set(p[n])))
                assert source.found(op(function, prop(name), wanted)) == rows, (function, wanted)


@ANNEX.test("/conf/property-property/comparison-value-property", "…/comparison-property-property",
            "…/comparison-value-value", each=True)  # fmt: skip
def both_sides(source: Source) -> None:
    """Queryables and literals on either side of a comparison."""
    mirrored = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
    for name, kind in source.fields(*SCALAR):
        value = VALUES[kind]
        for sign, other in mirrored.items():
            turned = source.found(op(sign, value, prop(name)))
            assert turned == source.found(op(other, prop(name), value)), (name, sign)
        found = opposites(source, prop(name), prop(name))
        assert found["="] == found["<="] == found[">="]
        assert not found["<>"] | found["<"] | found[">"]
    for value in VALUES.values():
        found = opposites(source, value, value)
        assert found["="] == found["<="] == found[">="] == set(source.held.uids)
        assert not found["<>"] | found["<"] | found[">"]


@ANNEX.test("/conf/arithmetic/arithmetic", "…/logical", each=True)
def arithmetic(source: Source) -> None:
    """+ - * / ^ % div, on either side."""
    for name, kind in source.fields("Number", "Integer"):
        column = prop(name)
        rows = source.rows(lambda p, n=name: p.get(n) is not None and p[n] > 7)
        for seven in (
            op("+", 3, 4),
            op("-", 10, 3),
            op("*", 3.5, 2),
            op("/", 21, 3),
            op("-", op("^", 2, 3), 1),
            op("%", 27, 10),
            op("div", 15, 2),
        ):
            assert source.found(op(">", column, seven)) == rows, seven
            assert source.found(op("<", seven, column)) == rows, seven
        doubled = source.found(op(">", op("+", op("*", column, 2), 1), 15))
        assert doubled == rows, kind
        # What has no answer has no row, and no failure either.
        assert source.found(op("=", op("/", column, 0), 1)) == set()


@ANNEX.test("/conf/cql2-text/escaping", each=True)
def escaping(source: Source) -> None:
    """A quotation mark within a text, letters of every kind, and what looks like SQL."""
    name = next(name for name, _kind in source.fields("String"))
    for text in ("O'Brien", "''", "a\tb", "x\ny", "%s", "'; DROP TABLE x; --", "đường 🛣"):
        assert source.found(op("=", prop(name), text)) == set(), text
        every = source.found(op("<>", prop(name), text))
        assert every == source.rows(lambda p, n=name: p.get(n) is not None)


@ANNEX.test("/conf/basic-cql2/types-must-fit", each=True)
def types_must_fit(source: Source) -> None:
    """What cannot be compared is refused, not answered with nothing."""
    for name, _kind in source.fields("Number", "Integer"):
        source.refused(op("=", prop(name), "foo"))
        source.refused(op("like", prop(name), "1%"))
    for name, _kind in source.fields("Boolean"):
        source.refused(op("=", prop(name), 5))
    source.refused(op("no_such_function", 1))
    source.refused(op("=", prop("no_such_queryable"), 1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("body", "arguments"), ANNEX.cases)
def test_cql2(
    body: Body,
    arguments: tuple[str, ...],
    language: str,
    api: Api,
    database: Callable[[str], Held],
) -> None:
    (slug,) = arguments
    body(Source(api, database(slug), language))
