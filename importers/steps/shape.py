"""Geometry as the layer needs it: present, finite, flat, of the right kind.

Comes before `repair`, so that only shapes of the right kind are repaired.
"""

import numpy as np
import shapely

from importers.batch import Batch, Issue, issues_at
from layers.definition import LayerDefinition
from layers.outlines import outlines

# shapely type ids: single and multi of each kind.
KINDS = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
# Beyond any grid; squares of larger numbers overflow in GEOS.
_FARTHEST = 1e12
_NAMES = (
    "điểm",
    "đường",
    "vòng kín",
    "vùng",
    "nhiều điểm",
    "nhiều đường",
    "nhiều vùng",
    "tập hợp hình",
)


def shape(batch: Batch, definition: LayerDefinition) -> tuple[Batch, list[Issue]]:
    """Rows with a usable geometry, Z and M dropped; the others as issues."""
    if definition.geometry == "polygon" and _is_plain(batch.geometry):
        return batch, []
    batch, missing = _without_missing(batch)
    batch, infinite = _without_infinite(batch)
    kinds = shapely.get_type_id(batch.geometry)
    right = np.isin(kinds, KINDS[definition.geometry])
    names = [_NAMES[kind] for kind in kinds[~right]]
    wrong = issues_at(batch, ~right, "wrong-geometry-type", values=names)
    batch = batch.keep(right)
    flat = without_empty_rings(_flat(batch.geometry))
    return batch.with_geometry(flat), [*missing, *infinite, *wrong]


def _is_plain(geometry: np.ndarray) -> bool:
    """Flat polygons of one ring with nothing to refuse or to drop: the usual batch."""
    plain = outlines(geometry)
    return plain is not None and bool((np.abs(plain.xy) < _FARTHEST).all())


def _without_missing(batch: Batch) -> tuple[Batch, list[Issue]]:
    none = shapely.is_missing(batch.geometry)
    empty = shapely.is_empty(batch.geometry)
    issues = issues_at(batch, none, "no-geometry") + issues_at(batch, empty, "empty-geometry")
    return batch.keep(~(none | empty)), issues


def _without_infinite(batch: Batch) -> tuple[Batch, list[Issue]]:
    """NaN or infinity in any vertex: every later step would crash or lie."""
    coordinates, owner = shapely.get_coordinates(batch.geometry, return_index=True)
    bad_vertex = ~(np.isfinite(coordinates) & (np.abs(coordinates) < _FARTHEST)).all(axis=1)
    bad = np.zeros(len(batch), dtype=bool)
    bad[owner[bad_vertex]] = True
    return batch.keep(~bad), issues_at(batch, bad, "not-finite")


def without_empty_rings(geometry: np.ndarray) -> np.ndarray:
    """Polygons without holes that have no corner.

    `POLYGON ((0 0, 9 0, 9 9, 0 0), EMPTY)` is valid, and `equals` of GEOS 3.14 crashes on it.
    """
    several = (shapely.get_num_interior_rings(geometry) > 0) | (shapely.get_type_id(geometry) == 6)
    found = np.flatnonzero(several)
    if not len(found):
        return geometry
    rings, owner = shapely.get_rings(geometry[found], return_index=True)
    broken = found[np.unique(owner[shapely.is_empty(rings)])]
    if not len(broken):
        return geometry
    cleaned = geometry.copy()
    cleaned[broken] = [_rebuilt(shape) for shape in geometry[broken]]
    return cleaned


def _rebuilt(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if not hole.is_empty])
        for part in shapely.get_parts(shape)
        if not part.is_empty
    ]
    return parts[0] if isinstance(shape, shapely.Polygon) else shapely.MultiPolygon(parts)


def has_z(geometry: np.ndarray) -> bool:
    """Whether any shape carries heights or measures that will be dropped."""
    if outlines(geometry) is not None:
        return False
    return bool((shapely.has_z(geometry) | shapely.has_m(geometry)).any())


def _flat(geometry: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.force_2d(geometry)) if has_z(geometry) else geometry
