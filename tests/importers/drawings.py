"""Drawings made for the tests, shaped like those that offices send: DXF by hand, DGN by GDAL.

A cadastral sheet here is a grid of parcels whose boundaries are lines that neighbours share.
"""

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from importers.batch import Issue
from importers.readers.gdal import library
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from layers.crs import by_code
from tests.importers.made import EAST, NORTH

VN = by_code("EPSG:9210")
# (level, line) and (level, x, y, text)
Line = tuple[str, np.ndarray]
Text = tuple[str, float, float, str]


@dataclass
class Sheet:
    """Lines and texts by level; `parcels` are what they should become, by number."""

    lines: list[Line]
    texts: list[Text]
    parcels: dict[str, shapely.Polygon]


def there(*points: tuple[float, float]) -> np.ndarray:
    """Metres from the sheet's corner as coordinates of the grid."""
    return np.asarray(np.array(points, dtype=float) + np.array([EAST, NORTH]))


def grid(columns: int = 10, rows: int = 6, *, level_names: str = "{}") -> Sheet:
    """Parcels of 20 × 15 m with lines across the whole sheet, as road and canal edges are drawn."""
    width, height = 20.0, 15.0
    lines: list[Line] = []
    east, north = EAST + columns * width, NORTH + rows * height
    for i in range(columns + 1):
        x, level = EAST + i * width, ("23" if i in (0, columns) else "10")
        lines.append((level_names.format(level), np.array([(x, NORTH), (x, north)])))
    for j in range(rows + 1):
        y, level = NORTH + j * height, ("32" if j in (0, rows) else "10")
        lines.append((level_names.format(level), np.array([(EAST, y), (east, y)])))
    texts: list[Text] = []
    parcels = {}
    for number in range(1, columns * rows + 1):
        i, j = (number - 1) % columns, (number - 1) // columns
        x, y = EAST + i * width, NORTH + j * height
        parcels[str(number)] = shapely.box(x, y, x + width, y + height)
        texts += [
            (level_names.format(13), x + 8, y + 9, str(number)),
            (level_names.format(4), x + 8, y + 4, "300,0"),
            (level_names.format(2), x + 2, y + 6, "ONT" if number % 2 else "CLN"),
        ]
    return Sheet(lines, texts, parcels)


def _groups(*pairs: tuple[int, object]) -> Iterator[str]:
    for code, value in pairs:
        yield f"{code:3d}"
        yield str(value)


def polyline(level: str, points: np.ndarray, *, closed: bool = False, bulge: float = 0.0) -> str:
    """An LWPOLYLINE; `bulge` bends its first segment."""
    pairs: list[tuple[int, object]] = [
        (0, "LWPOLYLINE"), (8, level), (100, "AcDbEntity"), (100, "AcDbPolyline"),
        (90, len(points)), (70, int(closed)),
    ]  # fmt: skip
    for index, (x, y) in enumerate(points.tolist()):
        pairs += [(10, x), (20, y)]
        if bulge and index == 0:
            pairs.append((42, bulge))
    return "\n".join(_groups(*pairs))


def text(level: str, x: float, y: float, words: str, height: float = 1.0) -> str:
    """A TEXT whose point is its lower left corner."""
    pairs = ((0, "TEXT"), (8, level), (10, x), (20, y), (40, height), (1, words))
    return "\n".join(_groups(*pairs))


def insert(level: str, block: str, x: float = EAST, y: float = NORTH) -> str:
    """A reference to a block."""
    return "\n".join(_groups((0, "INSERT"), (8, level), (2, block), (10, x), (20, y)))


def dxf(
    path: Path,
    entities: Iterable[str],
    *,
    blocks: dict[str, list[str]] | None = None,
    encoding: str = "utf-8",
) -> Path:
    """A DXF of these entities. `latin-1` writes bytes as they are, for the old fonts."""
    lines = [*_groups((0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1015"), (0, "ENDSEC"))]
    lines += _groups((0, "SECTION"), (2, "BLOCKS"))
    for name, inside in (blocks or {}).items():
        lines += _groups((0, "BLOCK"), (8, "0"), (2, name), (70, 0), (10, 0), (20, 0))
        lines += [*inside, *_groups((0, "ENDBLK"), (8, "0"))]
    lines += [*_groups((0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")), *entities]
    lines += _groups((0, "ENDSEC"), (0, "EOF"))
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def sheet_dxf(path: Path, sheet: Sheet, *, encoding: str = "utf-8") -> Path:
    """The sheet as a DXF."""
    drawn = [polyline(level, points) for level, points in sheet.lines]
    drawn += [text(*one) for one in sheet.texts]
    return dxf(path, drawn, encoding=encoding)


def dgn(
    path: Path, lines: Iterable[Line], texts: Iterable[tuple[str, float, float, bytes]]
) -> Path:
    """A DGN v7 by GDAL's writer: metres and millimetres as the circular asks, text as bytes."""
    writer = _Writer(path)
    for level, points in lines:
        writer.add(level, shapely.LineString(points), b"")
    for level, x, y, words in texts:
        writer.add(level, shapely.Point(x, y), words)
    writer.close()
    return path


class _Writer:
    """GDAL's own calls: pyogrio cannot write to a driver with fixed fields."""

    def __init__(self, path: Path) -> None:
        driver = self._call("GDALGetDriverByName", ctypes.c_void_p, b"DGN")
        options = (ctypes.c_char_p * 7)(
            b"MASTER_UNIT_NAME=m",
            b"SUB_UNIT_NAME=mm",
            b"SUB_UNITS_PER_MASTER_UNIT=1000",
            b"UOR_PER_SUB_UNIT=1",
            # The middle of the plane is (500000, 1000000), as the circular asks.
            b"ORIGIN=-500000,-1000000,0",
            b"3D=NO",
            None,
        )
        self._set = self._call(
            "GDALCreate", ctypes.c_void_p, ctypes.c_void_p(driver), str(path).encode(),
            0, 0, 0, 0, options,
        )  # fmt: skip
        self._layer = self._call(
            "GDALDatasetCreateLayer", ctypes.c_void_p, ctypes.c_void_p(self._set), b"elements",
            None, 0, None,
        )  # fmt: skip

    @staticmethod
    def _call(name: str, answer: type | None, *arguments: object) -> int:
        function = getattr(library, name)
        function.restype = answer
        found = function(*arguments)
        return int(found or 0)

    def add(self, level: str, shape: shapely.Geometry, words: bytes) -> None:
        definition = self._call("OGR_L_GetLayerDefn", ctypes.c_void_p, ctypes.c_void_p(self._layer))
        feature = ctypes.c_void_p(
            self._call("OGR_F_Create", ctypes.c_void_p, ctypes.c_void_p(definition))
        )
        names = {b"Level": 1, b"Text": 8}
        for name in names:
            names[name] = self._call("OGR_F_GetFieldIndex", ctypes.c_int, feature, name)
        self._call("OGR_F_SetFieldInteger", None, feature, names[b"Level"], int(level))
        if words:
            self._call("OGR_F_SetFieldString", None, feature, names[b"Text"], words)
            self._call("OGR_F_SetStyleString", None, feature, b"LABEL(s:1g)")
        wkb = shapely.to_wkb(shape)
        geometry = ctypes.c_void_p()
        self._call("OGR_G_CreateFromWkb", ctypes.c_int, wkb, None, ctypes.byref(geometry), len(wkb))
        self._call("OGR_F_SetGeometryDirectly", ctypes.c_int, feature, geometry)
        made = self._call(
            "OGR_L_CreateFeature", ctypes.c_int, ctypes.c_void_p(self._layer), feature
        )
        assert made == 0, "GDAL did not write the element"
        self._call("OGR_F_Destroy", None, feature)

    def close(self) -> None:
        self._call("GDALClose", None, ctypes.c_void_p(self._set))


def opened(path: Path, geometry: str = "polygon", **words: Any) -> Source:
    folder = path.parent / "work"
    folder.mkdir(exist_ok=True)
    return open_source(path, Wanted(geometry, **words), folder)


def parcels(source: Source) -> tuple[dict[str, Any], list[Issue]]:
    """Shapes by parcel number, and the issues."""
    batch, issues = next(source.read(VN))
    numbers = batch.columns["so_thua"].tolist()
    return dict(zip(numbers, batch.geometry.tolist(), strict=True)), issues
