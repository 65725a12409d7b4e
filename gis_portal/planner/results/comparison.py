"""Two runs of a question side by side: which rows came, went and changed, and by how much.

`before` and `after` are told alike; a row is one class in one unit, null classes and slivers
included, so that the differences add up to the difference of the totals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gis_portal.planner.results.errors import NotComparable
from gis_portal.planner.results.told import Line, Told

Json = Any
ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"
COMPARED = ("count", "area_m2", "length_m")
# Less than that is noise of the arithmetic, in m² and m.
NOISE = 1e-6


@dataclass(frozen=True)
class Difference:
    """One row: before, after and what lies between, by measure."""

    kind: str
    state: str
    labels: dict[str, str]
    values: dict[str, Json]
    before: dict[str, float]
    after: dict[str, float]
    change: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """All rows, what changed first to be seen as it stands; and the totals."""

    rows: tuple[Difference, ...]
    total: Difference
    measures: tuple[str, ...]

    @property
    def changed(self) -> tuple[Difference, ...]:
        """Rows that are not the same."""
        return tuple(row for row in self.rows if row.state != SAME)


def compare(before: Told, after: Told) -> Comparison:
    """Raises NotComparable."""
    names = [column.name for column in before.groups]
    if names != [column.name for column in after.groups]:
        raise NotComparable
    measures = tuple(
        m for m in COMPARED if m in {c.name for c in (*before.measures, *after.measures)}
    )
    first, second = _by_key(before, names), _by_key(after, names)
    keys = dict.fromkeys([*first, *second])
    rows = [_difference(first.get(key), second.get(key), names, measures) for key in keys]
    ordered = sorted(rows, key=lambda row: (row.kind, *(row.labels[name] for name in names)))
    total = _difference(before.total, after.total, [], measures)
    return Comparison(tuple(ordered), total, measures)


def _by_key(told: Told, names: list[str]) -> dict[tuple[str, ...], Line]:
    lines: Iterable[Line] = (*told.lines, *told.slivers)
    return {(line.kind, *(repr(line.values.get(name)) for name in names)): line for line in lines}


def _difference(
    before: Line | None, after: Line | None, names: list[str], measures: tuple[str, ...]
) -> Difference:
    shown = after or before
    assert shown is not None
    first = {m: float((before.values.get(m) if before else 0) or 0) for m in measures}
    second = {m: float((after.values.get(m) if after else 0) or 0) for m in measures}
    change = {m: second[m] - first[m] for m in measures}
    return Difference(
        kind=shown.kind,
        state=_state(before, after, change),
        labels={name: shown.labels.get(name, "") for name in names},
        values={name: shown.values.get(name) for name in names},
        before=first,
        after=second,
        change=change,
    )


def _state(before: Line | None, after: Line | None, change: dict[str, float]) -> str:
    if before is None:
        return ADDED
    if after is None:
        return REMOVED
    return CHANGED if any(abs(value) > NOISE for value in change.values()) else SAME


def as_json(found: Comparison, before: Told, after: Told) -> dict[str, Json]:
    """For programs and for the page."""
    return {
        "before": _about(before),
        "after": _about(after),
        "measures": list(found.measures),
        "columns": [{"name": c.name, "label": c.label} for c in after.groups],
        "rows": [vars(row) for row in found.rows],
        "total": vars(found.total),
    }


def _about(told: Told) -> dict[str, Json]:
    return {
        "run": str(told.run.pk),
        "title": told.title,
        "inputs": [{"layer": s.slug, "title": s.title, "version": s.version} for s in told.stands],
    }
