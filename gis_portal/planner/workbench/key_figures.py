"""The answer in one line above everything else: how much, of how many, and the largest class."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.results.table import Json, main_measure
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import measure_label
from gis_portal.planner.workbench.result_table import scales_of
from gis_portal.planner.workbench.shown_numbers import Scale, shown


@dataclass(frozen=True)
class KeyFigure:
    """A number with its unit, what it is, and a word beside it where one is needed."""

    label: str
    value: str
    beside: str = ""


def key_figures(about: Told, drawn: Json) -> tuple[KeyFigure, ...]:
    """`drawn`: the chart of the same result. The whole, how many parts, then the classes: both
    where there are two (covered and not), else the largest one.
    """
    totals = about.total.values
    if not totals.get("count"):
        return ()
    measure = main_measure(about)
    like = scales_of(about)[measure]
    found = [] if measure == "count" else [_whole(about, measure, like)]
    found.append(KeyFigure(_("Số phần"), shown("count", totals["count"])))
    bars = drawn["bars"]
    whole = totals.get(measure) or 0
    told = bars if len(bars) == 2 else bars[:1] if len(bars) > 2 else []
    for bar in told:
        share = shown("share", bar["amount"] / whole) if whole else ""
        label = str(bar["label"]) if len(bars) == 2 else _("Nhiều nhất: %s") % bar["label"]
        found.append(KeyFigure(label, shown(measure, bar["amount"], like), share))
    return tuple(found)


def _whole(about: Told, measure: str, like: Scale) -> KeyFigure:
    return KeyFigure(
        _("Tổng %s") % measure_label(measure).lower(),
        shown(measure, about.total.values.get(measure), like),
    )
