"""Checks that need the whole layer: polygons on each other, slivers, and holes on request.

`Collector` sees every prepared batch and keeps only the edges that no neighbour shares; after the
version is sealed it asks the database about the few suspects. A clean layer costs the hashing of
its edges and nothing else. The parts are in `importers.coverage`; `importers.staging` calls it.
"""

import re
from collections.abc import Sequence

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from importers.batch import Issue
from importers.coverage.contact import suspects_of_contact
from importers.coverage.edges import Edges, Plane, doubled, joined, left_over, lone_edges
from importers.coverage.exact import Answer, Overlap, overlaps
from importers.coverage.gaps import Gap, gaps
from importers.coverage.scanlines import suspects_of_depth
from importers.pipeline import Prepared
from importers.refusals import Overlapping
from importers.wording import number
from layers.crs import WGS84
from layers.definition import LayerDefinition
from layers.models import LayerVersion

# Left-over edges are put together again when so many have come (90 bytes each).
_TOGETHER = 1_000_000
# More of them are no coverage that could be judged: the check stops and says so.
_MOST_EDGES = 6_000_000
_NUL = "\x00"


class Collector:
    """Fed while streaming, asked once at the end. Does nothing for layers that may overlap."""

    def __init__(self, definition: LayerDefinition, checks: Sequence[str] = ()) -> None:
        self._listed = definition.overlaps != "allowed"
        self._gaps = "gaps" in checks and definition.geometry == "polygon"
        self._plane: Plane | None = None
        self._own_grid = self._geographic = False
        self._parts: list[Edges] = []
        self._corners: list[np.ndarray] = []
        self._rows: list[np.ndarray] = []
        self._keys: list[str] = []
        self._count = self._kept = 0
        self._too_many = False
        # Rows of overlapping pairs, with their keys as stored.
        self.named: dict[int, str] = {}

    def add(self, prepared: Prepared) -> None:
        """Take the edges of a batch of polygons (shapes in the source's system)."""
        if not (self._listed or self._gaps) or self._too_many or not len(prepared):
            return
        if self._plane is None:
            self._geographic = prepared.crs.is_geographic
            self._own_grid = prepared.crs != WGS84
            self._plane = Plane.around(prepared.source, geographic=self._geographic)
        edges, corners = lone_edges(prepared.source, self._plane, self._count)
        self._parts.append(edges)
        self._corners.append(corners)
        self._rows.append(prepared.rows)
        self._keys.append(_NUL.join(prepared.keys))
        self._count += len(prepared)
        self._kept += len(edges)
        if self._kept > _TOGETHER:
            self._cancel()

    def _cancel(self) -> None:
        """Edges whose partner came in another batch go."""
        self._parts = [left_over(joined(self._parts))]
        self._kept = len(self._parts[0])
        if self._kept > _MOST_EDGES:
            self._too_many, self._parts = True, []

    def finish(self, version: LayerVersion, checks: Sequence[str] = ()) -> list[Issue]:
        """All issues of the whole, the worst first. The version is sealed."""
        if self._plane is None:
            return []
        if not self._too_many:
            self._cancel()
        if self._too_many:
            return [_cut_off(int(self._rows[0][0]), 0)]
        edges = self._parts[0]
        issues = self._overlaps(version, edges) if self._listed else []
        if self._gaps and "gaps" in checks:
            issues += self._holes(edges, self._plane)
        return issues

    def _overlaps(self, version: LayerVersion, edges: Edges) -> list[Issue]:
        suspects = np.unique(
            np.concatenate(
                [
                    doubled(edges),
                    suspects_of_contact(edges),
                    suspects_of_depth(edges, np.concatenate(self._corners)),
                ]
            )
        )
        if not len(suspects):
            return []
        keys = _NUL.join(self._keys).split(_NUL)
        answer = overlaps(
            version.pk,
            version.layer,
            [keys[i] for i in suspects],
            most=settings.PORTAL_MAX_SUSPECTS,
            own_grid=self._own_grid,
            geographic=self._geographic,
        )
        return self._in_words(answer, keys)

    def _in_words(self, answer: Answer, keys: list[str]) -> list[Issue]:
        found = answer.overlaps
        wanted = {key for pair in found for key in (pair.one, pair.other)}
        rows = np.concatenate(self._rows)
        row_of = {key: int(rows[i]) for i, key in enumerate(keys) if key in wanted}
        self.named = {row: key for key, row in row_of.items()}
        least = settings.PORTAL_MIN_OVERLAP_M2
        issues = [_overlap(pair, row_of) for pair in found if pair.area >= least]
        thin = [pair for pair in found if pair.area < least]
        if thin:
            issues.append(_thin_overlaps(thin, row_of))
        if answer.cut_off:
            issues.append(_cut_off(min(row_of.values(), default=int(rows[0])), answer.examined))
        return issues

    def _holes(self, edges: Edges, plane: Plane) -> list[Issue]:
        rows = np.concatenate(self._rows)
        found = gaps(
            edges,
            plane,
            most_m2=settings.PORTAL_MAX_GAP_M2,
            m2_per_unit=_square_unit(plane) if self._geographic else plane.per_unit**2,
        )
        least = settings.PORTAL_MIN_OVERLAP_M2
        issues = [_gap(gap, int(rows[gap.beside])) for gap in found if gap.area >= least]
        thin = [gap for gap in found if gap.area < least]
        if thin:
            issues.append(_thin_gaps(thin, int(rows[thin[0].beside])))
        return issues


def refuse_overlaps(issues: Sequence[Issue], definition: LayerDefinition) -> None:
    """Raise Overlapping for a layer that is declared not to overlap at all."""
    found = [issue for issue in issues if issue.code == "overlap"]
    if definition.overlaps == "refused" and found:
        raise Overlapping(
            _("%(count)s cặp chồng nhau. Lớn nhất: %(worst)s")
            % {"count": number(len(found)), "worst": found[0].value}
        )


def _square_unit(plane: Plane) -> float:
    """m² of a square of one unit of a degree, at the plane's latitude."""
    metres = plane.per_unit * 111_320.0
    return float(metres**2 * np.cos(np.radians(plane.y)))


def _short(key: str) -> str:
    """A key as people write it, without the date of its commune's code."""
    return re.sub(r"@\d{4}-\d\d-\d\d", "", key)


def _named(key: str, row: int) -> str:
    return _("dòng %(row)d") % {"row": row} + (
        "" if key.startswith("shape:") else f" ({_short(key)})"
    )


def _area(square_metres: float) -> str:
    return f"{number(square_metres, 1 if square_metres >= 1 else 2)} m²"


def _overlap(pair: Overlap, row_of: dict[str, int]) -> Issue:
    first, second = sorted((row_of[key], key) for key in (pair.one, pair.other))
    value = _("%(one)s và %(other)s chồng nhau %(area)s") % {
        "one": _named(first[1], first[0]),
        "other": _named(second[1], second[0]),
        "area": _area(pair.area),
    }
    return Issue(first[0], "overlap", value=value, severity="warning", x=pair.x, y=pair.y)


def _thin_overlaps(thin: list[Overlap], row_of: dict[str, int]) -> Issue:
    worst = _overlap(thin[0], row_of)
    value = _("%(count)s chỗ; lớn nhất: %(worst)s") % {
        "count": number(len(thin)),
        "worst": worst.value,
    }
    return Issue(worst.row, "overlap-sliver", "", value, "warning", "", thin[0].x, thin[0].y)


def _gap(gap: Gap, row: int) -> Issue:
    value = _("%(area)s, cạnh dòng %(row)d") % {"area": _area(gap.area), "row": row}
    return Issue(row, "gap", value=value, severity="warning", x=gap.x, y=gap.y)


def _thin_gaps(thin: list[Gap], row: int) -> Issue:
    value = _("%(count)s chỗ; lớn nhất: %(worst)s") % {
        "count": number(len(thin)),
        "worst": _gap(thin[0], row).value,
    }
    return Issue(row, "gap-sliver", "", value, "warning", "", thin[0].x, thin[0].y)


def _cut_off(row: int, examined: int) -> Issue:
    value = _("đã xem %(count)s hình") % {"count": number(examined)}
    return Issue(row, "checks-cut-off", value=value, severity="warning")
