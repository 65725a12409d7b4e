"""CSV: separator and encoding by content; TCVN3 and VNI decided per column."""

import csv
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from importers.encoding import ColumnEncoding, decide
from importers.readers.coordinates import find_columns
from importers.readers.csv_lines import MOST_COLUMNS, read_lines, read_rows
from importers.readers.shape_text import find_cell
from importers.readers.sheet import open_table
from importers.readers.source import Source, Wanted
from importers.readers.table import NumberedRows, require_table

_SEPARATORS = ",;\t|"
_LOOKED_AT = 20_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def is_utf16(path: Path) -> bool:
    """Excel's “Unicode text”: UTF-16 behind its byte order mark."""
    with path.open("rb") as stream:
        return stream.read(2) in _UTF16


def open_csv(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """The file as points or corner lists.

    Raises BadTable, EmptyFile, BrokenFile, BrokenQuote, LineTooLong, TooManyColumns.
    """
    encoding = _bytes_encoding(path)
    separator = _separator(path, encoding)

    def raw_rows() -> Iterable[tuple[int, list[str]]]:
        return read_rows(path, encoding, separator)

    decided = _decide_columns(raw_rows, raw=encoding == "latin-1")

    def rows() -> NumberedRows:
        for number, row in raw_rows():
            yield number, [_decoded(cell, decided.get(i)) for i, cell in enumerate(row)]

    table = require_table(path.stem, rows)
    header = dict(enumerate(table.header))
    named = [
        ColumnEncoding(header.get(i, str(i)), g.encoding, g.confidence, g.preview)
        for i, g in decided.items()
        if g.preview and g.encoding != "unicode"
    ]
    return open_table(table, "CSV", wanted, named)


def _bytes_encoding(path: Path) -> str:
    """UTF-16 by its mark; UTF-8 when every byte agrees, otherwise one character a byte for
    `importers.encoding`.
    """
    if is_utf16(path):
        return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as stream:
            while stream.read(2**20):
                pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _separator(path: Path, encoding: str) -> str:
    """The separator under which a line names coordinates; else the most frequent one.

    With decimal commas a row has as many commas as semicolons: only the header tells.
    """
    lines = list(islice(read_lines(path, encoding), 20))
    for separator in _SEPARATORS:
        if any(line.count(separator) > MOST_COLUMNS for line in lines):
            continue
        rows = _loosely(lines, separator)
        if any(find_columns(row) or find_cell(row, rows[i + 1 :]) for i, row in enumerate(rows)):
            return separator
    return max(_SEPARATORS, key=lambda s: max((line.count(s) for line in lines), default=0))


def _loosely(lines: list[str], separator: str) -> list[list[str]]:
    """The rows before a defect, if any: which one it is `read_rows` says."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return rows
    return rows


def _decide_columns(
    rows: Callable[[], Iterable[tuple[int, list[str]]]], *, raw: bool
) -> dict[int, ColumnEncoding]:
    columns: dict[str, list[str]] = {}
    for _number, row in islice(rows(), _LOOKED_AT):
        for index, cell in enumerate(row):
            if not cell.isascii():
                columns.setdefault(str(index), []).append(cell)
    return {int(name): guess for name, guess in decide(columns, raw=raw).items()}


def _decoded(cell: str, encoding: ColumnEncoding | None) -> Any:
    return cell if encoding is None or cell.isascii() else encoding.decode(cell)
