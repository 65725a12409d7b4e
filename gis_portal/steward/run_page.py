"""`/steward/imports/<number>/`: progress while it runs, then the report and what can be done."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_portal.errors import PageNotFound
from gis_portal.maps.client import client_config
from gis_portal.steward import changes
from gis_portal.steward.access import may_look, may_upload, only
from gis_portal.steward.candidate_maps import HEIGHT, WIDTH, candidate_cards
from gis_portal.steward.choices import choices_of
from gis_portal.steward.forms import LEVEL_ROLES, crs_choices
from gis_portal.steward.pictures import scene_of
from gis_portal.steward.remedies import remedies_of
from gis_portal.steward.report_parts import (
    file_facts,
    is_parcels,
    issue_groups,
    refusal_of,
    serious_count,
)
from gis_portal.steward.state import is_over, seconds_quiet, state_of, steps_of
from importers import jobs
from importers.comparison import comparison_of, removals_of
from importers.models import ImportRun
from importers.report import key_in_words
from layers.api.resource import language
from layers.catalogue import visible_layers
from layers.errors import PortalError
from layers.models import Layer, LayerVersion


def run_of(number: int) -> ImportRun:
    """The import with all that its page shows. Raises PageNotFound."""
    related = ("layer", "version__layer", "version__base_version", "started_by")
    people = ("version__approved_by", "version__published_by")
    run = ImportRun.objects.select_related(*related, *people).filter(pk=number).first()
    if run is None:
        raise PageNotFound
    return run


@require_safe
@only(may_look)
def import_page(request: HttpRequest, number: int) -> HttpResponse:
    """The page of one import."""
    return render_run(request, run_of(number))


def render_run(
    request: HttpRequest, run: ImportRun, error: PortalError | None = None
) -> HttpResponse:
    """The page; `error`: why what was just asked for was not done."""
    context = {"run": run, "state": state_of(run), "error": error, **_rights(request, run)}
    context |= _report(run) if is_over(run) else _progress(run)
    status = error.status if error is not None else 200
    return render(request, "steward/import.html", context, status=status)


@require_safe
@only(may_look)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that is asked for each second; once it is over the page loads anew."""
    run = run_of(number)
    context = {"run": run, "state": state_of(run), "seen": request.GET.get("seen", "")}
    response = render(request, "steward/progress.html", {**context, **_progress(run)})
    if is_over(run):
        response.headers["HX-Refresh"] = "true"
    return response


def _rights(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    return {"may_upload": may_upload(request.user), "choices": choices_of(run, request.user)}


def _progress(run: ImportRun) -> dict[str, Any]:
    return {
        "over": is_over(run),
        "steps": steps_of(run),
        "quiet": seconds_quiet(run),
        "waiting_for": jobs.waiting_for(run),
        "worker_alive": jobs.worker_alive(),
        "step_key": f"{run.state}-{run.step}",
    }


def _report(run: ImportRun) -> dict[str, Any]:
    groups = issue_groups(run, language())
    return {
        "over": True,
        "steps": steps_of(run),
        "refusal": refusal_of(run),
        "facts": file_facts(run),
        "scene": scene_of(run),
        "groups": groups,
        "errors": sum(group.count for group in groups if group.is_error),
        "warnings": sum(group.count for group in groups if not group.is_error),
        "serious": serious_count(run),
        "is_parcels": is_parcels(run.layer),
        "has_places": run.issues.filter(x__isnull=False).exists(),
        "cards": candidate_cards(run),
        "remedies": remedies_of(run),
        "level_roles": LEVEL_ROLES.items(),
        "card_size": (WIDTH, HEIGHT),
        "crs_choices": crs_choices()[1:],
        "crs_before": str((run.options or {}).get("crs") or "").partition(";")[0],
        "measured": run.report.get("measured") or {},
        "config": client_config(_ground(), language()),
        **_comparison(run),
    }


def _ground() -> list[Layer]:
    """The communes, below the points and outlines of this page's maps."""
    return [layer for layer in visible_layers(None) if layer.parsed.feeds == "units"]


def _comparison(run: ImportRun) -> dict[str, Any]:
    """Counts against the live version; lists and map only where a version was kept."""
    diff, version = comparison_of(run), run.version
    found: dict[str, Any] = {"diff": diff, "removals": removals_of(run)}
    found["removed_keys"] = [
        key_in_words(key) for key in diff.get("examples", {}).get("removed", [])[:5]
    ]
    found["most_removed"] = settings.PORTAL_MAX_REMOVED
    if version is None:
        return found
    kinds = changes.kinds_of(version)
    readable = version.state != LayerVersion.DISCARDED
    return {
        **found,
        "kinds": kinds,
        "lineage": changes.lineage_of(version),
        "has_changes_map": bool(kinds) and readable,
        "is_first": version.base_version_id is None,
    }
