"""`/planner/runs/{a}/difference/{b}/`: two runs, which rows came, went and changed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.planner.permissions import is_planner
from gis_portal.planner.results.asked import FOR_NOBODY, result_of, told_of
from gis_portal.planner.results.comparison import Difference, compare
from gis_portal.planner.results.words import measure_label
from gis_portal.planner.workbench.shown_numbers import shown

ROWS_SHOWN = 400


@require_safe
def difference(request: HttpRequest, number: UUID, other: UUID) -> HttpResponse:
    """From the first to the second. Raises UnknownRun, RunNotReady, NotComparable."""
    before, after = (told_of(result_of(request, each), whole=True) for each in (number, other))
    found = compare(before, after)
    changed = found.changed
    context = {
        "layout": "planner/base.html" if is_planner(request.user) else "base.html",
        "is_planner": is_planner(request.user),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "sides": (before, after),
        "title": after.title,
        "heads": after.groups,
        "measures": [measure_label(measure) for measure in found.measures],
        "rows": [_row(row, after.groups, found.measures) for row in changed[:ROWS_SHOWN]],
        "beyond": max(0, len(changed) - ROWS_SHOWN),
        "same": len(found.rows) - len(changed),
        "total": _row(found.total, (), found.measures),
    }
    response = render(request, "planner/difference.html", context)
    response.headers["Cache-Control"] = FOR_NOBODY
    return response


def _row(row: Difference, heads: Any, measures: tuple[str, ...]) -> dict[str, Any]:
    states = {"added": _("Thêm mới"), "removed": _("Không còn"), "changed": _("Thay đổi")}
    return {
        "cells": [row.labels.get(column.name) or "—" for column in heads],
        "sliver": row.kind == "sliver",
        "state": row.state,
        "words": states.get(row.state, ""),
        "numbers": [
            (
                shown(measure, row.before[measure]),
                shown(measure, row.after[measure]),
                _signed(measure, row.change[measure]),
            )
            for measure in measures
        ],
    }


def _signed(measure: str, change: float) -> str:
    written = shown(measure, abs(change))
    return f"+{written}" if change > 0 else f"−{written}" if change < 0 else written
