"""File's system → WGS 84 with the pinned operation. The source shape is kept beside the result."""

import numpy as np
import shapely

from importers.batch import Batch, Issue, issues_at
from layers.crs import WGS84, transform_geometries


def reproject(batch: Batch) -> tuple[Batch, np.ndarray, list[Issue]]:
    """(rows that could be moved, their WGS 84 shapes (n,), issues of the others)."""
    moved = transform_geometries(batch.geometry, batch.crs, WGS84)
    bounds = shapely.bounds(moved)
    good = np.asarray((np.abs(bounds) <= [180.0, 90.0, 180.0, 90.0]).all(axis=1))
    if good.all():
        return batch, moved, []
    return batch.keep(good), moved[good], issues_at(batch, ~good, "cannot-transform")
