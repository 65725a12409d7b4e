"""CSV: separator and encoding by content; TCVN3 and VNI decided per column."""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from importers.encoding import ColumnEncoding, decide
from importers.readers.coordinates import find_columns
from importers.readers.sheet import open_table
from importers.readers.source import Source, Wanted
from importers.readers.table import Row, require_table
from importers.refusals import BrokenFile

_SEPARATORS = ",;\t|"
_LOOKED_AT = 20_000
csv.field_size_limit(2**20)


def open_csv(path: Path, wanted: Wanted) -> Source:
    """The file as points or corner lists. Raises BadTable, EmptyFile, BrokenFile."""
    encoding = _bytes_encoding(path)
    separator = _separator(path, encoding)
    raw_rows = _rows(path, encoding, separator)
    decided = _decide_columns(raw_rows, raw=encoding == "latin-1")

    def rows() -> Iterator[Row]:
        for row in raw_rows():
            yield [_decoded(cell, decided.get(i)) for i, cell in enumerate(row)]

    table = require_table(path.stem, rows)
    header = dict(enumerate(table.header))
    named = [
        ColumnEncoding(header.get(i, str(i)), g.encoding, g.confidence, g.preview)
        for i, g in decided.items()
        if g.preview and g.encoding != "unicode"
    ]
    return open_table(table, "CSV", wanted, named)


def _bytes_encoding(path: Path) -> str:
    """UTF-8 when every byte agrees, otherwise one character a byte for `importers.encoding`."""
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
    with path.open(encoding=encoding, newline="") as stream:
        lines = list(islice(stream, 20))
    for separator in _SEPARATORS:
        if any(find_columns(row) for row in csv.reader(lines, delimiter=separator)):
            return separator
    return max(_SEPARATORS, key=lambda s: max((line.count(s) for line in lines), default=0))


def _rows(path: Path, encoding: str, separator: str) -> Callable[[], Iterable[list[str]]]:
    def rows() -> Iterator[list[str]]:
        try:
            with path.open(encoding=encoding, newline="") as stream:
                yield from csv.reader(stream, delimiter=separator)
        except csv.Error as error:
            raise BrokenFile(_("Dòng CSV không đọc được: %(why)s") % {"why": error}) from error

    return rows


def _decide_columns(
    rows: Callable[[], Iterable[list[str]]], *, raw: bool
) -> dict[int, ColumnEncoding]:
    columns: dict[str, list[str]] = {}
    for row in islice(rows(), _LOOKED_AT):
        for index, cell in enumerate(row):
            if not cell.isascii():
                columns.setdefault(str(index), []).append(cell)
    return {int(name): guess for name, guess in decide(columns, raw=raw).items()}


def _decoded(cell: str, encoding: ColumnEncoding | None) -> Any:
    return cell if encoding is None or cell.isascii() else encoding.decode(cell)
