"""The one way of writing JSON that is hashed: RFC 8785, which a browser has in a few lines."""

import hashlib
import json
from typing import Any

import rfc8785

# Deeper than any payload of ours.
_DEPTH = 32


class Unwritable(ValueError):
    """No canonical form: NaN, halves of surrogate pairs, integers beyond 2^53, endless depth."""


def canonical(value: Any) -> bytes:
    """The bytes that are hashed. Raises Unwritable."""
    if too_deep(value):
        raise Unwritable("too deep")
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError) as error:
        raise Unwritable(str(error)) from error


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> Any:
    """JSON as the standard has it. Raises ValueError."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def too_deep(value: Any) -> bool:
    """Found without recursion: what is asked of it may be deep."""
    todo = [(value, 0)]
    while todo:
        one, depth = todo.pop()
        if depth > _DEPTH:
            return True
        parts = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        todo += [(part, depth + 1) for part in parts]
    return False
