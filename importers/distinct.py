"""A column as its distinct values and where each stands: registers repeat themselves.

What costs something for a value (reading a cell, folding a text, writing JSON) is done once for
each distinct one. Used by the steps and by `importers.values_as_text`.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from layers.remembered import Remembered

_TEXT = {str, type(None)}
_PLAIN = {str, int, float, bool, type(None)}


def _distinct(values: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    """(code of each value, int (n,); the distinct values): `values[i]` is `found[codes[i]]`.

    1, 1.0 and True are three values; None is one; lists may occur.
    """
    array = _arrow(values)
    if array is None:
        return _one_by_one(values.tolist())
    return coded(array)


def coded(array: pa.Array) -> tuple[np.ndarray, list[Any]]:
    """The same of an Arrow array."""
    encoded = array.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


distinct = Remembered(_distinct)


def texts(column: pa.Array) -> np.ndarray:
    """A column of strings as objects: each distinct text is one, however often it stands there."""
    codes, found = coded(column)
    values = np.empty(len(found), dtype=object)
    values[:] = found
    made = np.asarray(values[codes])
    distinct.remember(made, (codes, found))
    return made


def arrow_texts(values: np.ndarray) -> pa.Array | None:
    """The way back, as large strings; None for what `texts` has not made."""
    known = distinct.known(values)
    if known is None or not set(map(type, known[1])) <= _TEXT:
        return None
    try:
        return pa.array(known[1], pa.large_string()).take(pa.array(known[0]))
    except UnicodeEncodeError:
        return None


def occurring(values: np.ndarray) -> list[tuple[Any, int]]:
    """Each distinct value with how often it occurs."""
    codes, found = distinct(values)
    return list(zip(found, np.bincount(codes, minlength=len(found)).tolist(), strict=True))


def _arrow(values: np.ndarray) -> pa.Array | None:
    """As Arrow where that keeps every value what it is: plain numbers, or texts and None."""
    if values.dtype.kind in "iufb":
        return pa.array(values)
    items = values.tolist()
    # Arrow would take bytes for text.
    if not set(map(type, items)) <= _TEXT:
        return None
    try:
        return pa.array(items, pa.large_string(), from_pandas=False)
    except (pa.ArrowException, UnicodeEncodeError):
        return None


def _one_by_one(items: list[Any]) -> tuple[np.ndarray, list[Any]]:
    known: dict[Any, int] = {}
    found: list[Any] = []
    codes = np.empty(len(items), dtype=np.int64)
    for position, item in enumerate(items):
        mark = _mark(item)
        code = known.get(mark)
        if code is None:
            code = known[mark] = len(found)
            found.append(item)
        codes[position] = code
    return codes, found


def _mark(value: Any) -> tuple[type, Any]:
    """What tells values apart as a dictionary's key: 1, 1.0 and True would be the same one."""
    if isinstance(value, list):
        return list, tuple(map(_mark, value))
    # Decimal("1.0") and Decimal(1) are equal and written otherwise.
    return value.__class__, value if value.__class__ in _PLAIN else repr(value)
