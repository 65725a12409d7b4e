"""`/planner/runs/{id}/parts/`: the pieces behind a row, by name; and the same for the map.

`row=3` is the fourth row of the result, `sliver=0` the first row of slivers, neither: everything.
Whoever may see the result may see its parts, as its files hold them.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.planner.permissions import is_planner
from gis_portal.planner.results.asked import TOKEN, kept, pieces_of, told_of
from gis_portal.planner.results.table import class_text
from gis_portal.planner.results.told import Told
from gis_portal.planner.workbench.piece_words import ShownPiece, shown_pieces
from gis_portal.planner.workbench.row_pieces import (
    ALL,
    ROW,
    SLIVER,
    RowPiece,
    Wanted,
    outlines,
    page_of,
    piece_of,
    row_of,
)
from gis_portal.templatetags.planner import titled
from layers.errors import UnknownItem

Json = Any
PAGE = 50
# Beyond that many pages nobody reads on: files hold all of them.
MOST_PAGES = 200


@require_safe
def parts_page(request: HttpRequest, number: UUID) -> HttpResponse:
    """Raises UnknownRun, RunNotReady, ResultGone, UnknownItem."""
    run = pieces_of(request, number)
    about = told_of(run)
    wanted = _wanted(request, about)
    page = _page(request)
    found = page_of(about, wanted, first=(page - 1) * PAGE, size=PAGE + 1)
    fixed = [column.name for column in about.groups] if wanted.line else []
    token = {TOKEN: request.GET[TOKEN]} if request.GET.get(TOKEN) else {}
    here = {**token, **({wanted.kind: str(wanted.place)} if wanted.line else {})}
    back = f"{reverse('planner-run', args=[run.pk])}?{urlencode(here)}"
    context = {
        "layout": "planner/base.html" if is_planner(request.user) else "base.html",
        "is_planner": is_planner(request.user),
        "run": run,
        "analysis": run.analysis,
        "title": titled(run.analysis),
        "told": about,
        "said": _labels(about, wanted),
        "is_sliver": wanted.kind == SLIVER,
        "count": wanted.count if wanted.line else about.total.values.get("count"),
        "pieces": shown_pieces(about, found[:PAGE], fixed),
        "is_ranked": any("rank" in piece.value for piece in found),
        "first": (page - 1) * PAGE,
        "back": f"{back}#table-title",
        "map_query": urlencode(token),
        "before": urlencode({**here, "page": page - 1}) if page > 1 else "",
        "after": urlencode({**here, "page": page + 1}) if len(found) > PAGE else "",
        "page": page,
    }
    return kept(render(request, "planner/parts.html", context), run)


@require_safe
def parts_for_map(request: HttpRequest, number: UUID) -> HttpResponse:
    """Outlines of a row's pieces and where they lie; of one piece (`part=`) also what it is and in
    which row. Raises as `parts_page`.
    """
    run = pieces_of(request, number)
    about = told_of(run)
    if "part" not in request.GET:
        wanted = _wanted(request, about)
        words = ", ".join(label for _head, label in _labels(about, wanted))
        return kept(JsonResponse({"words": words, **outlines(about, wanted)}), run)
    piece = piece_of(about, _number(request.GET["part"]))
    if piece is None:
        raise UnknownItem
    body = _one(about, piece) | outlines(about, Wanted(), piece.seq)
    return kept(JsonResponse(body), run)


def _one(about: Told, piece: RowPiece) -> dict[str, Json]:
    [shown] = shown_pieces(about, [piece], []).lines
    row = row_of(about, piece)
    return {
        "title": shown.name.title,
        "href": shown.name.href,
        "words": _words(shown),
        "row": None if row is None else row.place,
        "kind": None if row is None else row.kind,
        "class": [class_text(value) for value in piece.classes.values()],
    }


def _words(shown: ShownPiece) -> str:
    cells = [cell.text for cell in shown.cells if not cell.is_number]
    return " · ".join(dict.fromkeys(filter(None, (shown.unit, *cells, shown.size))))


def _labels(about: Told, wanted: Wanted) -> list[tuple[str, str]]:
    """What all pieces of the row have in common."""
    if wanted.line is None:
        return []
    return [(column.label, wanted.line.labels.get(column.name, "—")) for column in about.groups]


def _wanted(request: HttpRequest, about: Told) -> Wanted:
    for kind, lines in ((ROW, about.lines), (SLIVER, about.slivers)):
        if kind in request.GET:
            place = _number(request.GET[kind])
            if place >= len(lines):
                raise UnknownItem(_("Kết quả không có dòng này."))
            return Wanted(kind, place, lines[place])
    return Wanted(ALL)


def _number(raw: str) -> int:
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 10):
        raise UnknownItem(_("Kết quả không có dòng này."))
    return int(raw)


def _page(request: HttpRequest) -> int:
    raw = request.GET.get("page", "1")
    return min(max(1, _number(raw)), MOST_PAGES)
