"""The comparison of two runs in words and numbers, for its page."""

from collections.abc import Mapping
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
from gis_portal.planner.results.words import measure_label
from gis_portal.planner.workbench.shown_numbers import Scale, scale_of, shown


@dataclass(frozen=True)
class ShownRow:
    """One row: state, labels, and of each measure before, after and the change with its sign."""

    state: str
    words: str
    labels: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownDifference:
    """The table of the page: what changed; `same` says how many rows did not."""

    heads: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: tuple[tuple[str, str], ...]
    same: int


def shown_difference(found: Comparison, after: Told) -> ShownDifference:
    """Of the rows that are not the same."""
    names = [column.name for column in after.groups]
    heads = []
    for measure in found.measures:
        label = measure_label(measure)
        heads += [f"{label}: {words}" for words in (_("lần trước"), _("lần sau"), _("chênh lệch"))]
    like = {m: _scale(found, m) for m in found.measures}
    return ShownDifference(
        heads=tuple(column.label for column in after.groups),
        measures=tuple(heads),
        rows=tuple(_row(row, names, heads, like) for row in found.changed),
        total=_cells(found.total, heads, like),
        same=len(found.rows) - len(found.changed),
    )


def _scale(found: Comparison, measure: str) -> Scale:
    """What the unit and the decimals of a measure go by."""
    return scale_of(
        side[measure] for row in (*found.changed, found.total) for side in (row.before, row.after)
    )


def _row(
    row: Difference, names: list[str], heads: list[str], like: Mapping[str, Scale]
) -> ShownRow:
    words = {
        ADDED: _("Dòng mới"),
        REMOVED: _("Không còn dòng này"),
        CHANGED: _("Có thay đổi"),
        SAME: _("Không đổi"),
    }[row.state]
    if row.kind == SLIVER:
        words = f"{words} ({_('mảnh vụn')})"
    labels = tuple(row.labels[name] for name in names)
    return ShownRow(row.state, words, labels, _cells(row, heads, like))


def _cells(
    row: Difference, heads: list[str], like: Mapping[str, Scale]
) -> tuple[tuple[str, str], ...]:
    """With their headings: before, after and the change, in one unit."""
    cells = []
    for measure, most in like.items():
        sign = "+" if row.change[measure] > 0 else ""
        change = shown(measure, row.change[measure], most)
        cells += [
            shown(measure, row.before[measure], most),
            shown(measure, row.after[measure], most),
            # “< 0,01” has no sign that counts.
            change if change.startswith("<") else sign + change,
        ]
    return tuple(zip(heads, cells, strict=True))
