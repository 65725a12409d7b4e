"""Cuts an area into cells round points: communes from the land, forest patches from a forest.

Edges are cut and warped once and faces are built from them, so neighbours share every vertex.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.noise import Warp


def partition(
    area: BaseGeometry, sites: np.ndarray, warp: Warp | None = None, step: float = 150.0
) -> list[tuple[shapely.Polygon, int]]:
    """Faces of `area` (grid metres) with the index of the nearest of `sites` (n ≥ 1, 2).

    One site may own several faces where the area is not convex.
    """
    lines = [area.boundary]
    if len(sites) > 1:
        edges = shapely.voronoi_polygons(
            shapely.MultiPoint(sites), extend_to=area.buffer(5000), only_edges=True
        )
        lines.append(_wiggle(edges, warp, step))
    noded = shapely.set_precision(shapely.unary_union(lines), 0.01)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    shapely.prepare(area)
    keep = shapely.contains(area, inside)
    points = shapely.get_coordinates(inside[keep])
    origin = warp.undo(points) if warp else points
    owners = nearest(shapely.get_parts(shapely.MultiPoint(sites)).tolist(), origin)
    return list(zip(faces[keep].tolist(), owners, strict=True))


def nearest(shapes: Sequence[BaseGeometry], points: np.ndarray) -> list[int]:
    """Index of the nearest of `shapes` for each of (n, 2) points."""
    found = shapely.STRtree(shapes).nearest(np.asarray(shapely.points(points)))
    return [int(i) for i in np.atleast_1d(np.asarray(found))]


def _wiggle(edges: BaseGeometry, warp: Warp | None, step: float) -> BaseGeometry:
    if warp is None:
        return edges
    lines = shapely.segmentize(shapely.line_merge(shapely.unary_union(edges)), step)
    return shapely.transform(lines, warp)


def merge_by_owner(
    faces: list[tuple[shapely.Polygon, int]], owners: np.ndarray, centres: np.ndarray
) -> list[BaseGeometry]:
    """One geometry an owner; a loose fragment goes to the neighbour that it touches most.

    `owners[i]` is the owner of site i; `centres[k]` lies in the main part of owner k.
    """
    groups: dict[int, list[shapely.Polygon]] = defaultdict(list)
    for face, site in faces:
        groups[int(owners[site])].append(face)
    parts = {k: shapely.get_parts(shapely.unary_union(v)) for k, v in groups.items()}
    mains = {k: _main_part(parts[k], centres[k]) for k in parts}
    result = {k: [main] for k, main in mains.items()}
    for k, pieces in parts.items():
        for piece in pieces:
            if piece is not mains[k]:
                result[_best_neighbour(piece, mains, k)].append(piece)
    return [shapely.unary_union(result[k]) for k in range(len(centres))]


def _main_part(parts: np.ndarray, centre: np.ndarray) -> shapely.Polygon:
    inside = shapely.contains_xy(parts, centre[0], centre[1])
    part: shapely.Polygon = parts[int(np.argmax(inside * 1e12 + shapely.area(parts)))]
    return part


def _best_neighbour(piece: shapely.Polygon, mains: dict[int, shapely.Polygon], own: int) -> int:
    """The owner with the longest shared edge; islands touch nobody and stay with their own."""
    shared = {k: piece.intersection(main).length for k, main in mains.items() if k != own}
    best = max(shared, key=lambda k: shared[k])
    return best if shared[best] > 0 else own
