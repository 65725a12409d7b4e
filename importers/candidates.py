"""What a file's numbers would mean in each system of the province, in both readings of X and Y.

Shown to a person who must choose; nothing here chooses.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from importers.wording import number
from layers.crs import VN2000, WGS84, Crs, by_code, transformer

# Enough to see the outline of a sheet on a small map.
_POINTS_SHOWN = 40


@dataclass(frozen=True)
class Candidate:
    """One reading; `swapped` takes the first number as north. `inside`: 90 % in the province.

    `points`: some of the places, lon and lat, for the small map of this reading.
    """

    code: str
    title: str
    swapped: bool
    lon: float
    lat: float
    inside: bool
    points: tuple[tuple[float, float], ...] = ()

    def describe(self, names: tuple[str, str] | None = None) -> str:
        """One line for a person. `names`: a table's columns of the first and second number."""
        first, second = names or (_("số đầu"), _("số sau"))
        east, north = (second, first) if self.swapped else (first, second)
        return _("– %(title)s (%(code)s), %(order)s: %(lat)s°B %(lon)s°Đ, %(place)s") % {
            "title": self.title,
            "code": self.code,
            "order": _("%(north)s là Bắc, %(east)s là Đông") % {"north": north, "east": east},
            "lat": number(self.lat, 5),
            "lon": number(self.lon, 5),
            "place": _("trong địa bàn") if self.inside else _("ngoài địa bàn"),
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for reports and the API."""
        return asdict(self)


def usual_systems() -> list[Crs]:
    """The province's own grid first, then its other grids, WGS 84, then every VN-2000 zone."""
    named = [by_code(code) for code in (settings.PORTAL_GRID, *settings.PORTAL_OTHER_GRIDS)]
    rest = [crs for crs in VN2000.values() if crs not in named]
    return [*named, WGS84, *rest]


def candidates(points: np.ndarray) -> list[Candidate]:
    """Readings of the points (n, 2) that give a place on Earth in or near Viet Nam, best first."""
    found = []
    for crs in usual_systems() if len(points) else []:
        for swapped in (False, True):
            candidate = _reading(points[:, ::-1] if swapped else points, crs, swapped)
            if candidate:
                found.append(candidate)
    return sorted(found, key=lambda c: not c.inside)


def _reading(points: np.ndarray, crs: Crs, swapped: bool) -> Candidate | None:
    lonlat = to_lonlat(points, crs)
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if not len(lonlat) or not near_vietnam(np.median(lonlat, axis=0)):
        return None
    lon, lat = np.median(lonlat, axis=0)
    inside = float(in_province(lonlat).mean()) >= 0.9
    some = lonlat[:: max(1, len(lonlat) // _POINTS_SHOWN)][:_POINTS_SHOWN]
    places = tuple((round(float(x), 6), round(float(y), 6)) for x, y in some)
    return Candidate(crs.code, crs.title, swapped, float(lon), float(lat), inside, places)


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
