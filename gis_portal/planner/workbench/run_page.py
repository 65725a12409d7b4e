"""`/planner/runs/{id}/`: how far a run is; then its result, for planners and for citizens.

A page with map, table, chart and notes; without JavaScript everything but the map.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
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
from gis_portal.planner.results.files.listing import takeaway
from gis_portal.planner.results.reckoning import sums_words, units_without
from gis_portal.planner.results.table import chart, legend
from gis_portal.planner.results.told import told
from gis_portal.planner.templates_ready.catalogue import ready_for
from gis_portal.planner.workbench.failure_words import failure_words
from gis_portal.planner.workbench.key_figures import key_figures
from gis_portal.planner.workbench.other_runs import newer_data, other_runs
from gis_portal.planner.workbench.page_config import map_config, readable_layers
from gis_portal.planner.workbench.piece_words import best_pieces
from gis_portal.planner.workbench.result_table import bars_in_words, left_out, shown_table
from gis_portal.steward.access import only
from gis_portal.templatetags.planner import titled
from layers.models import LayerVersion
from layers.values import group_digits

Json = Any


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
    token = request.GET.get(TOKEN) or None
    others = runs_visible_to(request.user, token).filter(
        analysis=run.analysis, state=Run.DONE, preview=False
    )
    kept = {TOKEN: token} if token else {}
    return {
        "told": about,
        "title": about.title,
        "table": shown_table(about, request.GET, kept),
        "lines_shown": bool(about.lines),
        "is_empty": not about.lines and not about.slivers,
        "looked_at": _looked_at(run, _language(request)),
        "token_query": f"{urlencode(kept)}&" if kept else "",
        "reading": _reading(run, _language(request)),
        "figures": key_figures(about, drawn),
        "bars": [
            bar | {"words": words}
            for bar, words in zip(drawn["bars"], bars_in_words(about, drawn), strict=True)
        ],
        "left_out": left_out(about, drawn),
        "chart": drawn,
        "legend": legend(about),
        "unclassed": bool(drawn.get("by")) and any(b["value"] is None for b in drawn["bars"]),
        "slivers": about.summary.get("slivers", {}),
        "best": best_pieces(about),
        "best_query": urlencode(kept),
        "reckoned": [words for words in (sums_words(about), units_without(about)) if words],
        "files": takeaway(run, query),
        "tiles": reverse("planner-run-tiles", args=[run.pk]) + query,
        "parts": reverse("planner-run-parts", args=[run.pk]),
        "outlines": reverse("planner-run-parts-map", args=[run.pk]) + query,
        "is_kept": store.exists(run.pk),
        "others": other_runs(run, others.exclude(pk=run.pk)[:20], _language(request)),
        "newer": newer_data(run, _language(request)),
        "extent": ",".join(str(edge) for edge in about.summary.get("extent") or ()),
    }


def _looked_at(run: Run, language: str) -> str:
    """“Thửa đất công: 7.571 đối tượng; …”: what an empty answer was looked for in."""
    found = LayerVersion.objects.select_related("layer").filter(pk__in=run.versions.values())
    return "; ".join(
        _("%(layer)s: %(n)s đối tượng")
        % {
            "layer": version.layer.title(language),
            "n": group_digits(version.feature_count, 0, language),
        }
        for version in found.order_by("pk")
    )


def _reading(run: Run, language: str) -> str:
    """How the answer to a ready question is read; "" for any other."""
    found = ready_for(run.document)
    return found[0].reading(language) if found else ""


@require_POST
@only(is_planner)
def remove_run(request: HttpRequest, number: UUID) -> HttpResponse:
    """The answer goes, the question stays. Raises UnknownRun."""
    run = own_run(number, request.user)
    queue.forget(run)
    messages.success(request, _("Đã xóa lần tính."))
    return redirect("planner-analysis", run.analysis_id)


@require_POST
@only(is_planner)
def cancel(request: HttpRequest, number: UUID) -> HttpResponse:
    """Raises UnknownRun."""
    queue.cancel(own_run(number, request.user))
    return redirect("planner-run", number)
