"""The CSV beside each indicator: a line for each unit and class, with the address of its query."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.figures.freshness_table import freshness_of
from gis_portal.figures.panels import READY, Panel
from gis_portal.figures.places import communes, places_of
from gis_portal.figures.tables import Line, Sums, by_value
from gis_portal.figures.views import asked_panel, kind_asked, language_of
from layers.catalogue import visible_layers
from layers.exports.formulas import harmless

CSV = "text/csv; charset=utf-8"


@require_safe
def indicator_csv(request: HttpRequest, key: str) -> HttpResponse:
    """One indicator; only the heading while nothing is published or counted."""
    language = language_of(request)
    panel = asked_panel(request, key)
    heading = [_("Mã đơn vị"), _("Đơn vị"), _("Giá trị"), _("Nhãn"), *_measures(panel)]
    rows: list[list[Any]] = [[*heading, _("Truy vấn"), _("Phiên bản"), _("Ngày dữ liệu")]]
    if panel.state == READY:
        kind = kind_asked(request.GET, panel)
        for place in places_of(kind, panel.cells, communes(language), language):
            table = by_value(panel.indicator, panel.layer.parsed, panel.cells, language, place)
            name = f"{place.name}; {place.note}" if place.note else place.name
            code = place.key if place.codes and not place.key.startswith("~") else ""
            for line in table.lines:
                rows.append([code, name, *_cells(panel, line, request)])
    return _file(rows, f"{key}.csv")


def _measures(panel: Panel) -> list[str]:
    one = panel.indicator
    named = [panel.counted]
    named += [_("Diện tích (ha)")] if one.area else []
    named += [_("Chiều dài (km)")] if one.length else []
    return named + ([panel.amount_label] if one.amount else [])


def _cells(panel: Panel, line: Line, request: HttpRequest) -> list[Any]:
    version = panel.version
    assert version is not None
    value = "" if line.key in ("~", "+") else line.key
    return [
        value,
        line.label,
        *_numbers(panel, line.sums),
        request.build_absolute_uri(line.href),
        version.number,
        version.data_date.isoformat() if version.data_date else "",
    ]


def _numbers(panel: Panel, sums: Sums) -> list[str]:
    """Decimal points: programs read them."""
    one = panel.indicator
    found = [str(sums.count)]
    found += [f"{sums.area / 10_000:.4f}"] if one.area else []
    found += [f"{sums.length / 1000:.3f}"] if one.length else []
    return found + ([f"{sums.amount:.0f}"] if one.amount else [])


@require_safe
def freshness_csv(request: HttpRequest) -> HttpResponse:
    """How fresh each layer is today."""
    fresh = freshness_of(visible_layers(request.user), language_of(request))
    words = {"late": _("Quá hạn cập nhật"), "on-time": _("Còn trong hạn"), "unknown": _("Không rõ")}
    rows: list[list[Any]] = [
        [
            _("Lớp"),
            _("Tên"),
            _("Cơ quan quản lý"),
            _("Ngày dữ liệu"),
            _("Cập nhật"),
            _("Kỳ tới"),
            "",
        ]
    ]
    for card in fresh.all:
        date = card.version.data_date if card.version else None
        days = [day.isoformat() if day else "" for day in (date, card.due)]
        rows.append(
            [
                card.slug,
                card.title,
                card.owner,
                days[0],
                card.interval,
                days[1],
                words[card.freshness],
            ]
        )
    return _file(rows, "freshness.csv")


def _file(rows: Iterable[list[Any]], name: str) -> HttpResponse:
    """With a mark of the encoding, without which spreadsheets garble Vietnamese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
