"""Repair a shape only when it stays the same shape; otherwise refuse the row and say where.

A boundary is somebody's land: a self-crossing of the width of a pen may be cleaned, a bow tie may
not. Works in the file's own system, so that a surveyor finds the place.
"""

import numpy as np
import shapely
from django.utils.translation import gettext_noop as _

from importers.batch import Batch, Issue, issues_at
from importers.steps.shape import KINDS
from layers.definition import LayerDefinition

# Change of area that still counts as the same shape: a share, and for small shapes an absolute
# amount, whichever is larger. 0.1 m² is the digit that registers print.
SAME_SHARE = 1e-4
SAME_M2 = 0.05
# No part of the outline may move farther: the position error allowed at 1:500 is 7 cm.
SAME_METRES = 0.05
# A degree is about 111 km.
_METRES_PER_DEGREE = 111_000.0
_REASONS = {
    "Self-intersection": _("đường ranh giới tự cắt"),
    "Ring Self-intersection": _("vòng ranh giới tự chạm"),
    "Hole lies outside shell": _("lỗ nằm ngoài thửa"),
    "Holes are nested": _("lỗ nằm trong lỗ"),
    "Nested holes": _("lỗ nằm trong lỗ"),
    "Nested shells": _("các phần lồng nhau"),
    "Duplicate Rings": _("hai vòng trùng nhau"),
    "Interior is disconnected": _("phần trong bị tách rời"),
    "Too few points in geometry component": _("quá ít đỉnh"),
}


def repair(batch: Batch, definition: LayerDefinition) -> tuple[Batch, list[Issue]]:
    """Valid shapes: repaired where that changes nothing, refused where it would."""
    invalid = ~shapely.is_valid(batch.geometry)
    if not invalid.any():
        return batch, []
    found = np.flatnonzero(invalid)
    broken = batch.geometry[found]
    fixed = shapely.make_valid(broken, method="structure", keep_collapsed=False)
    kind = np.isin(shapely.get_type_id(fixed), KINDS[definition.geometry])
    same = kind & ~shapely.is_empty(fixed) & _same_shape(broken, fixed, batch.crs.is_geographic)
    geometry = batch.geometry.copy()
    geometry[found[same]] = fixed[same]
    keep = np.ones(len(batch), dtype=bool)
    keep[found[~same]] = False
    repaired = np.zeros(len(batch), dtype=bool)
    repaired[found[same]] = True
    issues = _refused(batch, found[~same], broken[~same]) + issues_at(
        batch,
        repaired,
        "repaired",
        severity="warning",
        values=map(in_words, _reasons(broken[same])),
    )
    return batch.with_geometry(geometry).keep(keep), issues


def _same_shape(broken: np.ndarray, fixed: np.ndarray, geographic: bool) -> np.ndarray:
    """Area and outline stay within tolerance. The area of a bow tie's halves cancels: it grows."""
    metres = _METRES_PER_DEGREE if geographic else 1.0
    before = shapely.area(broken) * metres**2
    after = shapely.area(fixed) * metres**2
    allowed = np.maximum(SAME_SHARE * after, SAME_M2)
    moved = shapely.hausdorff_distance(broken, fixed) * metres
    return np.asarray((np.abs(after - before) <= allowed) & (moved <= SAME_METRES))


def _reasons(shapes: np.ndarray) -> list[str]:
    return [str(reason) for reason in shapely.is_valid_reason(shapes)]


def in_words(reason: str) -> str:
    """GEOS's reason for a reader; one that is not in the table stays as it is."""
    name = reason.partition("[")[0]
    return _REASONS.get(name, name)


def _refused(batch: Batch, rows: np.ndarray, shapes: np.ndarray) -> list[Issue]:
    """One issue a row, at the place that GEOS names."""
    issues = []
    for row, reason in zip(batch.rows[rows], _reasons(shapes), strict=True):
        x, y = place_in_reason(reason)
        issues.append(Issue(int(row), "cannot-repair", "", in_words(reason), x=x, y=y))
    return issues


def place_in_reason(reason: str) -> tuple[float | None, float | None]:
    """`Self-intersection[426902.3 1144200.5]` → the position, (None, None) without one."""
    _, bracket, rest = reason.partition("[")
    numbers = rest.rstrip("]").split()
    if not bracket or len(numbers) < 2:
        return None, None
    return float(numbers[0]), float(numbers[1])
