"""Do the numbers agree with the system they are said to be in? Each disagreement has its name.

Looks at the first vertices of a source, in the file's own numbers (x east, y north as read).
"""

import numpy as np
from django.utils.translation import gettext as _

from importers.candidates import candidates, in_province, near_vietnam, to_lonlat
from importers.refusals import (
    AxesSwapped,
    ImportRefused,
    LonLatInProjected,
    LonLatSwapped,
    OutsideCrsArea,
    OutsideProvince,
    ProjectedInLonLat,
    WrongMeridian,
)
from importers.wording import latitude, longitude, number
from layers.crs import Crs

# Degrees beyond a system's stated area of use that still pass: files reach over borders.
_MARGIN = 2.0


Names = tuple[str, str] | None


def check_position(
    points: np.ndarray, crs: Crs, *, in_province_only: bool, names: Names = None
) -> None:
    """Raise the named refusal when the typical point cannot be in this system.

    `in_province_only`: the layer is declared to lie in the province. `names`: the columns of east
    and north, of a table. Every refusal carries the readings that a person may choose from.
    """
    try:
        _check(points, crs, in_province_only, names)
    except ImportRefused as error:
        better = candidates(points)
        if in_province_only and not any(c.inside for c in better):
            better = []  # of no use: the rows may lie in the province only
        error.extra.setdefault("candidates", [c.as_dict() for c in better])
        raise


def _check(points: np.ndarray, crs: Crs, in_province_only: bool, names: Names) -> None:
    if not len(points):
        return
    middle = np.median(points, axis=0)
    if crs.is_geographic:
        _check_degrees(middle, crs)
    else:
        _check_metres(middle, points, crs, names)
    lonlat = to_lonlat(points, crs)
    typical = np.median(lonlat[np.isfinite(lonlat).all(axis=1)], axis=0) if len(lonlat) else middle
    if in_province_only:
        _check_province(points, lonlat, crs, names)
    _check_area_of_use(typical, points, crs)


def _check_degrees(middle: np.ndarray, crs: Crs) -> None:
    x, y = float(middle[0]), float(middle[1])
    if abs(x) <= 90 and 90 < abs(y) <= 180:
        raise LonLatSwapped(
            _(
                "Tệp ghi kinh độ %(x)s, vĩ độ %(y)s: không có nơi nào như vậy; đọc ngược lại là "
                "%(x)s°B %(y)s°Đ."
            )
            % {"x": number(x, 5), "y": number(y, 5)}
        )
    if abs(x) > 180 or abs(y) > 90:
        raise ProjectedInLonLat(
            _("Hệ ghi là %(crs)s nhưng số liệu là %(x)s; %(y)s.")
            % {"crs": crs, "x": number(x, 1), "y": number(y, 1)}
        )


def _check_metres(middle: np.ndarray, points: np.ndarray, crs: Crs, names: Names) -> None:
    x, y = float(middle[0]), float(middle[1])
    if abs(x) <= 180 and abs(y) <= 180:
        raise LonLatInProjected(
            _("Hệ ghi là %(crs)s nhưng số liệu là %(x)s; %(y)s.")
            % {"crs": crs, "x": number(x, 5), "y": number(y, 5)}
        )
    if crs.is_vn2000 and _looks_swapped(x, y):
        both = [c for c in candidates(points) if c.code == crs.code]
        raise AxesSwapped(
            _(
                "Trong %(crs)s, số đầu (Đông) phải khoảng 0,1–0,9 triệu mét, số sau (Bắc) khoảng "
                "0,8–2,7 triệu mét; tệp ghi %(x)s; %(y)s."
            )
            % {"crs": crs, "x": number(x, 3), "y": number(y, 3)}
            + "".join(f"\n{c.describe(names)}" for c in both)
        )


def _looks_swapped(x: float, y: float) -> bool:
    """Northing where easting belongs, and the other way round."""
    return 800_000 <= x <= 2_700_000 and 100_000 <= y <= 900_000 and not y >= 800_000


def _check_area_of_use(typical: np.ndarray, points: np.ndarray, crs: Crs) -> None:
    if crs.is_vn2000:
        inside = near_vietnam(typical)
    else:
        area = crs.pyproj.area_of_use
        inside = area is None or (
            area.south - _MARGIN <= typical[1] <= area.north + _MARGIN
            and _within_longitudes(float(typical[0]), area.west - _MARGIN, area.east + _MARGIN)
        )
    if not inside:
        raise OutsideCrsArea(
            _("Theo %(crs)s, dữ liệu rơi vào %(lat)s %(lon)s. Số liệu đầu tiên: %(x)s; %(y)s.")
            % {
                "crs": crs,
                "lat": latitude(typical[1], 3),
                "lon": longitude(typical[0], 3),
                "x": number(points[0, 0], 3),
                "y": number(points[0, 1], 3),
            }
        )


def _within_longitudes(lon: float, west: float, east: float) -> bool:
    """Areas such as New Zealand's reach over the date line: west is then the larger number."""
    if west <= east:
        return west <= lon <= east
    return lon >= west or lon <= east


def _check_province(points: np.ndarray, lonlat: np.ndarray, crs: Crs, names: Names) -> None:
    if float(in_province(lonlat).mean()) >= 0.5:
        return
    finite = lonlat[np.isfinite(lonlat).all(axis=1)]
    where = np.median(finite, axis=0) if len(finite) else np.array([np.nan, np.nan])
    read = _("Theo %(crs)s, dữ liệu rơi vào %(lat)s %(lon)s, ngoài địa bàn.") % {
        "crs": crs,
        "lat": latitude(where[1], 4),
        "lon": longitude(where[0], 4),
    }
    better = [c for c in candidates(points) if c.inside and (c.swapped or c.code != crs.code)]
    lines = "".join(f"\n{c.describe(names)}" for c in better[:6])
    straight = [c for c in better if not c.swapped]
    if crs.is_vn2000 and straight:
        raise WrongMeridian(read + lines, candidates=[c.as_dict() for c in better])
    if any(c.code == crs.code for c in better):
        raise AxesSwapped(read + lines)
    if not better:
        read += _(" Không hệ tọa độ nào được biết đặt dữ liệu vào địa bàn.")
    raise OutsideProvince(read + lines)
