"""The comparison of two runs in words and numbers, for its page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.results.comparison import (
    ADDED,
    CHANGED,
    REMOVED,
    SAME,
    Comparison,
    Difference,
)
from gis_portal.planner.results.told import SLIVER, Told
from gis_portal.planner.results.words import measure_label, unit_of
from gis_portal.templatetags.portal import number


@dataclass(frozen=True)
class ShownRow:
    """One row: state, labels, and of each measure before, after and the change with its sign."""

    state: str
    words: str
    labels: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ShownDifference:
    """The table of the page: what changed; `same` says how many rows did not."""

    heads: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: tuple[str, ...]
    same: int


def shown_difference(found: Comparison, after: Told) -> ShownDifference:
    """Of the rows that are not the same."""
    names = [column.name for column in after.groups]
    heads = []
    for measure in found.measures:
        unit = f", {unit_of(measure)}" if unit_of(measure) else ""
        label = measure_label(measure)
        heads += [
            f"{label}{unit}: {words}" for words in (_("lần trước"), _("lần sau"), _("chênh lệch"))
        ]
    return ShownDifference(
        heads=tuple(column.label for column in after.groups),
        measures=tuple(heads),
        rows=tuple(_row(row, names, found.measures) for row in found.changed),
        total=_cells(found.total, found.measures),
        same=len(found.rows) - len(found.changed),
    )


def _row(row: Difference, names: list[str], measures: tuple[str, ...]) -> ShownRow:
    words = {
        ADDED: _("Dòng mới"),
        REMOVED: _("Không còn dòng này"),
        CHANGED: _("Có thay đổi"),
        SAME: _("Không đổi"),
    }[row.state]
    if row.kind == SLIVER:
        words = f"{words} ({_('mảnh vụn')})"
    labels = tuple(row.labels[name] for name in names)
    return ShownRow(row.state, words, labels, _cells(row, measures))


def _cells(row: Difference, measures: tuple[str, ...]) -> tuple[str, ...]:
    cells = []
    for measure in measures:
        digits = 0 if measure == "count" else 1
        change = row.change[measure]
        sign = "+" if round(change, digits) > 0 else ""
        cells += [
            number(row.before[measure], digits),
            number(row.after[measure], digits),
            sign + number(change, digits),
        ]
    return tuple(cells)
