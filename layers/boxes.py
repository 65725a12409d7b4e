"""A box in any coordinate system as ground in degrees: what `bbox` with `bbox-crs` selects.

A side that is straight in a VN-2000 grid is curved in degrees, by hundreds of metres over a
province: four moved corners would select other ground than was asked for. So sides are cut into
short pieces before they are moved, by the pinned definition; the pieces stay within some
millimetres of the true side.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from django.utils.translation import gettext as _

from layers.crs import WEB_MERCATOR, WGS84, Crs, transformer
from layers.errors import BadBbox

Corners = tuple[float, float, float, float]
# Over 500 m a side bends by 2 mm; 256 pieces keep a side of 1,000 km within 12 cm.
PIECE_METRES, PIECE_DEGREES, MOST_PIECES = 500.0, 0.005, 256
# Where a transverse Mercator grid of Việt Nam can be turned into degrees and back: 27° on either
# side of its meridian, 58° north and south. What a box has beyond is cut off.
GRID = (-2_500_000.0, -6_500_000.0, 3_500_000.0, 6_500_000.0)
DEGREES = (-179.0, -89.0, 179.0, 89.0)
MERCATOR_EDGE = 20_037_508.342789244


@dataclass(frozen=True)
class Ground:
    """A box in degrees, longitude first.

    Attributes:
        outer: the smallest box with straight sides around it.
        inner: a box that lies wholly inside; None when it is too narrow for one.
        outline: its true shape as hexadecimal WKB; empty where `outer` is exact.
    """

    outer: Corners
    inner: Corners | None = None
    outline: str = ""


@lru_cache(maxsize=256)
def ground_of(corners: Corners, crs: Crs) -> Ground:
    """The ground of a box (x east, y north) in one of our systems. Raises BadBbox where the box has
    no ground that the system can name.
    """
    if crs == WGS84:
        return Ground(corners)
    if crs == WEB_MERCATOR:
        west, south, east, north = _cut(corners, _square(MERCATOR_EDGE))
        lon, lat = transformer(crs, WGS84).transform([west, east], [south, north])
        return Ground((lon[0], lat[0], lon[1], lat[1]))
    west, south, east, north = _cut(corners, DEGREES if crs.is_geographic else GRID)
    piece = PIECE_DEGREES if crs.is_geographic else PIECE_METRES
    across, up = _steps(west, east, piece), _steps(south, north, piece)
    sides = (
        (np.full_like(up, west), up[::-1]),
        (across, np.full_like(across, south)),
        (np.full_like(up, east), up),
        (across[::-1], np.full_like(across, north)),
    )
    moved = [np.column_stack(transformer(crs, WGS84).transform(x, y)) for x, y in sides]
    if not all(np.isfinite(side).all() for side in moved):
        raise BadBbox(_("bbox nằm ngoài vùng dùng được của hệ tọa độ bbox-crs."))
    return _ground(*moved)


def _ground(left: np.ndarray, bottom: np.ndarray, right: np.ndarray, top: np.ndarray) -> Ground:
    """From its four sides, each moved by itself."""
    ring = np.vstack([left, bottom, right, top])
    outer = (*ring.min(axis=0).tolist(), *ring.max(axis=0).tolist())
    inner = (left[:, 0].max(), bottom[:, 1].max(), right[:, 0].min(), top[:, 1].min())
    whole = inner[0] < inner[2] and inner[1] < inner[3]
    flat = outer[0] >= outer[2] or outer[1] >= outer[3]
    shape = shapely.linestrings(ring) if flat else shapely.polygons(ring)
    return Ground(
        outer,
        tuple(float(edge) for edge in inner) if whole else None,  # type: ignore[arg-type] # four
        str(shapely.to_wkb(shape, hex=True)),
    )


def _cut(corners: Corners, to: Corners) -> Corners:
    west, south = max(corners[0], to[0]), max(corners[1], to[1])
    east, north = min(corners[2], to[2]), min(corners[3], to[3])
    if west > east or south > north:
        raise BadBbox(_("bbox nằm ngoài vùng dùng được của hệ tọa độ bbox-crs."))
    return west, south, east, north


def _square(edge: float) -> Corners:
    return -edge, -edge, edge, edge


def _steps(start: float, end: float, piece: float) -> np.ndarray:
    count = min(max(math.ceil((end - start) / piece), 1), MOST_PIECES)
    return np.linspace(start, end, count + 1)
