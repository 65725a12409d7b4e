"""`/planner/new/`, `/planner/analyses/{id}/`: a question in words, its form and its runs."""

import copy
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.planner.asking import keeping, queue
from gis_portal.planner.asking.versions import LIVE
from gis_portal.planner.document.reading import read
from gis_portal.planner.document.shape import written
from gis_portal.planner.models import Analysis
from gis_portal.planner.permissions import (
    analysis_visible_to,
    areas_visible_to,
    is_planner,
    own_analysis,
    runs_visible_to,
)
from gis_portal.planner.results.asked import TOKEN
from gis_portal.planner.templates_ready.catalogue import (
    ReadyQuestion,
    ready_for,
    ready_question,
)
from gis_portal.planner.workbench.area_question import about_area, asked_area
from gis_portal.planner.workbench.filter_words import plain_tree
from gis_portal.planner.workbench.page_config import map_config, planner_config, readable_layers
from gis_portal.planner.workbench.ready_cards import ready_card, values_given
from gis_portal.planner.workbench.refusal_words import refusal_words
from gis_portal.planner.workbench.sentence import Sentence, sentence
from gis_portal.steward.access import only
from layers.errors import PortalError

Json = Any
RUNS_SHOWN = 20
TITLE = 200


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "vi"))


@require_http_methods(["GET", "HEAD", "POST"])
@only(is_planner)
def new(request: HttpRequest) -> HttpResponse:
    """A question from a ready one (`?ready=`), of a private area (`?area=`), from nothing. POST
    keeps it, and asks it.
    """
    slug = request.POST.get("ready", request.GET.get("ready", ""))
    ready = ready_question(slug) if slug else None
    error, document = None, None
    if request.method == "POST":
        try:
            document = _posted(request, ready)
            analysis = keeping.keep(document, request.user)
            if "run" in request.POST:
                run = queue.ask(analysis, request.user)
                return redirect("planner-run", run.pk)
            return redirect("planner-analysis", analysis.pk)
        except PortalError as refused:
            error = refused
    if document is None:
        document = ready.document() if ready else _blank(request)
    context = _form(request, document)
    context |= {
        "ready": ready_card(ready, _language(request), values_given(request.POST), error)
        if ready
        else None,
        "error": refusal_words(error, context["said"].names) if error else None,
    }
    status = error.status if error else 200
    return render(request, "planner/question.html", context, status=status)


def _posted(request: HttpRequest, ready: ReadyQuestion | None) -> Json:
    """The boxes of a ready question, or the document that the form wrote. Raises PortalError."""
    if ready is not None and not request.POST.get("document"):
        return ready.document(values_given(request.POST))
    return written(request.POST.get("document", ""))


def _blank(request: HttpRequest) -> Json:
    layers = readable_layers(request)
    registers = [layer for layer in layers if layer.parsed.land.register]
    slug = next((layer.slug for layer in [*registers, *layers]), "")
    if area := asked_area(request.user, request.GET.get("area", "")):
        return about_area(area, slug)
    return {
        "analysis": "1.0",
        "title": {"vi": _("Câu hỏi mới")},
        "inputs": {"layer1": {"layer": slug}},
        "steps": [],
        "result": {"of": "layer1", "group_by": [], "measures": ["count", "area_m2", "share"]},
        "slivers": {"area_m2": 1, "width_m": 0.2},
        "grid": "auto",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def analysis_page(request: HttpRequest, number: UUID) -> HttpResponse:
    """Its owner edits it; whoever may see it reads it and its results. Raises UnknownAnalysis."""
    token = request.GET.get(TOKEN) or None
    analysis = analysis_visible_to(number, request.user, token)
    is_own = analysis.owner_id == request.user.pk
    error, document = None, analysis.document
    if request.method == "POST":
        analysis = own_analysis(number, request.user)
        try:
            document = _changed(request, analysis)
            keeping.change(analysis, document, request.user)
            if "run" in request.POST:
                return redirect("planner-run", queue.ask(analysis, request.user).pk)
            messages.success(request, _("Đã lưu câu hỏi."))
            return redirect("planner-analysis", analysis.pk)
        except PortalError as refused:
            error = refused
    context = _kept(request, analysis, document, error) | {"is_own": is_own, "token": token}
    return render(request, "planner/question.html", context, status=error.status if error else 200)


@require_POST
@only(is_planner)
def share(request: HttpRequest, number: UUID) -> HttpResponse:
    """Who may see it. The link is told once, on the page that answers. Raises UnknownAnalysis."""
    analysis = own_analysis(number, request.user)
    token = keeping.share(analysis, request.POST.get("shared", ""))
    runs = runs_visible_to(request.user).filter(analysis=analysis, preview=False)
    link = ""
    if token:
        done = runs.filter(state="done").first()
        address = (
            reverse("planner-run", args=[done.pk])
            if done
            else reverse("planner-analysis", args=[analysis.pk])
        )
        link = request.build_absolute_uri(f"{address}?{TOKEN}={token}")
    else:
        messages.success(request, _("Đã đổi người được xem."))
        return redirect(f"{reverse('planner-analysis', args=[analysis.pk])}#sharing")
    context = _kept(request, analysis, analysis.document) | {"link": link}
    return render(request, "planner/question.html", context)


def _changed(request: HttpRequest, analysis: Analysis) -> Json:
    """What the form sent: the boxes of the ready question that it was made of, else a document.
    Raises PortalError.
    """
    slug = request.POST.get("ready", "")
    if not slug or request.POST.get("document"):
        return written(request.POST.get("document", ""))
    made = ready_question(slug).document(values_given(request.POST))
    return made | {"title": analysis.document.get("title", made["title"])}


def _kept(
    request: HttpRequest, analysis: Analysis, document: Json, error: PortalError | None = None
) -> dict[str, Json]:
    """The page of a question that is kept, as its owner sees it."""
    runs = runs_visible_to(request.user, request.GET.get(TOKEN) or None)
    found = ready_for(analysis.document)
    given = values_given(request.POST) or (found[1] if found else {})
    form = _form(request, document)
    return form | {
        "analysis": analysis,
        "is_own": True,
        "runs": runs.filter(analysis=analysis, preview=False)[:RUNS_SHOWN],
        "token": None,
        "error": refusal_words(error, form["said"].names) if error else None,
        "shared_choices": Analysis.SHARED,
        "link": "",
        "ready": ready_card(found[0], _language(request), given, error) if found else None,
    }


@require_POST
@only(is_planner)
def copy_question(request: HttpRequest, number: UUID) -> HttpResponse:
    """One's own copy of a question that one may read, to be changed. Raises UnknownAnalysis."""
    analysis = analysis_visible_to(number, request.user, request.GET.get(TOKEN) or None)
    document = copy.deepcopy(analysis.document)
    for language, words in document.get("title", {}).items():
        end = " (copy)" if language == "en" else " (bản sao)"
        document["title"][language] = f"{words[: TITLE - len(end)]}{end}"
    try:
        made = keeping.keep(document, request.user)
    except PortalError as refused:
        messages.error(request, f"{refused.title}. {refused.detail} {refused.hint}")
        return redirect("planner-analysis", analysis.pk)
    messages.success(request, _("Đã nhân bản. Đây là bản của bạn, sửa thoải mái."))
    return redirect("planner-analysis", made.pk)


@require_POST
@only(is_planner)
def run(request: HttpRequest, number: UUID) -> HttpResponse:
    """Ask it again: on the versions of a former run (`again=`) or on today's."""
    analysis = own_analysis(number, request.user)
    try:
        made = queue.ask(analysis, request.user, request.POST.get("versions") or LIVE)
    except PortalError as refused:
        messages.error(request, f"{refused.title}. {refused.detail} {refused.hint}")
        return redirect("planner-analysis", analysis.pk)
    return redirect("planner-run", made.pk)


@require_POST
@only(is_planner)
def remove(request: HttpRequest, number: UUID) -> HttpResponse:
    """The question with its results. Raises UnknownAnalysis."""
    keeping.delete(own_analysis(number, request.user))
    messages.success(request, _("Đã xóa câu hỏi và các kết quả của nó."))
    return redirect("planner")


@require_POST
@only(is_planner)
def words(request: HttpRequest) -> HttpResponse:
    """A document read back, and what is wrong with it, while it is being made: the document
    itself, or the boxes of a ready question, whose document is answered then.
    """
    ready = request.POST.get("ready", "")
    try:
        document = _posted(request, ready_question(ready)) if ready else written(request.body)
    except PortalError as refused:
        return JsonResponse({"error": refusal_words(refused, {})}, status=refused.status)
    said = _said(request, document)
    answer: dict[str, Json] = {"lines": said.lines, "result": said.result, "slivers": said.slivers}
    if ready:
        answer["document"] = _editable(document)
    try:
        read(document, request.user)
    except PortalError as refused:
        answer["error"] = refusal_words(refused, said.names)
    return JsonResponse(answer)


def _editable(document: Json) -> Json:
    """With filters that were typed as text as trees, where the form's boxes can show them."""
    if not isinstance(document, dict):
        return document
    document = copy.deepcopy(document)
    inputs, steps = document.get("inputs"), document.get("steps")
    rows = [*inputs.values()] if isinstance(inputs, dict) else []
    for row in [*rows, *(steps if isinstance(steps, list) else [])]:
        tree = plain_tree(row.get("filter")) if isinstance(row, dict) else None
        if tree is not None:
            row["filter"] = tree
    return document


def _said(request: HttpRequest, document: Json) -> Sentence:
    definitions = {layer.slug: layer.parsed for layer in readable_layers(request)}
    areas = {str(area.pk): area.name for area in areas_visible_to(request.user)}
    return sentence(document, definitions, _language(request), areas)


def _form(request: HttpRequest, document: Json) -> dict[str, Json]:
    language = _language(request)
    title = document.get("title", {}) if isinstance(document, dict) else {}
    title = title if isinstance(title, dict) else {}
    context = {
        "document": document,
        "document_text": json.dumps(_editable(document), ensure_ascii=False, indent=1),
        "layout": "planner/base.html" if is_planner(request.user) else "base.html",
        "is_planner": is_planner(request.user),
        "title": title.get(language) or title.get("vi") or "",
        "said": _said(request, document),
    }
    if is_planner(request.user):
        layers = readable_layers(request)
        context["config"] = map_config(layers, language)
        context["planner_config"] = planner_config(request, layers, language)
    return context
