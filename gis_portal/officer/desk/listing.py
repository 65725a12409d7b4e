"""`/officer/desk/`: the reports of the units in somebody's care, as a list and on a map."""

import json
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_portal.maps.client import client_config
from gis_portal.maps.points import feature_collection
from gis_portal.officer.desk.handling import Reports, may_desk, report_of, reports_of
from gis_portal.officer.desk.life_cycle import GROUPS, STATES
from gis_portal.officer.desk.selection import Selection, read_selection
from gis_portal.officer.desk.talk import replied
from gis_portal.officer.desk.told import Line, lines_of
from gis_portal.officer.desk.words import GROUP_WORDS
from gis_portal.officer.field.models import REPORT_KINDS
from gis_portal.steward.access import only
from gis_portal.templatetags.portal import moment
from layers.models import AdminUnit, Layer
from layers.permissions import User
from layers.standing import standing_layers

PER_PAGE = 25
# Points on the map, newest first.
MOST_ON_MAP = 2000
# Keeps the answer.
NOBODY = "private, no-store"


def language_of(request: HttpRequest) -> str:
    """The reader's."""
    return "en" if getattr(request, "LANGUAGE_CODE", "vi") == "en" else "vi"


def selected(request: HttpRequest) -> tuple[Selection, Reports]:
    """What the address asks for, of what this person may see."""
    selection = read_selection(request.GET)
    return selection, selection.of(reports_of(request.user), request.user.pk)


@never_cache
@require_safe
@only(may_desk)
def reports(request: HttpRequest) -> HttpResponse:
    """The list, its filters and its map."""
    selection, shown = selected(request)
    language = language_of(request)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines_of(page.object_list, request.user, language),
        "replied": replied(report.pk for report in page.object_list),
        "selection": selection,
        "query": f"{selection.query}&" if selection.query else "",
        **_choices(request.user, language),
        "config": client_config(ground(request.user), language),
    }
    return render(request, "desk/reports.html", context)


def _choices(user: User, language: str) -> dict[str, Any]:
    """What the filters offer: only what there are reports of."""
    visible = reports_of(user).order_by()
    units = AdminUnit.objects.filter(pk__in=visible.values("unit_id")).defer("geom")
    return {
        "kinds": REPORT_KINDS,
        "groups": {group: GROUP_WORDS[group] for group in GROUPS},
        "states": {value: state.label(language) for value, state in STATES.items()},
        "units": units.order_by("name"),
        "officers": visible.values_list("by__username", flat=True)
        .distinct()
        .order_by("by__username"),
    }


def ground(user: User) -> list[Layer]:
    """The layers of the desk's maps: units, and registers of public land."""
    return [
        layer
        for layer in standing_layers(user)
        if layer.parsed.feeds == "units" or layer.parsed.land.register is not None
    ]


@require_safe
@only(may_desk)
def reports_geojson(request: HttpRequest) -> HttpResponse:
    """The chosen reports that have a place."""
    _selection, shown = selected(request)
    placed = shown.exclude(point=None)[:MOST_ON_MAP]
    lines = lines_of(placed, request.user, language_of(request))
    return feature_collection([_feature(line) for line in lines], NOBODY)


@require_safe
@only(may_desk)
def report_geojson(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One report: where its officer stood, and what they drew. Raises UnknownFieldReport."""
    found = report_of(request.user, number)
    (line,) = lines_of([found], request.user, language_of(request))
    features = [_feature(line)] if found.point else []
    if found.sketch:
        shape = json.loads(found.sketch.geojson)
        features.append({"type": "Feature", "geometry": shape, "properties": {"sketch": True}})
    return feature_collection(features, NOBODY)


def _feature(line: Line) -> dict[str, Any]:
    point = line.report.point
    assert point is not None
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point.x, point.y]},
        "properties": {
            "url": reverse("officer-desk-report", args=[line.report.pk]),
            "kind": line.report.get_kind_display(),
            "state": line.state_label,
            "colour": line.state.colour,
            "parcel": line.parcel,
            "at": moment(line.report.seen_at),
            "reference": line.reference,
        },
    }
