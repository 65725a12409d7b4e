"""The grid of the demo's cadastre: VN-2000 107°45′ (EPSG:5899), x east and y north in metres."""

from typing import Any

import numpy as np

from layers.crs import VN2000, WGS84, transform_geometries, transformer

GRID = VN2000[5899]


def to_grid(lonlat: np.ndarray) -> np.ndarray:
    """(n, 2) degrees on WGS 84 → (n, 2) metres."""
    points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    return np.column_stack(transformer(WGS84, GRID).transform(points[:, 0], points[:, 1]))


def to_lonlat(xy: np.ndarray) -> np.ndarray:
    """(n, 2) metres → (n, 2) degrees on WGS 84."""
    points = np.asarray(xy, dtype=float).reshape(-1, 2)
    return np.column_stack(transformer(GRID, WGS84).transform(points[:, 0], points[:, 1]))


def geometries_to_lonlat(geometries: Any) -> np.ndarray:
    """Shapely geometries in metres → in degrees; equal vertices stay equal."""
    return transform_geometries(np.asarray(geometries, dtype=object), GRID, WGS84)
