"""`/officer/desk/statistics/`: reports by unit, kind and state, time to answer, land concerned.

Counted by the database from the rows of today; every number leads to the list that it counts.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import Aggregate, Count, DurationField, F, FloatField, Func, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_portal.officer.desk.handling import Reports, may_desk, reports_of
from gis_portal.officer.desk.life_cycle import GROUPS, OPEN_STATES, STATES
from gis_portal.officer.desk.listing import language_of
from gis_portal.officer.desk.words import GROUP_WORDS
from gis_portal.officer.field.models import REPORT_KINDS
from gis_portal.steward.access import only
from layers.crs import by_code

# Kinds whose sketch is land that somebody took.
TAKING = ("encroachment", "construction")


class Median(Aggregate):
    """The middle one; rows without a value do not count."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    name = "Median"
    output_field = DurationField()


@never_cache
@require_safe
@only(may_desk)
def page(request: HttpRequest) -> HttpResponse:
    """All units in the reader's care, and all of them together."""
    visible = reports_of(request.user).order_by()
    language = language_of(request)
    context = {
        "kinds": REPORT_KINDS,
        "groups": {group: GROUP_WORDS[group] for group in GROUPS},
        "rows": [*_rows(visible)],
        "total": _figures(visible),
        "states": _states(visible, language),
    }
    return render(request, "desk/statistics.html", context)


def _aggregates() -> dict[str, Any]:
    waiting = Q(state__in=OPEN_STATES, case__answered_at=None) | Q(case=None)
    # In m² on the province's grid, never in degrees.
    grid = by_code(settings.PORTAL_GRID).srid
    drawn = Func(Transform("sketch", grid), function="ST_Area", output_field=FloatField())
    kinds = {f"kind_{kind}": Count("pk", filter=Q(kind=kind)) for kind in REPORT_KINDS}
    groups = {
        f"group_{group}": Count("pk", filter=Q(state__in=_states_in(group))) for group in GROUPS
    }
    return {
        "count": Count("pk"),
        "unanswered": Count("pk", filter=waiting),
        "wait": Median(F("case__answered_at") - F("received_at")),
        "area": Sum(drawn, filter=Q(kind__in=TAKING)),
        "parcels": Count("uid", distinct=True),
        **kinds,
        **groups,
    }


def _states_in(group: str) -> tuple[str, ...]:
    """As the list counts them: what is open is everything that is not closed."""
    if group == "open":
        return OPEN_STATES
    return tuple(value for value, state in STATES.items() if state.group == group)


def _rows(visible: Reports) -> list[dict[str, Any]]:
    grouped = visible.values("unit_id", "unit__name").annotate(**_aggregates())
    return [_told(dict(row)) for row in grouped.order_by("unit__name")]


def _figures(visible: Reports) -> dict[str, Any]:
    return _told(visible.aggregate(**_aggregates()))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    wait: dt.timedelta | None = row["wait"]
    return {
        **row,
        "unit": row.get("unit_id") or "none",
        "hours": wait.total_seconds() / 3600 if wait is not None else None,
        "kinds": [(kind, row[f"kind_{kind}"]) for kind in REPORT_KINDS],
        "groups": [(group, row[f"group_{group}"]) for group in GROUPS],
    }


def _states(visible: Reports, language: str) -> list[dict[str, Any]]:
    """Each state with its number and its share of the largest, for the bar of its line."""
    counted = dict(visible.values("state").annotate(n=Count("pk")).values_list("state", "n"))
    largest = max(counted.values(), default=0)
    return [
        {
            "value": value,
            "label": state.label(language),
            "colour": state.colour,
            "n": counted.get(value, 0),
            "share": 100 * counted.get(value, 0) / largest if largest else 0,
        }
        for value, state in STATES.items()
    ]
