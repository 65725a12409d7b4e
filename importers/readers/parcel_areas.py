"""The areas of a drawing: loose boundary lines closed, closed shapes kept, islands cut out.

`importers.readers.linework` does the geometry of lines; here it is decided which shapes are lines.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Issue, object_array
from importers.readers import linework
from importers.readers.entities import Entities
from importers.wording import number

_RINGS_AND_AREAS = (2, 3, 6)


@dataclass(frozen=True)
class Areas:
    """Polygons (n,), remarks for the report, and the places where lines do not close."""

    polygons: np.ndarray
    notes: list[str]
    issues: list[Issue]


def areas_of(drawn: Entities) -> Areas:
    """Close what the boundary entities draw. Raises DrawingTooLarge, BrokenFile.

    A closed shape is an area by itself unless open lines end on it or cross it: then it is one more
    boundary, and what it encloses is divided. An area inside another is cut out of it.
    """
    tolerance = linework.tolerance_for(drawn.geometry)
    lines, closed = _sorted_out(drawn.geometry, tolerance)
    faces = linework.close(lines, tolerance)
    closed = _once(closed)
    own = faces.polygons[~_same_as(faces.polygons, closed, tolerance)]
    polygons = cut_islands(np.concatenate([own, closed]))
    notes = _notes(faces, tolerance)
    return Areas(polygons, notes, _issues(faces))


def _sorted_out(geometry: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """(lines to be closed, areas as drawn)."""
    parts = _without_collections(geometry)
    kinds = shapely.get_type_id(parts)
    ring = (kinds == 1) & shapely.is_closed(parts) & (shapely.get_num_coordinates(parts) > 3)
    is_area = ring | np.isin(kinds, _RINGS_AND_AREAS)
    lines = parts[(kinds == 1) & ~ring]
    lines = lines[shapely.length(lines) > 0]
    closed = object_array(
        shapely.Polygon(shape.coords) if kind in (1, 2) else shape
        for shape, kind in zip(parts[is_area], kinds[is_area], strict=True)
    )
    outlines = shapely.boundary(closed)
    if not len(lines) or not len(closed):
        return lines, closed
    met = shapely.STRtree(lines).query(outlines, predicate="dwithin", distance=tolerance)[0]
    divided = np.zeros(len(closed), dtype=bool)
    divided[met] = True
    more = shapely.get_parts(outlines[divided])
    return np.concatenate([lines, more]), closed[~divided]


def _without_collections(geometry: np.ndarray) -> np.ndarray:
    """Lines one by one; an area of several parts stays one, as a hatch is drawn."""
    several = shapely.get_type_id(geometry) == 5
    return np.concatenate([shapely.get_parts(geometry[several]), geometry[~several]])


def _once(closed: np.ndarray) -> np.ndarray:
    """Without shapes drawn twice: a hatch over its outline, a boundary on two levels."""
    if len(closed) < 2:
        return closed
    normal = shapely.to_wkb(
        shapely.normalize(shapely.set_precision(closed, 1e-6, mode="pointwise"))
    )
    first = {wkb: index for index, wkb in reversed(list(enumerate(normal)))}
    return closed[sorted(first.values())]


def _same_as(faces: np.ndarray, closed: np.ndarray, tolerance: float) -> np.ndarray:
    """Faces that are one of the closed shapes again, bounded by their neighbours' lines."""
    same = np.zeros(len(faces), dtype=bool)
    if not len(faces) or not len(closed):
        return same
    inside = shapely.point_on_surface(faces)
    face, other = shapely.STRtree(closed).query(inside, predicate="within")
    off = np.abs(shapely.area(faces[face]) - shapely.area(closed[other]))
    same[face[off <= tolerance * shapely.length(closed[other])]] = True
    return same


def cut_islands(polygons: np.ndarray) -> np.ndarray:
    """Areas without those that lie wholly inside them: an island is a parcel of its own."""
    if len(polygons) < 2:
        return polygons
    valid = polygons[shapely.is_valid(polygons)]
    which = np.flatnonzero(shapely.is_valid(polygons))
    outer, inner = shapely.STRtree(valid).query(valid, predicate="contains_properly")
    cut = polygons.copy()
    for index in np.unique(which[outer]):
        islands = shapely.union_all(polygons[which[inner[which[outer] == index]]])
        cut[index] = shapely.difference(polygons[index], islands)
    return cut


def _notes(faces: linework.Faces, tolerance: float) -> list[str]:
    notes = []
    if faces.snapped:
        in_metres = tolerance == linework.TOLERANCE
        shown = f"{number(tolerance, 2)} m" if in_metres else f"{number(tolerance, 7)}°"
        notes.append(
            _("Đã nối %(count)s đầu đường vào điểm gần nhất, trong dung sai %(tolerance)s.")
            % {"count": number(faces.snapped), "tolerance": shown}
        )
    if faces.slivers:
        notes.append(
            _("Đã bỏ %(count)s vùng mảnh hơn dung sai: hai đường vẽ gần trùng nhau.")
            % {"count": number(faces.slivers)}
        )
    return notes


def _issues(faces: linework.Faces) -> list[Issue]:
    """Open ends and lines that close nothing; they belong to no row of the file."""
    found = []
    for (x, y), gap in zip(faces.free_ends.tolist(), faces.gaps.tolist(), strict=True):
        far = "" if np.isnan(gap) else _("cách đường gần nhất %(gap)s m") % {"gap": number(gap, 2)}
        found.append(Issue(0, "open-line", value=far, severity="warning", x=x, y=y))
    for x, y in faces.cuts.tolist():
        found.append(Issue(0, "needless-line", severity="warning", x=x, y=y))
    return found
