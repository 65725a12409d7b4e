"""CSV and XLSX: a row a feature, with its place in degrees, as WKT, or in a VN-2000 grid."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from layers.cql2.sql import Sql
from layers.definition import Text
from layers.exports.about import DICTIONARY_HEAD, About
from layers.exports.columns import Column
from layers.exports.formulas import harmless, is_formula
from layers.exports.rows import Source
from layers.exports.shapes import anchor, shape
from layers.exports.values import READ
from layers.fieldtypes import LOCAL_TIME

LONLAT, WKT, XY = "lonlat", "wkt", "xy"
# What XML cannot say.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CELL_CHARACTERS = 32_767
_PLACE = {
    LONLAT: (
        ("lon", Text("Kinh độ WGS 84, độ", "Longitude, degrees")),
        ("lat", Text("Vĩ độ WGS 84, độ", "Latitude, degrees")),
    ),
    WKT: (("wkt", Text("Hình dạng (WKT, x đông trước)", "Shape (WKT, x east first)")),),
    XY: (
        ("X", Text("Tọa độ X, hướng bắc, m", "X, northing, m")),
        ("Y", Text("Tọa độ Y, hướng đông, m", "Y, easting, m")),
    ),
}


def place_columns(coordinates: str, taken: tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns of the place; a name that a field has already gets a tail."""
    names = {column.name for column in taken}
    kind: Any = "text" if coordinates == WKT else "number"
    return tuple(
        Column(f"{name}_geom" if name in names else name, kind, label)
        for name, label in _PLACE[coordinates]
    )


def write_csv(source: Source, about: About, path: Path, coordinates: str) -> None:
    """UTF-8 with the mark that Excel needs, comma, decimal point; formulas made harmless."""
    heads = [column.name for column in about.columns]
    clean = [_cell(column) for column in source.columns]
    with path.open("wb") as file:
        file.write("\ufeff".encode())
        for rows in _rows(source, about, coordinates, clean):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            if heads:
                writer.writerow(heads)
                heads = []
            writer.writerows(rows)
            file.write(text.getvalue().encode())
        if heads:
            file.write((",".join(heads) + "\r\n").encode())


def _cell(column: Column) -> Callable[[str], str]:
    if column.kind == "text":
        return harmless
    if column.kind == "list":
        return lambda text: harmless(READ["list"](text))
    read = READ[column.kind]
    # A value that is not of its kind is text after all.
    return lambda text: text if read(text) is not None else harmless(text)


def _rows(
    source: Source, about: About, coordinates: str, clean: list[Callable[[str], Any]]
) -> Iterator[list[list[Any]]]:
    place = _place(about, coordinates)
    for batch in source.batches(place):
        yield [
            [
                *(
                    None if text is None else read(text)
                    for text, read in zip(texts, clean, strict=True)
                ),
                *_placed(where, coordinates),
            ]
            for where, *texts in batch
        ]


def _place(about: About, coordinates: str) -> Sql:
    digits = 7 if about.crs.is_geographic else 3
    if coordinates != WKT:
        return anchor(about.crs, digits)
    moved = shape(about.crs)
    return Sql(f"ST_AsText({moved.text}, {digits})", moved.values)


def _placed(where: str, coordinates: str) -> list[str]:
    """X is north in Vietnamese notation: the only place where the two change."""
    if coordinates == WKT:
        return [where]
    east, _blank, north = where.partition(" ")
    return [north, east] if coordinates == XY else [east, north]


def write_xlsx(source: Source, about: About, path: Path, coordinates: str) -> None:
    """A sheet of features, one that says what they are, one that explains the columns."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Dữ liệu")
    sheet.freeze_panes = "A2"
    sheet.append(_bold(sheet, [column.name for column in about.columns]))
    sheet.append(_bold(sheet, [column.label.vi for column in about.columns]))
    values = [_value(sheet, column) for column in source.columns]
    for rows in _rows(source, about, coordinates, values):
        for row in rows:
            places = len(row) - len(values)
            sheet.append([*row[:-places], *(float(number) for number in row[-places:])])
    told = book.create_sheet("Giới thiệu")
    told.column_dimensions["B"].width = 80
    for pair in about.plain():
        told.append([text_cell(told, part) for part in pair])
    fields = book.create_sheet("Các trường")
    fields.append(_bold(fields, list(DICTIONARY_HEAD)))
    for line in about.plain_dictionary():
        fields.append([text_cell(fields, part) for part in line])
    book.save(path)


def _bold(sheet: Any, texts: list[str]) -> list[Any]:
    cells = []
    for text in texts:
        cell = WriteOnlyCell(sheet, value="")
        # Labels are a planner's: never a formula.
        cell.value, cell.data_type = text, "s"
        cell.font = Font(bold=True)
        cells.append(cell)
    return cells


def _value(sheet: Any, column: Column) -> Callable[[str], Any]:
    read = READ[column.kind]
    if column.kind in ("text", "list"):
        return lambda text: text_cell(sheet, read(text))
    if column.kind == "moment":
        return lambda text: _local(read(text))
    return read


def _local(moment: Any) -> Any:
    """Workbooks know no zones: the time of the clocks in Việt Nam."""
    return None if moment is None else moment.astimezone(LOCAL_TIME).replace(tzinfo=None)


def text_cell(sheet: Any, text: str) -> Any:
    """A cell of text, whatever it looks like."""
    text = _CONTROL.sub("", text)[:CELL_CHARACTERS]
    if not is_formula(text):
        return text
    cell = WriteOnlyCell(sheet, value="")
    cell.value = text
    cell.data_type = "s"
    # As an apostrophe typed before it: it stays text when somebody edits the cell.
    cell.quotePrefix = True
    return cell
