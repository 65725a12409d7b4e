"""Polygons of one ring each as two arrays: what a register of parcels mostly is.

A million of them are transformed, turned and written as arrays in a second, as geometry objects in
ten. Used by `layers.crs` and `importers.ewkb`; whoever meets anything else uses shapely.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from layers.remembered import Remembered

_POLYGON = shapely.GeometryType.POLYGON


_PLAIN: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda shapes: shapely.get_type_id(shapes) == _POLYGON,
    lambda shapes: shapely.get_num_interior_rings(shapes) == 0,
    lambda shapes: ~shapely.has_z(shapes),
    lambda shapes: ~shapely.has_m(shapes),
    lambda shapes: ~shapely.is_empty(shapes),
)


@dataclass(frozen=True)
class Outlines:
    """`xy` (m, 2) are the corners of all rings, closed; ring i is `xy[ends[i]:ends[i + 1]]`."""

    xy: np.ndarray
    ends: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Corners of each ring, (n,)."""
        return np.diff(self.ends)

    def shapes(self) -> np.ndarray:
        """The polygons, object array (n,)."""
        numbers = np.arange(len(self.ends))
        made = np.asarray(shapely.from_ragged_array(_POLYGON, self.xy, (self.ends, numbers)))
        outlines.remember(made, self)
        return made

    def clockwise(self) -> "Outlines":
        """Every ring turned clockwise (x east, y north)."""
        first = self.ends[:-1]
        owner = np.repeat(np.arange(len(first)), self.counts)
        # From the ring's own first corner: products of large numbers would lose the digits.
        x, y = (self.xy - self.xy[first][owner]).T
        following = np.minimum(np.arange(1, len(x) + 1), len(x) - 1)
        cross = x * y[following] - x[following] * y
        # Each ring's last corner is its first again: its product with the next ring does not count.
        cross[self.ends[1:] - 1] = 0.0
        left = np.add.reduceat(cross, first) > 0
        here = np.arange(len(x))
        turned = (first + self.ends[1:] - 1)[owner] - here
        return Outlines(self.xy[np.where(left[owner], turned, here)], self.ends)


def _outlines(shapes: np.ndarray) -> Outlines | None:
    """The shapes (n,) as outlines; None unless all are flat polygons of exactly one ring."""
    if not len(shapes) or not all(question(shapes).all() for question in _PLAIN):
        return None
    ends = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(shapes))])
    return Outlines(shapely.get_coordinates(shapes), ends.astype(np.int64))


outlines = Remembered(_outlines)
