"""Lines and rows of a CSV, with the line of the file on which each row begins.

A stray quotation mark would swallow hundreds of rows into one cell, and a file without line breaks
would be one row of a hundred megabytes: both are refused by name, with the line, before they cost
anything. `csv_file` decides separator and encoding.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from importers.refusals import BrokenFile, BrokenQuote, LineTooLong, TooManyColumns
from importers.wording import number

MOST_COLUMNS = 1000
# Characters. A row of a survey table has some hundreds; a thousand columns of 250 fit.
LONGEST_LINE = 2**18
csv.field_size_limit(2**20)
# A coordinate as a cell of its own: with a fraction, or of six digits.
_COORDINATE = re.compile(r"\s*[+-]?(\d{1,7}[.,]\d+|\d{6,7})\s*")


class _Lines:
    """The lines of a file, counted and of bounded length. `count` is the last one given."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding, self.count = path, encoding, 0

    def __iter__(self) -> Iterator[str]:
        try:
            with self._path.open(encoding=self._encoding, newline="") as stream:
                while line := stream.readline(LONGEST_LINE + 1):
                    self.count += 1
                    if len(line) > LONGEST_LINE:
                        raise LineTooLong(
                            _("Dòng %(line)s dài hơn %(most)s ký tự.")
                            % {"line": number(self.count), "most": number(LONGEST_LINE)}
                        )
                    yield line
        except UnicodeError as error:
            raise BrokenFile(
                _("Không đọc được chữ sau dòng %(line)s.") % {"line": number(self.count)}
            ) from error


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines. Raises LineTooLong, BrokenFile."""
    return iter(_Lines(path, encoding))


def read_rows(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line of the file on which the row begins, its cells).

    Raises BrokenQuote, LineTooLong, TooManyColumns, BrokenFile.
    """
    lines = _Lines(path, encoding)
    reader = csv.reader(iter(lines), delimiter=separator, strict=True)
    width = 0
    while True:
        begins = lines.count + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _broken_quote(begins, lines.count) from error
        if row is None:
            return
        _check_width(row, begins)
        width = max(width, len(row))
        if lines.count > begins and _swallowed(row, separator, width):
            raise _broken_quote(begins, lines.count)
        yield begins, row


def _broken_quote(begins: int, found: int) -> BrokenQuote:
    where = {"line": number(begins), "found": number(found)}
    if found > begins:
        text = _(
            "Dấu ngoặc kép mở ở dòng %(line)s không được đóng đúng chỗ: nó nuốt các dòng đến "
            "dòng %(found)s."
        )
    else:
        text = _("Dòng %(line)s có dấu ngoặc kép không được đóng đúng chỗ.")
    return BrokenQuote(text % where, line=begins)


def _check_width(row: list[str], line: int) -> None:
    if len(row) > MOST_COLUMNS:
        raise TooManyColumns(
            _("Dòng %(line)s có %(count)s cột, tối đa %(most)s.")
            % {"line": number(line), "count": number(len(row)), "most": number(MOST_COLUMNS)}
        )


def _swallowed(row: list[str], separator: str, width: int) -> bool:
    """Whether a cell with line breaks holds other rows: an address of two lines is no defect.

    A swallowed row brings its coordinates along, or shifts the cells of the row that is left.
    """
    for cell in row:
        if separator not in cell or not ("\n" in cell or "\r" in cell):
            continue
        pieces = re.split(f"[{re.escape(separator)}\r\n]", cell)
        if len(row) != width or sum(bool(_COORDINATE.fullmatch(p)) for p in pieces) >= 2:
            return True
    return False
