"""How far a stated area may differ from the drawn one at a map's scale, before it is said.

Two tables beside this file: the position error of corners (Circular 25/2014), and the allowed
difference of areas, whose figures are not verified: a default, never a legal limit. The larger of
the two counts. Used by `importers.steps.check_area`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from django.conf import settings

_HERE = Path(__file__).parent
_CORNERS = _HERE / "boundary_accuracy.csv"
_AREAS = _HERE / "area_tolerance.csv"


@dataclass(frozen=True)
class Tolerance:
    """One scale: corners' position error in metres, and steps of area (all m², ascending)."""

    corner_m: float
    lower: np.ndarray
    at_lower: np.ndarray
    per_10_m2: np.ndarray

    def allowed(self, areas: np.ndarray) -> np.ndarray:
        """m² for each area (n,). A compact parcel's area is as wrong as its corners times its
        side.
        """
        step = np.clip(np.searchsorted(self.lower, areas, side="right") - 1, 0, None)
        table = self.at_lower[step] + (areas - self.lower[step]) / 10 * self.per_10_m2[step]
        return np.asarray(np.maximum(table, self.corner_m * np.sqrt(np.maximum(areas, 0.0))))


def allowed_difference(areas: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """m² by which each area (n,) may differ at its map's scale (denominators, (n,)).

    A scale between two of the table counts as the coarser one.
    """
    tables = _tables(settings.PORTAL_AREA_TOLERANCE)
    known = np.array(sorted(tables), dtype=float)
    at = np.minimum(np.searchsorted(known, scales), len(known) - 1)
    found = np.zeros(len(areas))
    for place in np.unique(at):
        mask = at == place
        found[mask] = tables[int(known[place])].allowed(areas[mask])
    return found


@cache
def _tables(areas_path: str) -> dict[int, Tolerance]:
    steps: dict[int, list[tuple[float, float, float]]] = {}
    for row in _rows(Path(areas_path) if areas_path else _AREAS):
        step = (float(row["from_m2"]), float(row["at_lower_m2"]), float(row["per_10_m2"]))
        steps.setdefault(int(row["scale"]), []).append(step)
    corners = {int(r["scale"]): float(r["position_error_cm"]) / 100 for r in _rows(_CORNERS)}
    return {
        scale: Tolerance(corners.get(scale, 0.0), *np.array(sorted(found)).T)
        for scale, found in steps.items()
    }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Lines of a table; those that begin with # are remarks."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(line for line in stream if not line.startswith("#"))
