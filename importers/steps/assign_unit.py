"""The administrative unit of each feature, by its place; compared with the one its row claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, issues_at, object_array
from importers.distinct import distinct
from importers.wording import number
from layers.definition import LayerDefinition

# Of a polygon's area (per cent): beyond it lies wholly outside, and only its unit is named.
_WHOLLY = 99.0


@dataclass(frozen=True)
class UnitShapes:
    """Units in force with their shapes in WGS 84: ids, codes and geometries, (n,) each.

    `by_code` holds the ids of all units in force, those without a shape included.
    """

    ids: np.ndarray
    codes: np.ndarray
    shapes: np.ndarray
    by_code: Mapping[str, int] = field(default_factory=dict)

    def find(self, points: np.ndarray) -> np.ndarray:
        """Position of the unit that covers each point (shapely points, (m,)), −1 for none."""
        found = np.full(len(points), -1, dtype=np.int64)
        if len(self.shapes):
            # The few units ask the many points: a unit's border is prepared once, not each time.
            unit, asked = shapely.STRtree(points).query(self.shapes, predicate="covers")
            # On a shared border the first unit wins, in order of code: the same every time.
            order = np.lexsort((-unit, asked))
            found[asked[order]] = unit[order]
        return found


def assign_unit(
    batch: Batch,
    wgs84: np.ndarray,
    definition: LayerDefinition,
    units: UnitShapes,
    claimed: Mapping[str, frozenset[str]],
) -> tuple[np.ndarray, list[Issue]]:
    """(unit id of each feature or None (object, (n,)), issues outside-commune / outside-province).

    `claimed` maps a code that a row may write to the codes of units in force that it stands for (an
    old commune's successors). A point inside each shape decides.
    """
    if definition.feeds == "units":  # their shapes are what is being imported
        own = [units.by_code.get(code) for code in batch.columns["code"]]
        return object_array(own), []
    if definition.feeds == "imagery":  # a scene lies over many communes and beyond them
        return np.full(len(batch), None, dtype=object), []
    found = units.find(shapely.point_on_surface(wgs84))
    ids = np.full(len(batch), None, dtype=object)
    ids[found >= 0] = [int(i) for i in units.ids[found[found >= 0]]]
    issues: list[Issue] = []
    if definition.extent == "province" and len(units.shapes):
        issues += issues_at(batch, found < 0, "outside-province", severity="warning")
    claim = next((f for f in definition.fields if f.type.name == "unit"), None)
    if claim is not None and claim.name in batch.columns:
        issues += _compare(batch, wgs84, found, units, claim.name, claimed)
    return ids, issues


def _compare(
    batch: Batch,
    wgs84: np.ndarray,
    found: np.ndarray,
    units: UnitShapes,
    claim: str,
    claimed: Mapping[str, frozenset[str]],
) -> list[Issue]:
    """Rows whose place lies in another unit than the one they name."""
    written = batch.columns[claim]
    codes, claims = distinct(written)
    # Each pair of a claim and a unit is judged once; found is −1 where no unit is.
    wide = len(units.codes) + 1
    pairs, back = np.unique(codes.astype(np.int64) * wide + found + 1, return_inverse=True)
    known = claimed.keys() | units.by_code.keys() | set(units.codes.tolist())
    named = np.array([code is None or not claimed or code in known for code in claims], dtype=bool)
    unknown = ~named[codes] if len(claims) else np.zeros(len(batch), dtype=bool)
    verdicts = []
    for claimed_at, unit in (divmod(pair, wide) for pair in pairs.tolist()):
        code = claims[claimed_at]
        there = code is not None and unit > 0 and bool(named[claimed_at])
        verdicts.append(there and units.codes[unit - 1] not in claimed.get(code, {code}))
    wrong = np.array(verdicts, dtype=bool)[back]
    values = [
        f"{written[i]} ≠ {units.codes[found[i]]}"
        + _partly(wgs84[i], units, claimed.get(written[i], frozenset({written[i]})))
        for i in np.flatnonzero(wrong)
    ]
    issues = issues_at(
        batch,
        unknown,
        "unknown-unit",
        severity="warning",
        values=map(str, written[unknown]),
        field=claim,
    )
    return issues + issues_at(
        batch, wrong, "outside-commune", severity="warning", values=values, field=claim
    )


def _partly(shape: shapely.Geometry, units: UnitShapes, codes: frozenset[str]) -> str:
    """How much of a polygon lies outside the units it may mean, where that is not all of it."""
    whole = shapely.area(shape)
    claimed = units.shapes[np.isin(units.codes, list(codes))]
    if whole == 0 or not len(claimed):
        return ""
    inside = shapely.area(shapely.intersection(shape, shapely.union_all(claimed)))
    share = 100 * (1 - inside / whole)
    if share > _WHOLLY:
        return ""
    return _(" (%(share)s %% diện tích nằm ngoài)") % {"share": number(share)}
