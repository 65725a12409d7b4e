"""Where a picture lies on the ground, and the pixels of the web map that it becomes.

The target is Web Mercator on the pixel grid of a zoom level, so that a map tile is read from the
kept picture without warping. The way there is `layers.crs`, VN-2000 with its pinned parameters.
"""

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from django.utils.translation import gettext as _
from pyproj import Geod

from importers.imagery.refusals import CrossesDateLine, OddPlacement, PictureTooLarge
from importers.limits import limits
from importers.wording import number
from layers.crs import WEB_MERCATOR, WGS84, Crs, transformer

BLOCK = 512
_WORLD = 2 * math.pi * 6378137.0
# Metres a pixel at zoom 0 in tiles of 256 pixels.
_ZERO = _WORLD / 256
# Up to this share of a zoom level detail is given away rather than two and a half times the bytes.
_GIVEN_AWAY = 0.25
_MOST_ZOOM = 26
# Metres on the ground that a pixel may have.
_RESOLUTIONS = (0.001, 100_000.0)
_MOST_SKEW = 20.0
_EDGE_POINTS = 33


@dataclass(frozen=True)
class Grid:
    """The kept picture's pixels: `transform` in Web Mercator, and what one is on the ground (m)."""

    width: int
    height: int
    transform: Affine
    zoom: int
    resolution_m: float


def check_placement(transform: Affine) -> None:
    """Raises OddPlacement for numbers that place no picture."""
    values = tuple(transform)[:6]
    if not all(math.isfinite(value) and abs(value) < 1e12 for value in values):
        raise OddPlacement(_("có số không hữu hạn"))
    across, down = math.hypot(transform.a, transform.d), math.hypot(transform.b, transform.e)
    if not (across > 0 and down > 0 and abs(transform.determinant) > 0):
        raise OddPlacement(_("điểm ảnh không có diện tích"))
    if max(across, down) > _MOST_SKEW * min(across, down):
        raise OddPlacement(_("điểm ảnh dài gấp %(n)s lần rộng") % {"n": number(_MOST_SKEW)})


def corners(width: int, height: int, transform: Affine) -> np.ndarray:
    """The four corners, (4, 2), in the file's own numbers."""
    return np.array([transform @ (x, y) for x, y in _SQUARE * (width, height)])


_SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])


def grid_of(width: int, height: int, transform: Affine, crs: Crs) -> Grid:
    """The grid that a picture of this size, in this system, is warped to.

    Raises OddPlacement, CrossesDateLine, PictureTooLarge.
    """
    edge = _edge(width, height, transform)
    lon, lat = transformer(crs, WGS84).transform(edge[:, 0], edge[:, 1])
    east, north = transformer(crs, WEB_MERCATOR).transform(edge[:, 0], edge[:, 1])
    if not np.isfinite([lon, lat, east, north]).all():
        raise OddPlacement(_("ảnh nằm ngoài hệ tọa độ %(crs)s") % {"crs": crs})
    if np.abs(lat).max() > 85 or np.abs(np.diff(lon, append=lon[:1])).max() > 180:
        raise CrossesDateLine()
    pixels = width * height
    ground = math.sqrt(abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0]) / pixels)
    if not _RESOLUTIONS[0] <= ground <= _RESOLUTIONS[1]:
        raise OddPlacement(_("một điểm ảnh rộng %(n)s m") % {"n": number(ground, 4)})
    zoom = _zoom(math.sqrt(_area(east, north) / pixels))
    return _aligned((east.min(), north.min(), east.max(), north.max()), zoom, ground, pixels)


def _zoom(resolution: float) -> int:
    """The level whose pixels are as fine as these, but for what is given away."""
    return min(_MOST_ZOOM, max(0, math.ceil(math.log2(_ZERO / resolution) - _GIVEN_AWAY)))


def _aligned(box: tuple[float, float, float, float], zoom: int, ground: float, pixels: int) -> Grid:
    """The box widened to whole blocks of the level, which overviews then share."""
    size = _ZERO / 2**zoom
    west, south, east, north = box
    step = BLOCK * size
    left = math.floor((west + _WORLD / 2) / step)
    right = math.ceil((east + _WORLD / 2) / step)
    # A picture of one block's width counts as one in strips (`rio_cogeo.cog_validate`).
    right = max(right, left + 2)
    top = math.floor((_WORLD / 2 - north) / step)
    bottom = math.ceil((_WORLD / 2 - south) / step)
    width, height = (right - left) * BLOCK, (bottom - top) * BLOCK
    inside = (east - west) * (north - south) / size**2
    # A slanting line of pixels has a box of a thousand times its size.
    if inside > max(16 * pixels, 2**24) or width * height > 8 * limits().image_pixels:
        raise PictureTooLarge(
            _("Nắn về bản đồ web thành %(w)s × %(h)s điểm ảnh.")
            % {"w": number(width), "h": number(height)}
        )
    transform = Affine(size, 0, left * step - _WORLD / 2, 0, -size, _WORLD / 2 - top * step)
    return Grid(width, height, transform, zoom, round(ground, 3))


def _edge(width: int, height: int, transform: Affine) -> np.ndarray:
    """Points along the outline in order, (n, 2): edges bend when they are moved."""
    along = np.linspace(0, 1, _EDGE_POINTS)[:-1, None]
    following = np.roll(_SQUARE, -1, axis=0)
    sides = [a + along * (b - a) for a, b in zip(_SQUARE, following, strict=True)]
    return np.array([transform @ (x, y) for x, y in np.concatenate(sides) * (width, height)])


def _area(east: np.ndarray, north: np.ndarray) -> float:
    """The area inside an outline, by the surveyor's formula."""
    return abs(float(np.dot(east, np.roll(north, -1)) - np.dot(north, np.roll(east, -1)))) / 2
