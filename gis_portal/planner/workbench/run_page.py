"""`/planner/runs/{id}/`: how far a run is; then its result, for planners and for citizens.

A page with map, table, chart and notes; without JavaScript everything but the map.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_portal.planner.asking import queue
from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.permissions import (
    is_planner,
    is_public,
    own_run,
    run_visible_to,
    runs_visible_to,
)
from gis_portal.planner.results.asked import FOR_EVERYBODY, FOR_NOBODY, TOKEN
from gis_portal.planner.results.table import chart, is_unknown, legend
from gis_portal.planner.results.told import Line, Told, told
from gis_portal.planner.workbench.failure_words import failure_words
from gis_portal.planner.workbench.page_config import map_config, readable_layers
from gis_portal.planner.workbench.shown_numbers import shown
from gis_portal.steward.access import only
from gis_portal.templatetags.planner import titled

Json = Any
# Rows on the page at once; the files hold all of them.
ROWS_SHOWN = 400


@require_safe
def run_page(request: HttpRequest, number: UUID) -> HttpResponse:
    """Raises UnknownRun."""
    token = request.GET.get(TOKEN) or None
    run = run_visible_to(number, request.user, token)
    planner = is_planner(request.user)
    context: dict[str, Json] = {
        "run": run,
        "analysis": run.analysis,
        "token": token,
        "query": f"?{urlencode({TOKEN: token})}" if token else "",
        "is_own": run.analysis.owner_id == request.user.pk,
        "layout": "planner/base.html" if planner else "base.html",
        "is_planner": planner,
        "title": titled(run.analysis),
        "config": map_config(readable_layers(request), _language(request)),
        "run_words": _run_words(),
    }
    if run.state == Run.DONE and run.summary is not None:
        context |= _result(run, context["query"], request)
    elif run.state == Run.FAILED:
        context["failure"] = failure_words(run)
    response = render(request, "planner/run.html", context)
    everybody = is_public(run) and not request.user.is_authenticated
    response.headers["Cache-Control"] = FOR_EVERYBODY if everybody else FOR_NOBODY
    if not everybody:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "vi"))


def _run_words() -> dict[str, str]:
    return {
        "queued": _("Đang chờ đến lượt. Có thể đóng trang này, kết quả vẫn được giữ."),
        "running": _("Đang tính. Có thể đóng trang này, kết quả vẫn được giữ."),
    }


def _result(run: Run, query: str, request: HttpRequest) -> dict[str, Json]:
    about = told(run, _language(request))
    drawn = chart(about)
    others = runs_visible_to(request.user, request.GET.get(TOKEN) or None).filter(
        analysis=run.analysis, state=Run.DONE, preview=False
    )
    return {
        "told": about,
        "title": about.title,
        "table": _table(about),
        "bars": drawn["bars"],
        "chart": drawn,
        "legend": legend(about),
        "unclassed": bool(drawn.get("by")) and any(b["value"] is None for b in drawn["bars"]),
        "slivers": about.summary.get("slivers", {}),
        "sums": about.summary.get("sums", {}),
        "files": _files(run, query),
        "tiles": reverse("planner-run-tiles", args=[run.pk]) + query,
        "is_kept": store.exists(run.pk),
        "others": [other for other in others[:20] if other.pk != run.pk],
        "extent": ",".join(str(edge) for edge in about.summary.get("extent") or ()),
    }


def _files(run: Run, query: str) -> list[tuple[str, str]]:
    """Addresses and names of what the result is taken home as."""
    paper = reverse("planner-run-map-pdf", args=[run.pk]) + (f"{query}&" if query else "?")
    files = {
        "planner-run-xlsx": "XLSX",
        "planner-run-csv": "CSV",
        "planner-run-gpkg": "GeoPackage",
        "planner-run-pdf": _("Báo cáo PDF"),
        "planner-run-qgis": "QGIS",
    }
    found = [(reverse(name, args=[run.pk]) + query, words) for name, words in files.items()]
    maps = [(f"{paper}paper={size}", _("Bản đồ %s (PDF)") % size.upper()) for size in ("a4", "a3")]
    return [*found, *maps]


def _table(about: Told) -> dict[str, Json]:
    """Lines as the page writes them; rows of the unknown are marked, slivers stand apart."""
    groups, measures = about.groups, about.measures
    longest = max((_main(line, measures) for line in about.lines), default=0) or 1

    def line(each: Line) -> dict[str, Json]:
        return {
            "cells": [each.labels.get(column.name, "—") for column in groups],
            "unknown": any(is_unknown(each, column.name) for column in groups),
            "numbers": [shown(column.name, each.values.get(column.name)) for column in measures],
            "share": round(100 * _main(each, measures) / longest, 2),
        }

    return {
        "heads": groups,
        "measures": measures,
        "lines": [line(each) for each in about.lines[:ROWS_SHOWN]],
        "beyond": max(0, len(about.lines) - ROWS_SHOWN),
        "slivers": [line(each) for each in about.slivers[:ROWS_SHOWN]],
        "total": [shown(column.name, about.total.values.get(column.name)) for column in measures],
    }


def _main(line: Line, measures: Json) -> float:
    """What a line's bar is as long as."""
    names = [column.name for column in measures]
    name = next((n for n in ("area_m2", "length_m", "count") if n in names), "count")
    return float(line.values.get(name) or 0)


@require_POST
@only(is_planner)
def cancel(request: HttpRequest, number: UUID) -> HttpResponse:
    """Raises UnknownRun."""
    queue.cancel(own_run(number, request.user))
    return redirect("planner-run", number)
