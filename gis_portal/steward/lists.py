"""Lists of an import: its defects and its changes, to page through, to map, to download."""

import io
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from gis_portal.errors import PageNotFound
from gis_portal.steward import changes
from gis_portal.steward.access import may_look, only
from gis_portal.steward.places import issues_geojson
from gis_portal.steward.report_parts import IssueLine, field_label, issue_groups
from gis_portal.steward.run_page import run_of
from importers.issue_file import is_in_degrees, value_of, write_csv, write_workbook
from importers.models import ImportIssue, ImportRun
from layers.api.resource import language

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@only(may_look)
def issues(request: HttpRequest, number: int) -> HttpResponse:
    """All recorded defects, of one kind with `code` and `field`, PAGE at a time."""
    run = run_of(number)
    groups = issue_groups(run, language())
    kind = (request.GET.get("code", ""), request.GET.get("field", ""))
    chosen = next((g for g in groups if (g.code, g.field) == kind), None)
    found = run.issues.order_by("row", "id")
    if chosen is not None:
        found = found.filter(code=chosen.code, field=chosen.field, severity=chosen.severity)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    keys = run.report.get("keys", {})
    context = {
        "run": run,
        "groups": groups,
        "chosen": chosen,
        "page": page,
        "lines": [_line(run, issue, keys) for issue in page],
        "degrees": is_in_degrees(run),
        "chosen_query": urlencode({"code": chosen.code, "field": chosen.field}) + "&"
        if chosen
        else "",
        "kept_less": bool(chosen and chosen.count > page.paginator.count),
    }
    return render(request, "steward/issues.html", context)


def _line(run: ImportRun, issue: ImportIssue, keys: dict[str, str]) -> tuple[IssueLine, str, Any]:
    """(where, field in words, the issue)"""
    line = IssueLine(
        issue.row,
        keys.get(str(issue.row), ""),
        value_of(issue.code, issue.value),
        north=issue.y,
        east=issue.x,
        pk=issue.pk,
    )
    return line, field_label(run, issue.field, language()), issue


@require_safe
@only(may_look)
def issues_on_map(_request: HttpRequest, number: int) -> JsonResponse:
    """The defects that have a place, as GeoJSON."""
    return JsonResponse(issues_geojson(run_of(number)), json_dumps_params={"ensure_ascii": False})


@require_safe
@only(may_look)
def issues_workbook(_request: HttpRequest, number: int) -> HttpResponse:
    """The list to send back to the surveyor."""
    run = run_of(number)
    out = io.BytesIO()
    write_workbook(run, out)
    return _download(run, out.getvalue(), XLSX, "xlsx")


@require_safe
@only(may_look)
def issues_csv(_request: HttpRequest, number: int) -> HttpResponse:
    """The same for programs."""
    run = run_of(number)
    out = io.StringIO()
    write_csv(run, out)
    return _download(run, out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")


def _download(run: ImportRun, body: bytes, media: str, ending: str) -> HttpResponse:
    """Named for the file that it is about, without letters that a mail programme may spoil."""
    about = slugify(run.file_name.rpartition(".")[0] or run.file_name) or run.layer.slug
    response = HttpResponse(body, content_type=media)
    name = f"can-sua-{about[:60]}-{run.pk}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@only(may_look)
def changes_list(request: HttpRequest, number: int) -> HttpResponse:
    """Features of one kind of change (`what`), with the fields that differ."""
    run = run_of(number)
    if run.version is None:
        raise PageNotFound
    kinds = changes.kinds_of(run.version)
    wanted = request.GET.get("what", "")
    chosen = next((kind for kind in kinds if kind.what == wanted), kinds[0] if kinds else None)
    page = Paginator(range(chosen.listed if chosen else 0), changes.PAGE).get_page(
        request.GET.get("page")
    )
    found = (
        changes.changes_page(run.version, chosen.what, page.number, run.layer.parsed, language())
        if chosen
        else []
    )
    context = {"run": run, "kinds": kinds, "chosen": chosen, "page": page, "changes": found}
    context["chosen_query"] = f"what={chosen.what}&" if chosen else ""
    return render(request, "steward/changes.html", context)


@require_safe
@only(may_look)
def changes_on_map(_request: HttpRequest, number: int) -> JsonResponse:
    """Shapes before and after, as GeoJSON."""
    run = run_of(number)
    if run.version is None:
        raise PageNotFound
    found = changes.changes_geojson(run.version)
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})
