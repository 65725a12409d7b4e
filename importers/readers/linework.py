"""From loose lines to areas: snap ends that nearly meet, cut at every crossing, close what closes.

Knows nothing of levels and texts; `importers.readers.drawing` calls it with the lines of the
boundary levels. Coordinates stay as drawn but for ends within the tolerance.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.errors import GEOSException

from importers.batch import object_array
from importers.refusals import BrokenFile, DrawingTooLarge
from importers.wording import number

# Ends within this distance meet. Boundaries are drawn by snapping to points that were surveyed to
# some centimetres; wider gaps are a surveyor's to judge.
TOLERANCE = 0.01
TOLERANCE_DEGREES = 1e-7
# Crossings that a drawing may have: beyond, noding takes minutes and gigabytes.
_MOST_CROSSINGS = 20_000_000
_LOOKED_AT = 500
_MEASURED = 1000


@dataclass(frozen=True)
class Faces:
    """What lines close, and what they do not.

    Attributes:
        polygons: every closed area, holes cut out, (n,).
        snapped: ends that were moved to meet another line.
        slivers: areas thinner than the tolerance, left out: one line drawn twice.
        free_ends: where a line ends without meeting another, (m, 2), and how far off the next is.
        gaps: that distance, (m,); NaN where there is no other line.
        cuts: middles of lines inside one area that join its rings, (k, 2).
    """

    polygons: np.ndarray
    snapped: int
    slivers: int
    free_ends: np.ndarray
    gaps: np.ndarray
    cuts: np.ndarray


def tolerance_for(geometry: np.ndarray) -> float:
    """0.01 m, or as little in degrees when all numbers could be longitudes and latitudes."""
    west, south, east, north = shapely.total_bounds(geometry)
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    small = east - west < 3 and north - south < 3
    return TOLERANCE_DEGREES if degrees and small else TOLERANCE


def close(lines: np.ndarray, tolerance: float) -> Faces:
    """The areas that these lines (LineStrings, (n,)) enclose. Raises DrawingTooLarge."""
    lines = lines[shapely.length(lines) > 0]
    if not len(lines):
        nothing = np.empty((0, 2))
        return Faces(object_array([]), 0, 0, nothing, np.empty(0), nothing)
    _bound(lines)
    lines, moved = _meet(lines, tolerance)
    lines, inserted = _touch(lines, tolerance)
    try:
        edges = shapely.get_parts(shapely.unary_union(lines))
    except GEOSException as error:
        raise BrokenFile(_("Không ghép được đường ranh giới thành vùng.")) from error
    found, cuts, _dangles, _invalid = shapely.polygonize_full(edges)
    polygons = shapely.get_parts(found)
    thin = _is_thin(polygons, tolerance)
    ends, gaps = _free_ends(edges, tolerance)
    middles = shapely.line_interpolate_point(shapely.get_parts(cuts), 0.5, normalized=True)
    cut_at = shapely.get_coordinates(middles).reshape(-1, 2)
    return Faces(polygons[~thin], moved + inserted, int(thin.sum()), ends, gaps, cut_at)


def _bound(lines: np.ndarray) -> None:
    """Estimate from a sample how many segments lie over one another. Raises DrawingTooLarge."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    west_south = np.minimum(points[1:], points[:-1])[same]
    east_north = np.maximum(points[1:], points[:-1])[same]
    if len(west_south) <= _LOOKED_AT:
        return
    boxes = shapely.box(*west_south.T, *east_north.T)
    step = len(boxes) // _LOOKED_AT
    sample = boxes[::step]
    hits = len(shapely.STRtree(boxes).query(sample)[0])
    estimated = hits / len(sample) * len(boxes)
    if estimated > _MOST_CROSSINGS:
        shown = number(estimated, 0)
        raise DrawingTooLarge(_("Các đường ranh giới cắt nhau quá nhiều (%(n)s).") % {"n": shown})


def _is_thin(polygons: np.ndarray, tolerance: float) -> np.ndarray:
    """Areas whose mean width is below the tolerance."""
    around = np.maximum(shapely.length(polygons), np.finfo(float).tiny)
    return np.asarray(2 * shapely.area(polygons) / around < tolerance)


def _ends_of(lines: np.ndarray) -> np.ndarray:
    """First and last vertex of each line that is no ring, (m, 2)."""
    opened = lines[~shapely.is_closed(lines)]
    points = np.concatenate([shapely.get_point(opened, 0), shapely.get_point(opened, -1)])
    return np.asarray(shapely.get_coordinates(points))


def _meet(lines: np.ndarray, tolerance: float) -> tuple[np.ndarray, int]:
    """Move ends onto ends and vertices within the tolerance, the same way for every line there."""
    vertices = shapely.get_coordinates(lines)
    places, which = np.unique(vertices, axis=0, return_inverse=True)
    is_end = np.zeros(len(places), dtype=bool)
    is_end[_find(places, _ends_of(lines))] = True
    ends = np.flatnonzero(is_end)
    points = np.asarray(shapely.points(places))
    near = shapely.STRtree(points).query(points[ends], predicate="dwithin", distance=tolerance)
    pairs = np.column_stack([ends[near[0]], near[1]])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    # Vertices that are no ends stay; ends go to them, or to the first end of their cluster.
    order = np.lexsort((np.arange(len(places)), is_end))
    rank = np.empty(len(places), dtype=np.int64)
    rank[order] = np.arange(len(places))
    target = np.arange(len(places))
    for one, other in pairs[np.argsort(rank[pairs].min(axis=1), kind="stable")]:
        keep, move = (one, other) if rank[one] < rank[other] else (other, one)
        if is_end[move] and target[keep] == keep and target[move] == move:
            target[move] = keep
    moved = int((target != np.arange(len(places))).sum())
    if not moved:
        return lines, 0
    joined = shapely.set_coordinates(lines.copy(), places[target][which.reshape(-1)])
    return joined[shapely.length(joined) > 0], moved


def _find(places: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Index of each wanted point among sorted unique places."""
    both = np.concatenate([places, wanted])
    _unique, inverse = np.unique(both, axis=0, return_inverse=True)
    return np.asarray(inverse.reshape(-1)[len(places) :])


def _touch(lines: np.ndarray, tolerance: float) -> tuple[np.ndarray, int]:
    """Give a line a vertex wherever another ends on it, within the tolerance."""
    ends = np.unique(_ends_of(lines), axis=0)
    if not len(ends):
        return lines, 0
    points = np.asarray(shapely.points(ends))
    found = shapely.STRtree(lines).query(points, predicate="dwithin", distance=tolerance)
    wanted: dict[int, list[int]] = {}
    for end, line in found.T:
        wanted.setdefault(int(line), []).append(int(end))
    changed = lines.copy()
    moved: set[int] = set()
    for line, indices in wanted.items():
        corners = shapely.get_coordinates(lines[line])
        new, bent = _with_vertices(corners, ends[indices])
        if len(new) > len(corners):
            changed[line] = shapely.linestrings(new)
            moved.update(indices[i] for i in bent)
    return changed, len(moved)


def _with_vertices(corners: np.ndarray, extra: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The line with these points as vertices; which of them did not lie on it already."""
    start, step = corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((step**2).sum(axis=1), np.finfo(float).tiny)
    slots: list[tuple[int, float, np.ndarray]] = []
    bent = []
    for index, point in enumerate(extra):
        if (corners == point).all(axis=1).any():
            continue
        along = np.clip(((point - start) * step).sum(axis=1) / length, 0, 1)
        away = np.hypot(*(start + along[:, None] * step - point).T)
        segment = int(np.argmin(away))
        slots.append((segment, float(along[segment]), point))
        if away[segment] > 1e-6:
            bent.append(index)
    if not slots:
        return corners, []
    slots.sort(key=lambda slot: slot[:2])
    places = [segment + 1 for segment, _along, _point in slots]
    return np.insert(corners, places, [point for *_slot, point in slots], axis=0), bent


def _free_ends(edges: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends that meet nothing, and how far the next line is; stubs within the tolerance are none."""
    firsts = shapely.get_coordinates(shapely.get_point(edges, 0))
    lasts = shapely.get_coordinates(shapely.get_point(edges, -1))
    places, which, count = np.unique(
        np.concatenate([firsts, lasts]), axis=0, return_inverse=True, return_counts=True
    )
    owner = np.tile(np.arange(len(edges)), 2)
    alone = count[which.reshape(-1)] == 1
    long_enough = shapely.length(edges)[owner] > tolerance
    chosen = np.flatnonzero(alone & long_enough)
    ends = places[which.reshape(-1)[chosen]]
    return ends, _to_next(ends, owner[chosen], edges, tolerance)


def _to_next(ends: np.ndarray, own: np.ndarray, edges: np.ndarray, tolerance: float) -> np.ndarray:
    """Distance from each end to the nearest line that is not its own."""
    gaps = np.full(len(ends), np.nan)
    tree = shapely.STRtree(edges)
    # Of the first ends only: nobody reads thousands, and each looks at all lines around it.
    points = np.asarray(shapely.points(ends[:_MEASURED]))
    boxes = shapely.buffer(points, 1000 * tolerance)
    for index, other in tree.query(boxes).T:
        if other != own[index]:
            gap = shapely.distance(points[index], edges[other])
            gaps[index] = np.fmin(gaps[index], gap)
    return gaps
