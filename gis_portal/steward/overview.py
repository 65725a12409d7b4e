"""`/steward/`: what is going on, what is waited for, and what every layer shows today."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_portal.steward.access import may_look, may_upload, only
from gis_portal.steward.state import State, is_over, state_of
from importers import jobs, sandbox
from importers.models import ImportRun
from layers.models import Layer, LayerVersion

PAGE = 20
# What the list shows first; the rest is a link away.
NEWEST = 10


@dataclass(frozen=True)
class RunRow:
    """One import in the list."""

    run: ImportRun
    state: State
    is_over: bool


def row_of(run: ImportRun) -> RunRow:
    """The run with its state in words."""
    return RunRow(run, state_of(run), is_over(run))


@require_safe
@only(may_look)
def overview(request: HttpRequest) -> HttpResponse:
    """Imports, newest first, and the layers with what is live and what waits."""
    runs = ImportRun.objects.select_related("layer", "version", "started_by")
    every = "all" in request.GET
    each = PAGE if every else NEWEST
    page = Paginator(runs.defer("report", "diff"), each).get_page(
        request.GET.get("page") if every else 1
    )
    layers = Layer.objects.select_related("sector", "live_version").order_by(
        "sector__position", "position", "slug"
    )
    waiting = LayerVersion.objects.filter(state=LayerVersion.STAGED).select_related(
        "layer", "import_run"
    )
    context = {
        "page": page,
        "every": every,
        "rows": [row_of(run) for run in page],
        "layers": layers,
        "waiting": [v for v in waiting.order_by("-created_at") if hasattr(v, "import_run")],
        "may_upload": may_upload(request.user),
        **readiness(),
    }
    return render(request, "steward/overview.html", context)


def readiness() -> dict[str, bool]:
    """Whether files may be sent, and whether anybody would work on them."""
    return {"uploads_on": sandbox.available(), "worker_alive": jobs.worker_alive()}
