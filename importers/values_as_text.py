"""Columns of values as Arrow texts: JSON objects for `properties`, folded words for the search box.

Distinct values are written once; the rest is put together by Arrow. Used by `importers.rows`.
"""

import json
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importers.distinct import distinct
from layers.search.fold import words

TEXT = pa.large_string()
_NUMBERS = {int, float, bool, type(None)}


def json_objects(columns: dict[str, np.ndarray], count: int) -> pa.Array:
    """One JSON object a feature (n,); empty values are left out."""
    parts = [_fragments(name, values) for name, values in columns.items()]
    if not parts:
        return pa.array(["{}"] * count, TEXT)
    inside = joined(parts, ",")
    brace = (pa.scalar("{", TEXT), inside, pa.scalar("}", TEXT), pa.scalar("", TEXT))
    return pc.binary_join_element_wise(*brace)


def search_texts(columns: Iterable[np.ndarray], count: int) -> pa.Array:
    """Folded words of the columns with a space between, (n,); nothing where all are empty."""
    parts = [_looked_up(values, _folded) for values in columns]
    return joined(parts, " ") if parts else pa.array([""] * count, TEXT)


def joined(parts: Sequence[pa.Array], between: str) -> pa.Array:
    """The texts of each row with `between` between them; nulls are left out."""
    nothing = reduce(pc.and_, map(pc.is_null, parts))
    # Arrow forgets the row where all texts are null: the answer would be shorter than the columns.
    parts = [*parts[:-1], pc.if_else(nothing, pa.scalar("", TEXT), parts[-1])]
    return pc.binary_join_element_wise(*parts, pa.scalar(between, TEXT), null_handling="skip")


def _fragments(name: str, values: np.ndarray) -> pa.Array:
    """`"name":value`, null for None."""
    label = json.dumps(name) + ":"
    if values.dtype.kind == "O" and set(map(type, items := values.tolist())) <= _NUMBERS:
        return _number_fragments(label, items)

    def fragment(value: Any) -> str | None:
        return None if value is None else label + json.dumps(value, ensure_ascii=False)

    return _looked_up(values, fragment)


def _number_fragments(label: str, items: list[Any]) -> pa.Array:
    """Numbers hardly repeat themselves: all of them written by one call, then cut apart."""
    written = json.dumps(items, separators=(",", ","))[1:-1].split(",")
    texts = pa.array(written if items else [], TEXT)
    whole = pc.binary_join_element_wise(pa.scalar(label, TEXT), texts, pa.scalar("", TEXT))
    return pc.if_else(pc.equal(texts, "null"), pa.scalar(None, TEXT), whole)


def _folded(value: Any) -> str | None:
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return " ".join(words(str(value))) or None if value is not None else None


def _looked_up(values: np.ndarray, write: Any) -> pa.Array:
    """`write` of each distinct value at all its places."""
    codes, found = distinct(values)
    return pa.array(map(write, found), TEXT).take(pa.array(codes))
