"""Random filters against the database: each is answered, or refused by name; never a failure of the
database. What the request said never stands in the text of a statement.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from layers.cql2 import compile_filter, queryables_of
from layers.cql2.limits import Meter
from layers.cql2.written import read
from layers.crs import VN2000, WEB_MERCATOR, WGS84, Crs
from layers.errors import BadFilter
from layers.models import LayerVersion
from tests.layers.cql2.conftest import run
from tests.layers.cql2.written_trees import ANY_TREE, CONDITIONS, MARK, NAMES, as_text

pytestmark = pytest.mark.django_db
# Filters of each kind: `make fuzz` sets the number.
FUZZ = settings(
    max_examples=int(os.environ.get("PORTAL_FUZZ_FILTERS", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SYSTEMS = (WGS84, WEB_MERCATOR, VN2000[5899], VN2000[4756])
# All texts and numbers that statements may hold: those that the compiler itself writes.
OWN_TEXTS = {"'array'", "'number'", "'boolean'", "'name'", "'ς'", "'σ'", "'ß'", "'ss'"}
OWN_NUMBERS = {"0", "1", "10", "1e100", "1e-100", "10000", "690"}


@contextmanager
def captured() -> Iterator[list[str]]:
    """The texts of all statements, before values are bound."""
    found: list[str] = []

    def keep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(keep):
        yield found


def answer(version: LayerVersion, text: str, lang: Any, system: Crs, *, swapped: bool) -> None:
    """Compile and run; only named refusals may come out, and nothing of the request in the SQL."""
    queryables = queryables_of(version.layer.parsed)
    try:
        condition = compile_filter(text, lang, queryables, filter_crs=system, axis_swapped=swapped)
        # A refusal of the database would end the whole transaction of the test.
        with captured() as statements, transaction.atomic():
            run(version, condition)
    except BadFilter:
        return
    for statement in statements:
        check_text(statement)


def check_text(statement: str) -> None:
    assert MARK not in statement
    without = re.sub(r"\$\d+|SAVEPOINT \S+|f\.\w+|area_m2|length_m", "", statement)
    assert set(re.findall(r"'[^']*'", without)) <= OWN_TEXTS, statement
    assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", without)) <= OWN_NUMBERS, statement
    for name in NAMES:
        if name not in ("geom", "unit", "id", "uid", "area_m2", "length_m", "name", "geometry"):
            assert not re.search(rf"\b{re.escape(name)}\b", statement), statement


@FUZZ
@example(tree={"op": "=", "args": [{"op": "/", "args": [1, 0]}, 1]}, system=WGS84, swapped=False)
@example(tree={"op": "=", "args": [{"property": "stalls"}, 2**63]}, system=WGS84, swapped=False)
@given(tree=CONDITIONS, system=st.sampled_from(SYSTEMS), swapped=st.booleans())
def test_filters_of_the_right_shape(
    markets: LayerVersion, tree: Any, system: Crs, swapped: bool
) -> None:
    answer(markets, json.dumps(tree), "cql2-json", system, swapped=swapped)


@FUZZ
@given(tree=CONDITIONS)
def test_the_same_filters_as_text(markets: LayerVersion, tree: Any) -> None:
    answer(markets, as_text(tree), "cql2-text", WGS84, swapped=False)


@FUZZ
@given(tree=ANY_TREE)
def test_trees_of_any_shape(markets: LayerVersion, tree: Any) -> None:
    answer(markets, json.dumps(tree), "cql2-json", WGS84, swapped=False)


WORDS = (
    *("(", ")", ",", "=", "<>", "<", ">=", "+", "-", "*", "/", "^", "%", "div", "'zq'", "''", "'"),
    *("and", "OR", "not", "like", "between", "in", "is", "null", "true", "1", ".5", "1e3", "1e999"),
    *("stalls", "name", "roofed", "sells", "geometry", '"name"', '"', "casei", "s_intersects"),
    *("POINT", "POLYGON", "EMPTY", "Z", "BBOX", "DATE", "INTERVAL", "'2026-01-01'", "a_equals"),
    *("\\", "\n", "é", ";", "--", "%s", "%(x)s", "{}", "{0}", "zq"),
)


@FUZZ
@given(words=st.lists(st.sampled_from(WORDS), max_size=25), glue=st.sampled_from(("", " ")))
def test_words_in_any_order(markets: LayerVersion, words: list[str], glue: str) -> None:
    answer(markets, glue.join(words), "cql2-text", WGS84, swapped=False)


@FUZZ
@given(text=st.text(max_size=60), lang=st.sampled_from(("cql2-text", "cql2-json")))
def test_any_text(markets: LayerVersion, text: str, lang: Any) -> None:
    answer(markets, text, lang, WGS84, swapped=False)


@FUZZ
@given(tree=CONDITIONS)
def test_text_and_json_are_read_alike(tree: Any) -> None:
    written = json.dumps(tree)
    assume('\\\\"' not in written)  # a backslash at the end of a text reads as an escaped quote
    meter = Meter(length=10**6, depth=200, operators=1000, vertices=1000)
    assert _plain(read(as_text(tree), "cql2-text", meter).tree) == _plain(json.loads(written))


def _plain(node: Any) -> Any:
    """Numbers as floats."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(part) for part in node]
    return node if isinstance(node, bool | str) or node is None else float(node)
