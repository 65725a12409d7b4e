"""`/figures/`: every indicator in short; `/figures/{key}/`: one by class, by unit and on a map."""

from itertools import groupby
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_portal.figures.choropleth import Choropleth, choropleth
from gis_portal.figures.freshness_table import freshness_of
from gis_portal.figures.headline import Headline, headlines_of
from gis_portal.figures.panels import READY, Panel, panel_of, panels
from gis_portal.figures.places import DISTRICT, NEW, OLD, Place, Unit, communes, places_of
from gis_portal.figures.stages_today import stages_today
from gis_portal.figures.tables import Table, by_place, by_value, in_hectares
from layers.catalogue import visible_layers
from layers.errors import PortalError, UnknownUnit
from layers.models import Layer
from layers.values import group_digits


class UnknownIndicator(PortalError):
    """No indicator of that name, or not for this reader."""

    code, status = "unknown-indicator", 404
    title = gettext_lazy("Không có chỉ tiêu này")
    hint = gettext_lazy("Xem các chỉ tiêu ở trang /figures/.")


def language_of(request: HttpRequest) -> str:
    """The reader's language."""
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


def asked_panel(request: HttpRequest, key: str) -> Panel:
    """The indicator of the address. Raises UnknownIndicator."""
    found = panel_of(key, request.user, language_of(request))
    if found is None:
        raise UnknownIndicator
    return found


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """All indicators, of the province or of one commune, of all sectors or of one."""
    language = language_of(request)
    units = communes(language)
    place = place_asked(request.GET, units)
    layers = list(visible_layers(request.user))
    sector = request.GET.get("sector", "")
    shown = panels(layers, language, sector=sector, place=place)
    fresh = freshness_of((layer for layer in layers if sector in ("", layer.sector.slug)), language)
    context = {
        "headlines": () if place else _headlines(layers, request, language),
        "today": stages_today(request.user, language, place) if sector in ("", "land") else None,
        "sectors": [
            (next(iter(members)).layer.sector, members)
            for members in (
                list(group) for _key, group in groupby(shown, key=lambda p: p.layer.sector_id)
            )
        ],
        "choices": _sectors(layers, language),
        "sector": sector,
        "units": [unit for unit in units if unit.has_shape],
        "place": place,
        "fresh": fresh,
    }
    return render(request, "figures/dashboard.html", context)


def _headlines(layers: list[Layer], request: HttpRequest, language: str) -> tuple[Headline, ...]:
    return headlines_of((each for each in layers if each.is_home), request.user, language)


def _sectors(layers: list[Layer], language: str) -> list[tuple[str, str]]:
    found = {layer.sector.slug: layer.sector for layer in layers}
    ordered = sorted(found.values(), key=lambda sector: (sector.position, sector.slug))
    return [(s.slug, s.title_en if language == "en" else s.title_vi) for s in ordered]


@require_safe
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator: `units=new|district|old`, `unit=` and `value=` narrow it."""
    language = language_of(request)
    panel = asked_panel(request, key)
    if panel.state != READY:
        return render(request, "figures/indicator.html", {"panel": panel})
    units = communes(language)
    kind = kind_asked(request.GET, panel)
    places = places_of(kind, panel.cells, units, language)
    place = next((p for p in places if request.GET.get("unit") == p.key), None)
    values = by_value(panel.indicator, panel.layer.parsed, panel.cells, language, place)
    value = next((line for line in values.lines if line.key == request.GET.get("value")), None)
    picked = None if value is None else (from_key(value.key),)
    table = by_place(panel.indicator, panel.layer.parsed, panel.cells, places, picked)
    context = {
        "panel": panel,
        "values": values,
        "value": value,
        "place": place,
        "places": table,
        "kind": kind,
        "keep_unit": _kept(units=kind, unit=place.key if place else ""),
        "keep_value": _kept(units=kind, value=value.key if value else ""),
        "kinds": kinds_of(panel),
        "map": _map(panel, table, units, language) if kind == NEW else None,
    }
    return render(request, "figures/indicator.html", context)


def _kept(**parameters: str) -> str:
    """The other side of a choice, to stand before the parameter that a link sets."""
    kept = {name: value for name, value in parameters.items() if value}
    return f"{urlencode(kept)}&"


def from_key(key: str) -> str | None:
    """The class that a line's key stands for (`tables.by_value`)."""
    return {"~": None, "+": ""}.get(key, key)


def kinds_of(panel: Panel) -> list[tuple[str, str]]:
    """Which units the indicator can be told by."""
    found = [(NEW, _("Xã, phường hiện nay")), (DISTRICT, _("Huyện cũ (trước 01/07/2025)"))]
    if panel.indicator.old_unit:
        found.append((OLD, _("Xã, phường cũ (trước 01/07/2025)")))
    return found


def kind_asked(query: QueryDict, panel: Panel) -> str:
    """`units=`; today's communes for anything else."""
    kind = query.get("units", NEW)
    return kind if kind in dict(kinds_of(panel)) else NEW


def place_asked(query: QueryDict, units: list[Unit]) -> Place | None:
    """`unit=` of the dashboard: the code of a commune in force. Raises UnknownUnit."""
    code = query.get("unit", "")
    if not code:
        return None
    unit = next((unit for unit in units if unit.code == code), None)
    if unit is None:
        raise UnknownUnit
    return Place(unit.code, unit.name, frozenset({unit.pk}), (unit.code,))


def _map(panel: Panel, table: Table, units: list[Unit], language: str) -> Choropleth | None:
    one = panel.indicator
    values = {
        pk: line.sums.main(one)
        for line in table.lines
        if line.place is not None
        for pk in line.place.units
        if pk is not None
    }

    def words(value: float) -> str:
        if one.measure == "area":
            return f"{in_hectares(value, language)} ha"
        if one.measure == "length":
            return f"{group_digits(value / 1000, 1, language)} km"
        return f"{group_digits(value, 0, language)} {panel.counted}"

    return choropleth(values, {unit.pk: unit.name for unit in units}, words)
