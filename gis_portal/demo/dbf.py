"""dBASE III tables, written byte for byte: OGR would widen fields and add an encoding mark.

TCVN3 (ABC) is what the font .VnTime shows: one byte a letter, without toned capitals.
"""

import datetime as dt
import struct
from dataclasses import dataclass
from typing import Any

from importers.encoding import encode_tcvn3

_MOST = 254


@dataclass(frozen=True)
class Column:
    """Name of at most 10 bytes; kind C, N or D; width in bytes."""

    name: str
    kind: str
    width: int
    decimals: int = 0


def infer_columns(rows: list[dict[str, Any]], encoding: str) -> list[Column]:
    """Columns wide enough for every row. Keys of the first row, in their order."""
    return [_infer(name, [row[name] for row in rows], encoding) for name in rows[0]]


def _infer(name: str, values: list[Any], encoding: str) -> Column:
    present = [v for v in values if v is not None and v != ""]
    if present and all(isinstance(v, dt.date) for v in present):
        return Column(name, "D", 8)
    if present and all(isinstance(v, int) for v in present):
        return Column(name, "N", max(len(str(v)) for v in present))
    if present and all(isinstance(v, int | float) for v in present):
        return Column(name, "N", 16, 1)
    width = max((len(_encode(str(v), encoding)) for v in present), default=1)
    return Column(name, "C", min(width, _MOST))


def encode_dbf(columns: list[Column], rows: list[dict[str, Any]], encoding: str) -> bytes:
    """The whole table. Raises ValueError for a name that is too long."""
    if any(len(column.name) > 10 for column in columns):
        raise ValueError("dBASE names have at most 10 characters")
    length = 1 + sum(column.width for column in columns)
    header = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(rows), 33 + 32 * len(columns), length)
    fields = b"".join(
        struct.pack("<11sc4xBB14x", c.name.encode("ascii"), c.kind.encode(), c.width, c.decimals)
        for c in columns
    )
    body = b"".join(
        b" " + b"".join(_cell(column, row[column.name], encoding) for column in columns)
        for row in rows
    )
    return header + fields + b"\r" + body + b"\x1a"


def _cell(column: Column, value: Any, encoding: str) -> bytes:
    if value is None or value == "":
        return b" " * column.width
    if column.kind == "D":
        return bytes(value.strftime("%Y%m%d"), "ascii")
    if column.kind == "N":
        return f"{value:{column.width}.{column.decimals}f}".encode("ascii")
    return _encode(str(value), encoding)[: column.width].ljust(column.width)


def _encode(text: str, encoding: str) -> bytes:
    return encode_tcvn3(text) if encoding == "tcvn3" else text.encode(encoding)
