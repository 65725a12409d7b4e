"""Find `crs` members of a GeoJSON that make GDAL fetch an address, in a file of any size.

GDAL reads the old `crs` member of a collection, of a feature and of every geometry; the types
`link` and `url` are fetched. Only `name` and `EPSG` pass. The bytes are scanned in chunks, so that
64 MB take a fraction of a second and no memory.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CHUNK = 2**20
# A `crs` member is shorter than this; one that is not is refused.
_LONGEST = 4096
# The name with its quotes, written in escapes.
_KEY = 20
# Letters may be written as escapes; the text is in small letters when it is searched, since GDAL
# compares names without regard to case. Single quotes and comments are no JSON, but json-c reads
# them.
_ESCAPES = tuple(rb"\u00" + code for code in (b"63", b"43", b"72", b"52", b"73", b"53"))
_CRS = re.compile(rb"""["'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)["']""")
_ALLOWED = {"name", "epsg"}


def has_linked_crs(path: Path) -> bool:
    """Whether any `crs` member is an object of another type than `name` or `EPSG`."""
    return any(_is_linked(rest) for rest in _after_crs(path))


def _after_crs(path: Path) -> Iterator[bytes]:
    """The text behind each `"crs"`, up to the longest member, in small letters."""
    kept = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            window = kept + chunk.lower()
            # What lies across the edge waits for the next chunk, to be seen whole.
            yield from _found(window, len(window) - _LONGEST)
            kept = window[-_LONGEST - _KEY :]
    yield from _found(kept, len(kept))


def _found(window: bytes, until: int) -> Iterator[bytes]:
    """What follows each `"crs"` that ends before `until`."""
    if b"crs" not in window and not any(escape in window for escape in _ESCAPES):
        return
    for match in _CRS.finditer(window):
        if match.end() <= until:
            yield window[match.end() : match.end() + _LONGEST]


def _is_linked(rest: bytes) -> bool:
    rest = rest.lstrip()
    if rest[:1] in (b",", b"}", b"]"):  # a value, not a name
        return False
    if rest[:1] != b":":
        return True
    value = rest[1:].lstrip()
    if value[:1] != b"{":
        return not re.match(rb'["\[\dntf-]', value)
    return not _is_named(value.decode("utf-8", "replace"))


def _is_named(text: str) -> bool:
    """An object with a type, and no other type than those allowed."""

    def pairs(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        return found

    try:
        members, _end = json.JSONDecoder(object_pairs_hook=pairs).raw_decode(text)
    except (ValueError, RecursionError):
        return False
    types = [value for name, value in members if name == "type"]
    return bool(types) and all(isinstance(t, str) and t in _ALLOWED for t in types)
