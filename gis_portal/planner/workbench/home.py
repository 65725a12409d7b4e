"""`/planner/`: one's questions, those shared with planners, and the ready ones to start from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_portal.planner.compositions.models import Composition
from gis_portal.planner.models import Analysis, Run
from gis_portal.planner.permissions import analyses_visible_to, areas_visible_to, is_planner
from gis_portal.planner.templates_ready.catalogue import ready_questions
from gis_portal.planner.workbench.ready_cards import ready_cards
from gis_portal.steward.access import only
from layers.values import fold

SHOWN = 30
# So many are looked through without a search.
FEW = 8


@require_safe
@only(is_planner)
def home(request: HttpRequest) -> HttpResponse:
    """Three queries for the lists, whatever their length."""
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    seen = list(analyses_visible_to(request.user).prefetch_related("runs")[:200])
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    every = [analysis for analysis in seen if analysis.owner_id == request.user.pk]
    mine = [analysis for analysis in every if fold(wanted) in fold(_titles(analysis))]
    shown = mine if "all" in request.GET else mine[:SHOWN]
    shared = [analysis for analysis in seen if analysis.owner_id != request.user.pk]
    return render(
        request,
        "planner/home.html",
        {
            "ready": ready_cards(ready_questions(), language),
            "mine": [(analysis, _last_run(list(analysis.runs.all()))) for analysis in shown],
            "many": len(every) > FEW,
            "beyond": len(mine) - len(shown),
            "wanted": wanted,
            "shared": shared[:SHOWN],
            "areas": areas_visible_to(request.user).count(),
            "maps": Composition.objects.visible_to(request.user)[:SHOWN],
        },
    )


def _titles(analysis: Analysis) -> str:
    title = analysis.document.get("title", {}) if isinstance(analysis.document, dict) else {}
    return " ".join(str(words) for words in title.values())


def _last_run(runs: list[Run]) -> Run | None:
    kept = [run for run in runs if not run.preview]
    return max(kept, key=lambda run: run.created_at, default=None)
