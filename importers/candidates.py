"""What a file's numbers would mean in each system of the province, in both readings of X and Y.

Shown to a person who must choose; nothing here chooses.
"""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer

from importers.crs_choice import Choice
from importers.wording import number
from layers.crs import VN2000, WGS84, Crs, by_code, transformer

# Enough to see the outline of a sheet on a small map.
_POINTS_SHOWN = 40
_UTM_WGS84 = ("EPSG:32648", "EPSG:32649")


@dataclass(frozen=True)
class Candidate:
    """One reading; `swapped` takes the first number as north. `inside`: 90 % in the province.

    Attributes:
        points: some of the places, lon and lat, for the small map of this reading.
        shift: metres to add to east and north in this reading.
        share_in_claimed_units: of the rows that name a commune, how many lie in it (0–1).
        choice: this reading as `Request.crs` takes it (`importers.crs_choice`).
    """

    code: str
    title: str
    swapped: bool
    lon: float
    lat: float
    inside: bool
    points: tuple[tuple[float, float], ...] = ()
    shift: tuple[float, float] | None = None
    share_in_claimed_units: float | None = None
    choice: str = ""

    def describe(self, names: tuple[str, str] | None = None) -> str:
        """One line for a person. `names`: a table's columns of the first and second number."""
        first, second = names or (_("số đầu"), _("số sau"))
        east, north = (second, first) if self.swapped else (first, second)
        line = _("– %(title)s (%(code)s), %(order)s: %(lat)s°B %(lon)s°Đ, %(place)s") % {
            "title": self.title,
            "code": self.code,
            "order": _("%(north)s là Bắc, %(east)s là Đông") % {"north": north, "east": east},
            "lat": number(self.lat, 5),
            "lon": number(self.lon, 5),
            "place": _("trong địa bàn") if self.inside else _("ngoài địa bàn"),
        }
        return line + self._shifted() + self._claimed()

    def _shifted(self) -> str:
        if self.shift is None:
            return ""
        return _(", dời Bắc %(north)s, Đông %(east)s m") % {
            "north": number(self.shift[1], 2),
            "east": number(self.shift[0], 2),
        }

    def _claimed(self) -> str:
        if self.share_in_claimed_units is None:
            return ""
        share = number(self.share_in_claimed_units * 100, 0)
        return _(", %(share)s %% số dòng nằm đúng xã ghi trong tệp") % {"share": share}

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for reports and the API."""
        return asdict(self)


def usual_systems() -> list[Crs]:
    """The province's own grid first, then its other grids, WGS 84, every VN-2000 zone (3° and 6°),
    and the zones of 6° on WGS 84, which lie 226 m from VN-2000's.
    """
    named = [by_code(code) for code in (settings.PORTAL_GRID, *settings.PORTAL_OTHER_GRIDS)]
    rest = [crs for crs in VN2000.values() if crs not in named]
    return [*named, WGS84, *rest, *(by_code(code) for code in _UTM_WGS84)]


def candidates(points: np.ndarray) -> list[Candidate]:
    """Readings of the points (n, 2) that give a place on Earth in or near Viet Nam, best first."""
    found = []
    for crs in usual_systems() if len(points) else []:
        for swapped in (False, True):
            candidate = reading(points, Choice(crs, swap=swapped))
            if candidate:
                found.append(candidate)
    return sorted(found, key=lambda c: not c.inside)


def reading(points: np.ndarray, choice: Choice) -> Candidate | None:
    """The points (n, 2) as the file has them, read as chosen; None when they fall far away."""
    crs = choice.crs
    moved = points[:, ::-1] if choice.swap else points
    lonlat = to_lonlat(moved + (choice.shift or (0.0, 0.0)), crs)
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if not len(lonlat) or not near_vietnam(np.median(lonlat, axis=0)):
        return None
    lon, lat = np.median(lonlat, axis=0)
    inside = float(in_province(lonlat).mean()) >= 0.9
    some = lonlat[:: max(1, len(lonlat) // _POINTS_SHOWN)][:_POINTS_SHOWN]
    return Candidate(
        crs.code,
        crs.title,
        choice.swap,
        float(lon),
        float(lat),
        inside,
        points=tuple((round(float(x), 6), round(float(y), 6)) for x, y in some),
        shift=choice.shift,
        choice=str(replace(choice, confirmed=True)),
    )


def without_datum_shift(points: np.ndarray, crs: Crs) -> tuple[float, float]:
    """(east, north) to add when numbers said to be in this VN-2000 grid were computed on WGS 84.

    The same over a whole province to 2 cm, because the datums differ by next to no rotation.
    """
    middle = np.median(points, axis=0)
    plain = re.sub(r"\+towgs84=\S+", "+towgs84=0,0,0", crs.proj4)
    change = Transformer.from_crs(CRS.from_proj4(plain), crs.pyproj, always_xy=True)
    east, north = change.transform(*middle)
    return round(float(east - middle[0]), 3), round(float(north - middle[1]), 3)


def to_lonlat(points: np.ndarray, crs: Crs) -> np.ndarray:
    """Points (n, 2) of a system as lon/lat (n, 2); infinite where there is no answer."""
    if crs == WGS84:
        good = (np.abs(points) <= [180.0, 90.0]).all(axis=1)
        return np.where(good[:, None], points, np.inf)
    moved = transformer(crs, WGS84).transform(points[:, 0], points[:, 1])
    return np.column_stack(moved)


def in_province(lonlat: np.ndarray) -> np.ndarray:
    """Which points (n, 2) lie in the portal's area, bool (n,)."""
    west, south, east, north = settings.PORTAL_EXTENT
    x, y = lonlat[:, 0], lonlat[:, 1]
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def near_vietnam(point: np.ndarray) -> bool:
    """Mainland, sea and the islands of Hoàng Sa and Trường Sa, generously."""
    return bool(101.0 <= point[0] <= 118.5 and 5.0 <= point[1] <= 24.5)
