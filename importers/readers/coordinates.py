"""Which columns of a table hold coordinates, and in what order people meant them.

In Vietnamese survey tables **X is northing and Y is easting**. Header names decide, magnitudes
verify; where the two contradict each other the file is refused with both readings shown, never
turned round.
"""

import re
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from importers.columns import fold_name
from importers.refusals import AxesSwapped, BadTable
from importers.wording import number
from layers.crs import WGS84, Crs

_LON = {"lon", "long", "lng", "longitude", "kinhdo", "kinhdowgs84", "lonwgs84", "xlon"}
_LAT = {"lat", "latitude", "vido", "vidowgs84", "latwgs84", "ylat"}
_EAST = {"e", "east", "easting", "dong", "ydong", "yeast", "hoanhdo", "toadodong", "eastingm"}
_NORTH = {"n", "north", "northing", "bac", "xbac", "xnorth", "tungdo", "toadobac", "northingm"}
_X = {"x", "xm", "toadox", "xvn2000", "x2000", "coordx", "pointx", "xcoord"}
_Y = {"y", "ym", "toadoy", "yvn2000", "y2000", "coordy", "pointy", "ycoord"}
# Metres of VN-2000 in Viet Nam: northing of the mainland and islands, easting of a 3° or 6° zone.
_NORTHING = (800_000.0, 2_700_000.0)
_EASTING = (100_000.0, 900_000.0)
# Degrees of Viet Nam with its islands.
_LONGITUDE, _LATITUDE = (100.0, 120.0), (5.0, 25.0)


@dataclass(frozen=True)
class CoordinateColumns:
    """Positions in the header of the columns with east and north, and what the header called them.

    `vietnamese`: the header said X and Y, so X was taken as northing. `geographic`: lon and lat.
    `cell`: both stand in one cell with the whole shape (`importers.readers.shape_cells`), in the
    order that the header names (`north-east`, `east-north`), if it does.
    """

    east: int
    north: int
    east_name: str
    north_name: str
    geographic: bool = False
    vietnamese: bool = False
    cell: bool = False
    cell_order: str = ""

    def crs_text(self) -> str | None:
        """Columns named lon and lat are WGS 84, as GPS and web maps give them."""
        return WGS84.code if self.geographic else None

    def describe(self) -> str:
        """For the report: how the columns were understood."""
        if self.cell:
            return _("Hình nằm trong một ô, cột “%(e)s”") % self._names()
        if self.geographic:
            return _("“%(e)s” là kinh độ, “%(n)s” là vĩ độ (WGS 84)") % self._names()
        return _("“%(n)s” là X (hướng Bắc), “%(e)s” là Y (hướng Đông)") % self._names()

    def _names(self) -> dict[str, str]:
        return {"e": self.east_name, "n": self.north_name}


def find_columns(header: list[str]) -> CoordinateColumns | None:
    """The coordinate columns of a header, None when it has none. Raises BadTable when two fit."""
    for east_names, north_names, geographic, vietnamese in (
        (_LON, _LAT, True, False),
        (_EAST, _NORTH, False, False),
        (_Y, _X, False, True),
    ):
        east, north = _positions(header, east_names), _positions(header, north_names)
        if len(east) > 1 or len(north) > 1:
            names = ", ".join(header[i] for i in (*east, *north))
            raise BadTable(_("Nhiều cột tọa độ cùng loại: %(names)s") % {"names": names})
        if east and north:
            return CoordinateColumns(
                east[0], north[0], header[east[0]], header[north[0]], geographic, vietnamese
            )
    return None


def _positions(header: list[str], names: set[str]) -> list[int]:
    return [i for i, name in enumerate(header) if _plain(name) in names]


def _plain(name: str) -> str:
    """`X (m)` → `x`; `Tọa độ X(m)` → `toadox`."""
    return fold_name(name.replace("(m)", "").replace("[m]", ""))


def verify(
    columns: CoordinateColumns, crs: Crs, east: np.ndarray, north: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(east, north) once the magnitudes agree with the header. Raises AxesSwapped.

    Under a geographic CRS columns X and Y are longitude and latitude, as every GIS exports them.
    """
    if crs.is_geographic and columns.vietnamese:
        return north, east
    finite = np.isfinite(east) & np.isfinite(north)
    if not crs.is_vn2000 or crs.is_geographic or not finite.any():
        return east, north
    first = int(np.flatnonzero(finite)[0])
    typical_east = float(np.median(east[finite]))
    typical_north = float(np.median(north[finite]))
    as_read = _within(typical_east, _EASTING) and _within(typical_north, _NORTHING)
    turned = _within(typical_north, _EASTING) and _within(typical_east, _NORTHING)
    if turned and not as_read:
        raise AxesSwapped(
            _(
                "Cột “%(n)s” phải là hướng Bắc (khoảng 0,9–2,6 triệu mét), cột “%(e)s” là "
                "hướng Đông (khoảng 0,1–0,9 triệu mét). Dòng đầu: đọc theo tên "
                "cột thì Bắc = %(north)s, Đông = %(east)s; đọc ngược lại thì "
                "Bắc = %(east)s, Đông = %(north)s. Nếu tệp ghi theo kiểu GIS "
                "(x là Đông), đổi tên cột thành “Đông” và “Bắc”."
            )
            % {
                "n": columns.north_name,
                "e": columns.east_name,
                "north": number(north[first], 3),
                "east": number(east[first], 3),
            }
        )
    return east, north


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def axis_of(words: str) -> str:
    """`X, Y` → `north-east`; `lon, lat` → `east-north`; empty when the words name no order."""
    found = []
    for word in re.findall(r"[^\W\d_]+(?: độ)?", words):
        plain = fold_name(word)
        if plain in _X | _NORTH | _LAT:
            found.append("north")
        elif plain in _Y | _EAST | _LON:
            found.append("east")
    if not found and len(words) == 2:
        return axis_of(" ".join(words))
    return "-".join(found) if sorted(found) == ["east", "north"] else ""


def reading_order(first: np.ndarray, second: np.ndarray) -> str:
    """Which of two columns of numbers is north, by what Viet Nam's coordinates can be.

    `north-east`, `east-north`, or empty where neither or both readings fit.
    """
    a, b = float(np.median(first)), float(np.median(second))
    north_first = any(_within(a, n) and _within(b, e) for n, e in _RANGES)
    east_first = any(_within(b, n) and _within(a, e) for n, e in _RANGES)
    if north_first == east_first:
        return ""
    return "north-east" if north_first else "east-north"


_RANGES = ((_NORTHING, _EASTING), (_LATITUDE, _LONGITUDE))
