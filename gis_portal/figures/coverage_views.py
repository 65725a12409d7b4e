"""`/layers/{slug}/coverage/`: circles around points as a share of each unit's ground, and CSV."""

import csv
import io
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_portal.figures.choropleth import Choropleth, choropleth
from gis_portal.figures.coverage import Reach, reach_of
from gis_portal.figures.places import Unit, communes
from gis_portal.figures.tabular import CSV
from gis_portal.figures.views import language_of
from gis_portal.maps.cards import card_of
from layers.catalogue import layer_by_slug
from layers.errors import PortalError
from layers.exports.formulas import harmless
from layers.models import Layer
from layers.values import group_digits


class NoCoverage(PortalError):
    """The layer does not say how far its features reach."""

    code, status = "no-coverage", 404
    title = gettext_lazy("Lớp này không có vùng phủ")
    hint = gettext_lazy("Chỉ lớp điểm có khai bán kính mới tính được vùng phủ.")


@dataclass(frozen=True)
class Line:
    """One unit, or all of them: `href` lists the points in it."""

    code: str
    name: str
    reach: Reach
    href: str

    @property
    def percent(self) -> str:
        """For the bar."""
        return f"{self.reach.share * 100:.2f}"


def covering_layer(request: HttpRequest, slug: str) -> Layer:
    """The layer of the address. Raises UnknownLayer, NoCoverage."""
    layer = layer_by_slug(slug, request.user)
    if layer.parsed.shown.coverage is None:
        raise NoCoverage
    return layer


@require_safe
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """The page: map, total, a line for each unit."""
    language = language_of(request)
    layer = covering_layer(request, slug)
    declared = layer.parsed.shown.coverage
    assert declared is not None
    field = layer.parsed.by_name.get(declared.radius_field)
    found = reach_of(layer) if layer.live_version is not None else None
    units = communes(language)
    context = {
        "card": card_of(layer, language),
        "radius": declared.radius,
        "radius_label": field.label(language) if field else "",
        "where": declared.where,
        "lines": lines_of(layer, found, units) if found else [],
        "total": total_of(layer, found) if found else None,
        "is_counting": layer.live_version is not None and found is None,
        "map": _map(found, units, language) if found else None,
    }
    return render(request, "figures/coverage.html", context)


def lines_of(layer: Layer, found: tuple[Reach, ...], units: list[Unit]) -> list[Line]:
    """By code."""
    known = {reach.unit: reach for reach in found}
    return [
        Line(unit.code, unit.name, known[unit.pk], _points(layer, unit.code))
        for unit in units
        if unit.pk in known
    ]


def total_of(layer: Layer, found: tuple[Reach, ...]) -> Line:
    """All units with a shape: their grounds do not overlap, so neither do the covered parts."""
    covered, area = sum(r.covered for r in found), sum(r.area for r in found)
    return Line("", _("Tổng"), Reach(0, covered, area), _points(layer, ""))


def _points(layer: Layer, code: str) -> str:
    """The list of the points that count, in a unit or everywhere."""
    declared = layer.parsed.shown.coverage
    assert declared is not None
    query = {"unit": code, "filter": declared.where}
    told = urlencode({name: value for name, value in query.items() if value})
    address = reverse("api-items", args=[layer.slug])
    return f"{address}?{told}" if told else address


def _map(found: tuple[Reach, ...], units: list[Unit], language: str) -> Choropleth | None:
    return choropleth(
        {reach.unit: reach.share for reach in found},
        {unit.pk: unit.name for unit in units},
        lambda share: f"{group_digits(share * 100, 1, language)} %",
    )


@require_safe
def coverage_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a table for programs."""
    layer = covering_layer(request, slug)
    found = reach_of(layer) if layer.live_version is not None else None
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [_("Mã đơn vị"), _("Đơn vị"), _("Diện tích (ha)"), _("Trong vùng phủ (ha)"), "%"]
    )
    for line in lines_of(layer, found, communes(language_of(request))) if found else []:
        hectares = [f"{m2 / 10_000:.4f}" for m2 in (line.reach.area, line.reach.covered)]
        writer.writerow([line.code, harmless(line.name), *hectares, line.percent])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-coverage.csv"'
    return response
