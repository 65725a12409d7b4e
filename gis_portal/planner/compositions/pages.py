"""`/planner/map/`: the map for planners, new or saved; who has a linked one's address reads it."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_portal.planner.compositions.documents import (
    EMPTY,
    checked,
    for_reader,
    number_of,
    result_entry,
    runs_in,
)
from gis_portal.planner.compositions.errors import BadComposition, UnknownComposition
from gis_portal.planner.compositions.models import Composition
from gis_portal.planner.compositions.paper import SCALES, composition_pdf, wish_of
from gis_portal.planner.compositions.results import left_out, offered, results_for
from gis_portal.planner.compositions.telling import told
from gis_portal.planner.compositions.words import map_words
from gis_portal.planner.document.shape import check_values
from gis_portal.planner.errors import UnknownRun
from gis_portal.planner.permissions import is_planner, runs_readable_by
from gis_portal.planner.workbench.page_config import map_config, planner_config, readable_layers
from gis_portal.steward.access import only
from gis_portal.templatetags.portal import number
from layers.errors import PortalError

Json = Any
MOST_BYTES = 200_000


@require_http_methods(["GET", "HEAD", "POST"])
@only(is_planner)
def new_map(request: HttpRequest) -> HttpResponse:
    """A map with nothing on it yet, or with the result that `run` names; POST (JSON) saves one.

    Raises UnknownRun.
    """
    if request.method == "POST":
        return _saved(request, Composition())
    document = None
    if asked := request.GET.get("run"):
        run = number_of(asked)
        if run is None or not runs_readable_by(request.user, [run]):
            raise UnknownRun
        document = {**EMPTY, "sides": [[result_entry(run)], []]}
    return _page(request, None, document)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_map(request: HttpRequest, number: UUID) -> HttpResponse:
    """Raises UnknownComposition. POST of its owner saves it anew, of another planner a copy."""
    found = Composition.objects.openable_by(request.user).filter(pk=number).first()
    if found is None:
        raise UnknownComposition
    if request.method == "POST":
        if not is_planner(request.user):
            raise UnknownComposition
        own = found.owner_id == request.user.pk
        return _saved(request, found if own else Composition())
    return _page(request, found)


@require_safe
def printed(request: HttpRequest, number: UUID) -> HttpResponse:
    """A saved map on paper: `?paper=&side=&box=&scale=`. Raises UnknownComposition, BadPaper."""
    found = Composition.objects.openable_by(request.user).filter(pk=number).first()
    if found is None:
        raise UnknownComposition
    return _paper(request, found.document, request.GET, found)


@require_POST
@only(is_planner)
def print_unsaved(request: HttpRequest) -> HttpResponse:
    """What is on the screen, from the page's form: `document`, `title`, and as above; `map` names
    the saved one that it was made of.

    Raises BadComposition, BadFilter, BadPaper.
    """
    try:
        raw = json.loads(request.POST.get("document", "")[:MOST_BYTES])
    except (ValueError, RecursionError) as error:
        raise BadComposition from error
    return _paper(request, _checked(request, raw), request.POST, _made_of(request))


def _checked(request: HttpRequest, raw: Json) -> dict[str, Json]:
    """Of what this planner may read. Raises BadComposition, BadFilter."""
    runs = {run.pk for run in runs_readable_by(request.user, runs_in(raw))}
    return checked(raw, readable_layers(request), runs)


def _made_of(request: HttpRequest) -> Composition | None:
    try:
        number_ = UUID(request.POST.get("map", ""))
    except ValueError:
        return None
    return Composition.objects.openable_by(request.user).filter(pk=number_).first()


def _paper(
    request: HttpRequest,
    kept: Json,
    asked: QueryDict,
    composition: Composition | None,
) -> HttpResponse:
    layers, results = readable_layers(request), results_for(request.user, kept)
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    document = for_reader(kept, layers, results.drawn)
    title = asked.get("title", "").strip()[:200] or (composition.title if composition else "")
    address = (
        reverse("planner-map-saved", args=[composition.pk]) if composition else "/planner/map/"
    )
    body = composition_pdf(
        document,
        layers,
        wish_of({name: asked.get(name, "") for name in asked}, document),
        runs=results.drawn,
        notes=[each["words"] for each in left_out(results, language)],
        title=title or _("Bản đồ của tôi"),
        language=language,
        address=request.build_absolute_uri(address),
    )
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="map.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@only(is_planner)
def remove(request: HttpRequest, number: UUID) -> HttpResponse:
    """One's own. Raises UnknownComposition."""
    found = Composition.objects.filter(pk=number, owner=request.user.pk).first()
    if found is None:
        raise UnknownComposition
    found.delete()
    messages.success(request, _("Đã xóa bản đồ “%(title)s”.") % {"title": found.title})
    return redirect("planner")


def _saved(request: HttpRequest, composition: Composition) -> HttpResponse:
    """Raises nothing: a program made the request, and is told what was wrong."""
    try:
        if len(request.body) > MOST_BYTES:
            raise BadComposition
        sent = json.loads(request.body)
        check_values(sent)
        if not isinstance(sent, dict):
            raise BadComposition
        if composition._state.adding:
            composition.owner_id = int(request.user.pk or 0)
        composition.title = str(sent.get("title") or "").strip()[:200] or _("Bản đồ của tôi")
        shared = sent.get("shared", Composition.PRIVATE)
        if str(shared) not in dict(Composition.SHARED):
            raise BadComposition
        composition.shared = shared
        composition.document = _checked(request, sent.get("document"))
    except (ValueError, RecursionError):
        return JsonResponse({"title": str(BadComposition.title)}, status=BadComposition.status)
    except PortalError as refused:
        words = {"title": str(refused.title), "detail": str(refused.detail)}
        return JsonResponse(words, status=refused.status)
    composition.save()
    address = reverse("planner-map-saved", args=[composition.pk])
    return JsonResponse({"id": str(composition.pk), "address": address})


def _page(
    request: HttpRequest, composition: Composition | None, document: Json = None
) -> HttpResponse:
    language = str(getattr(request, "LANGUAGE_CODE", "vi"))
    layers = readable_layers(request)
    config = map_config(layers, language)
    planner = is_planner(request.user)
    is_own = bool(composition and composition.owner_id == request.user.pk)
    saved = [composition.pk] if composition else None
    kept = composition.document if composition else document
    results = results_for(request.user, kept)
    context = {
        "composition": composition,
        "is_own": is_own,
        "left_out": left_out(results, language),
        "is_planner": planner,
        "is_shared": bool(composition and composition.shared != Composition.PRIVATE),
        "address": request.build_absolute_uri(request.path),
        "print_address": reverse(
            "planner-map-print" if planner else "planner-map-pdf", args=None if planner else saved
        ),
        "scales": [(scale, f"1:{number(scale)}") for scale in SCALES],
        "layout": "planner/base.html" if planner else "base.html",
        "shared_choices": Composition.SHARED,
        "config": {**config, "text": {**config["text"], **map_words()}},
        "planner_config": planner_config(request, layers, language),
        "map_config": {
            "document": for_reader(kept, layers, results.drawn),
            "results": offered(request.user, results.drawn.values(), language),
            "saveUrl": reverse("planner-map-saved", args=saved)
            if saved
            else reverse("planner-map"),
            **told(layers, language),
        },
    }
    return render(request, "planner/map.html", context)
