"""Order of places along a Hilbert curve: neighbours on the ground become neighbours on disk."""

import numpy as np
import shapely

# 2^24 cells over 360° are 2.4 m wide: finer than a parcel.
_BITS = 24


def hilbert_codes(wgs84: np.ndarray) -> np.ndarray:
    """Position along the curve of the middle of each shape (lon/lat), uint64 (n,)."""
    bounds = shapely.bounds(wgs84)
    side = float(1 << _BITS)
    x = _cells((bounds[:, 0] + bounds[:, 2]) / 2 + 180.0, side)
    y = _cells((bounds[:, 1] + bounds[:, 3]) / 2 + 180.0, side)
    return _distance(x, y)


def _cells(degrees: np.ndarray, side: float) -> np.ndarray:
    return np.clip(degrees / 360.0 * side, 0, side - 1).astype(np.uint64)


def _distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The classic quadrant walk, one bit of all points at a time."""
    distance = np.zeros(len(x), dtype=np.uint64)
    for bit in range(_BITS - 1, -1, -1):
        step = np.uint64(1 << bit)
        right = (x & step) > 0
        upper = (y & step) > 0
        quadrant = np.where(right, 3, 0).astype(np.uint64) ^ upper.astype(np.uint64)
        distance += step * step * quadrant
        flip = ~upper & right
        mask = np.uint64((1 << _BITS) - 1)
        x, y = np.where(flip, mask - x, x), np.where(flip, mask - y, y)
        x, y = np.where(~upper, y, x), np.where(~upper, x, y)
    return distance
