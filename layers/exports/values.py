"""Texts of the database as values of a column's kind.

A value that is not of its field's type today (versions keep the values of their own time) has no
place in a typed column and is left empty; formats of plain text keep it.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from layers.exports.columns import Kind


def number(text: str) -> float | int | None:
    """A JSON number; whole ones stay whole."""
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return None


def whole(text: str) -> int | None:
    """A whole number."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


def truth(text: str) -> bool | None:
    """true or false."""
    return {"true": True, "false": False}.get(text)


def day(text: str) -> dt.date | None:
    """An ISO day."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str) -> dt.datetime | None:
    """An ISO moment with its offset."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def listed(text: str) -> str:
    """A JSON list as one text: `a, b`."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return ", ".join(map(str, found)) if isinstance(found, list) else text


def as_it_is(text: str) -> str:
    """Text."""
    return text


READ: dict[Kind, Callable[[str], Any]] = {
    "text": as_it_is,
    "number": number,
    "integer": whole,
    "boolean": truth,
    "date": day,
    "moment": moment,
    "list": listed,
}
