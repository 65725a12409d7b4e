"""One value of a mixed column as bytes: a letter that says its type, then its text.

Cells of a worksheet are texts, numbers, dates and times beside each other; Arrow has no column for
that. Unknown types become their text. Used by `importers.confined.columns` and `wire`.
"""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

# type → (mark, its text); bool before int: it is one. A date-time before a date, for the same
# reason.
_WRITERS: tuple[tuple[type | tuple[type, ...], str, Callable[[Any], str]], ...] = (
    (str, "s", str),
    ((bool, np.bool_), "b", lambda v: "1" if v else "0"),
    ((int, np.integer), "i", lambda v: format(int(v), "x")),
    ((float, np.floating), "f", lambda v: repr(float(v))),
    (Decimal, "n", str),
    (dt.datetime, "d", dt.datetime.isoformat),
    (dt.date, "a", dt.date.isoformat),
    (dt.time, "t", dt.time.isoformat),
    (dt.timedelta, "e", lambda v: repr(v.total_seconds())),
    ((list, tuple, dict), "j", lambda v: json.dumps(v, default=str)),
)
# A number of more digits is no cell's; Python refuses to write whole numbers of more than 4300.
_MOST_DIGITS = 1000
# Values that take more room than their text.
GROWING = frozenset((b"j",))


def _short(text: str) -> str:
    if len(text) > _MOST_DIGITS:
        raise ValueError("digits")
    return text


def _decimal(text: str) -> Decimal:
    """`1E+999999999` is short until somebody writes it out."""
    value = Decimal(text)
    if value.is_finite() and abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError("exponent")
    return value


_READERS: dict[str, Callable[[str], object]] = {
    "s": str,
    "b": lambda text: text == "1",
    # Hexadecimal: long decimal texts take quadratic time.
    "i": lambda text: int(_short(text), 16),
    "f": float,
    "n": lambda text: _decimal(_short(text)),
    "d": dt.datetime.fromisoformat,
    "a": dt.date.fromisoformat,
    "t": dt.time.fromisoformat,
    "e": lambda text: dt.timedelta(seconds=float(text)),
    "j": json.loads,
}


def pack_scalar(value: object) -> bytes:
    """The bytes of one value that is not None."""
    for kinds, mark, write in _WRITERS:
        if isinstance(value, kinds):
            return (mark + write(value)).encode("utf-8", "surrogatepass")
    return b"s" + str(value).encode("utf-8", "surrogatepass")


def unpack_scalar(packed: bytes) -> object:
    """The value of these bytes. Raises ValueError, ArithmeticError."""
    text = packed.decode("utf-8", "surrogatepass")
    reader = _READERS.get(text[:1])
    if reader is None:
        raise ValueError("mark")
    return reader(text[1:])
