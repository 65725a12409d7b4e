"""The addresses of one run's result: tiles, table, files."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_portal.planner.permissions import is_planner
from gis_portal.planner.printing.errors import NothingToPrint
from gis_portal.planner.printing.report import report_pdf
from gis_portal.planner.printing.sheet import map_pdf
from gis_portal.planner.results import table, tiles
from gis_portal.planner.results.asked import (
    FOR_NOBODY,
    TOKEN,
    as_file,
    kept,
    page_address,
    pieces_of,
    result_of,
    told_of,
)
from gis_portal.planner.results.comparison import as_json, compare
from gis_portal.planner.results.difference_words import shown_difference
from gis_portal.planner.results.tilejson import tilejson
from tiles.coding import choose, pack
from tiles.front import MVT
from tiles.grid import Tile


@require_safe
def tile(request: HttpRequest, run: UUID, z: str, x: str, y: str) -> HttpResponse:
    """One square of the result's map: 200, 204 where nothing lies."""
    place = Tile.parse(z, x, y)
    found = pieces_of(request, run)
    body = tiles.make_tile(found, place)
    if not body:
        return kept(HttpResponse(status=204), found)
    coding = choose(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(pack(body, coding), content_type=MVT)
    response.headers["Content-Encoding"] = coding or "identity"
    return kept(response, found)


@require_safe
def tiles_described(request: HttpRequest, run: UUID) -> HttpResponse:
    """TileJSON of the result."""
    found = pieces_of(request, run)
    return kept(JsonResponse(tilejson(found, request)), found)


@require_safe
def table_as_json(request: HttpRequest, run: UUID) -> HttpResponse:
    """The grouped table, its chart and its legend."""
    found = result_of(request, run)
    body = table.table_json(told_of(found))
    return kept(JsonResponse(body, json_dumps_params={"ensure_ascii": False}), found)


@require_safe
def table_as_csv(request: HttpRequest, run: UUID) -> HttpResponse:
    """The grouped table as CSV: all rows."""
    found = result_of(request, run)
    body = table.csv_bytes(told_of(found, whole=True))
    return as_file(body, "text/csv; charset=utf-8", found, "csv")


@require_safe
def difference_page(request: HttpRequest, run: UUID, other: UUID) -> HttpResponse:
    """The same as a page."""
    before, after = (told_of(result_of(request, each), whole=True) for each in (run, other))
    token = request.GET.get(TOKEN)
    context = {
        "layout": "planner/base.html" if is_planner(request.user) else "base.html",
        "found": shown_difference(compare(before, after), after),
        "before": before,
        "after": after,
        "query": f"?{urlencode({TOKEN: token})}" if token else "",
    }
    response = render(request, "planner/difference.html", context)
    response.headers["Cache-Control"] = FOR_NOBODY
    return response


@require_safe
def difference_as_json(request: HttpRequest, run: UUID, other: UUID) -> HttpResponse:
    """What changed from `run` to `other`."""
    before, after = (told_of(result_of(request, each), whole=True) for each in (run, other))
    body = as_json(compare(before, after), before, after)
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = FOR_NOBODY
    return response


@require_safe
def map_as_pdf(request: HttpRequest, run: UUID) -> HttpResponse:
    """The map of the result on paper, `paper` a4 or a3. Raises BadPaper, NothingToPrint."""
    found = pieces_of(request, run)
    about = told_of(found)
    if not about.summary.get("extent"):
        raise NothingToPrint
    address = page_address(request, found)
    body = map_pdf(about, request.GET.get("paper", "a4").lower(), address)
    return as_file(body, "application/pdf", found, "map.pdf")


@require_safe
def report_as_pdf(request: HttpRequest, run: UUID) -> HttpResponse:
    """The report. Raises PaperBusy."""
    found = pieces_of(request, run)
    address = page_address(request, found)
    return as_file(report_pdf(told_of(found), address), "application/pdf", found, "pdf")
