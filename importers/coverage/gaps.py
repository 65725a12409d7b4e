"""Holes between polygons: places that no parcel covers although parcels stand all round.

Only left-over edges border a hole, so only they are drawn into faces. Done on request: drawing the
faces of a large layer takes as long as importing it.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from importers.coverage.edges import Edges, Plane

# Less is the rounding of common borders (m²).
_LEAST_M2 = 0.01
# Units (mm) within which a face's border and an edge are one line.
_NEAR = 3.0


@dataclass(frozen=True)
class Gap:
    """A hole: its area in m², a place in it (source's system), and a polygon beside it."""

    area: float
    x: float
    y: float
    beside: int


def gaps(edges: Edges, plane: Plane, *, most_m2: float, m2_per_unit: float) -> list[Gap]:
    """Holes of at most `most_m2`, the largest first. `m2_per_unit`: of one square unit."""
    if not len(edges):
        return []
    ends = [
        np.column_stack([edges.ax, edges.ay]),
        np.column_stack([edges.bx, edges.by]),
    ]
    lines = np.asarray(shapely.linestrings(np.stack(ends, axis=1).astype(float)))
    noded = shapely.get_parts(shapely.node(shapely.multilinestrings(lines)))
    faces = shapely.normalize(shapely.get_parts(shapely.polygonize(noded)))
    area = shapely.area(faces) * m2_per_unit
    small = (area <= most_m2) & (area > _LEAST_M2)
    faces, area = faces[small], area[small]
    beside = _outside(faces, edges, lines)
    places = shapely.get_coordinates(shapely.point_on_surface(faces))
    found = [
        Gap(float(m2), *plane.position(float(x), float(y)), int(owner))
        for m2, (x, y), owner in zip(area, places, beside, strict=True)
        if owner >= 0
    ]
    return sorted(found, key=lambda gap: -gap.area)


def _outside(faces: np.ndarray, edges: Edges, lines: np.ndarray) -> np.ndarray:
    """A polygon beside each face that it does not belong to, −1 where a polygon covers the face."""
    beside = np.full(len(faces), -1, dtype=np.int64)
    if not len(faces):
        return beside
    start, end = _longest_sides(faces)
    middle = (start + end) / 2
    tree = shapely.STRtree(lines)
    face, edge = tree.query(shapely.points(middle), predicate="dwithin", distance=_NEAR)
    along = end[face] - start[face]
    edge_x = (edges.bx - edges.ax)[edge]
    edge_y = (edges.by - edges.ay)[edge]
    # Outer rings run clockwise when normalised: an edge of the same direction has its inside on
    # the other side of the face.
    same_way = along[:, 0] * edge_x + along[:, 1] * edge_y > 0
    beside[face[same_way]] = edges.owner[edge[same_way]]
    beside[face[~same_way]] = -1
    return beside


def _longest_sides(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends (n, 2) of the longest side of each face's outer ring."""
    xy, face = shapely.get_coordinates(shapely.get_exterior_ring(faces), return_index=True)
    inner = face[1:] == face[:-1]
    start, end, of = xy[:-1][inner], xy[1:][inner], face[:-1][inner]
    length = np.hypot(*(end - start).T)
    order = np.lexsort((length, of))
    last = np.flatnonzero(np.diff(of[order], append=-1))
    return start[order[last]], end[order[last]]
