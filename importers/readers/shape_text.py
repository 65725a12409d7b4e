"""The text of a shape in one cell: a list of corners, or WKT as a GIS writes it.

`table` finds the column, `shape_cells` makes features of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from importers.columns import fold_name
from importers.readers.coordinates import CoordinateColumns, axis_of
from layers.values import BadValue, is_empty, parse_number

_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\b", re.I)
_BETWEEN_BRACKETS = re.compile(r"[\])}]\s*[,;]?\s*[\[({]")
_BETWEEN_CORNERS = re.compile(r"[;\n\r|]+")
# `1:`, `M2:` in front of a corner; `X=` in front of a number.
_LABEL = re.compile(r"^\s*[^\W\d_]{0,3}\d{0,4}\s*:\s*")
_AXIS = re.compile(r"\b([XYNExyne])\s*[=:]\s*")
_PAIR = 2

Corner = tuple[float, float]


@dataclass(frozen=True)
class ShapeText:
    """One cell: rings in the order of the numbers (`order` where the cell names it), or WKT."""

    rings: list[np.ndarray]
    wkt: shapely.Geometry | None = None
    order: str = ""


def looks_like_shape(cell: object) -> bool:
    """Whether a cell holds a list of corners or WKT: names of columns alone are too common."""
    if not isinstance(cell, str):
        return False
    try:
        return parse(cell) is not None
    except ValueError:
        return False


def parse(text: str) -> ShapeText:
    """Raises ValueError for anything but WKT or pairs of numbers."""
    if _WKT.match(text):
        try:
            return ShapeText([], shapely.from_wkt(text.split(";", 1)[-1].strip()))
        except shapely.errors.GEOSException as error:
            raise ValueError(text[:80]) from error
    order = "".join(axis.upper() for axis in _AXIS.findall(text)[:_PAIR])
    pieces = _pieces(_AXIS.sub("", text))
    return ShapeText(_rings([_pair(piece) for piece in pieces]), None, order)


def _pieces(text: str) -> list[str]:
    joined = _BETWEEN_BRACKETS.sub(";", text)
    pieces = [p.strip("[](){} \t,") for p in _BETWEEN_CORNERS.split(joined)]
    pieces = [_LABEL.sub("", piece) for piece in pieces if piece]
    if len(pieces) == 1:
        # Blanks within a corner, commas between corners: as WKT, without its words.
        parts = pieces[0].split(",")
        if len(parts) > 1 and all(len(part.split()) == _PAIR for part in parts):
            return parts
    return pieces


def _pair(piece: str) -> Corner:
    tokens = piece.split()
    tokens = piece.split(",") if len(tokens) == 1 else tokens
    if len(tokens) not in (_PAIR, _PAIR + 1):
        raise ValueError(piece[:80])
    try:
        first, second = (float(parse_number(token.strip(" ,"))) for token in tokens[:_PAIR])
    except BadValue as error:
        raise ValueError(piece[:80]) from error
    return first, second


def _rings(corners: list[Corner]) -> list[np.ndarray]:
    """A ring ends with the corner that closes it."""
    rings: list[list[Corner]] = [[]]
    for corner in corners:
        ring = rings[-1]
        if len(ring) > _PAIR + 1 and ring[0] == ring[-1]:
            rings.append([])
        rings[-1].append(corner)
    return [np.array(ring) for ring in rings if ring]


def find_cell(header: list[str], rows: Sequence[Sequence[object]]) -> CoordinateColumns | None:
    """The column whose name and first filled cells say that it holds shapes."""
    for index, name in enumerate(header):
        bare, _bracket, inside = name.partition("(")
        if fold_name(bare) not in _NAMES and fold_name(name) not in _NAMES:
            continue
        filled = [row[index] for row in rows if len(row) > index and not is_empty(row[index])]
        if filled and looks_like_shape(filled[0]):
            order = axis_of(inside)
            geographic = bool(re.search(r"lon|lat|kinh|vĩ", inside, re.I))
            return CoordinateColumns(
                index, index, name, name, geographic, cell=True, cell_order=order
            )
    return None


_NAMES = frozenset(
    {"wkt", "wktgeom", "wktgeometry", "geom", "thegeom", "geometry", "shape", "polygon", "hinh"}
    | {"hinhhoc", "ranh", "ranhgioi", "toado", "toadodinh", "toadocacdinh", "toadocacdiem"}
    | {"toadogocranh", "toadoranh", "toadoranhgioi", "toadokhudat", "toadothua", "toadothuadat"}
    | {"danhsachtoado", "danhsachdinh", "bangtoado", "dinh", "cacdinh", "coordinates", "coords"}
    | {"vertices", "corners", "toadovn2000", "toadogoc"}
)
