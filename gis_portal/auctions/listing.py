"""`/auctions/`: the lots as a list with filters, beside a map of the same lots."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_portal.auctions import asked as asking
from gis_portal.auctions.asked import Asked
from gis_portal.auctions.lots import Lot, in_order, lots, matches, version_of
from gis_portal.auctions.moments import deadline_left, deadline_words, left, opening_words
from gis_portal.auctions.places import names_to_choose
from gis_portal.auctions.stages import GROUPS, STAGES, end_of
from gis_portal.maps.client import client_config
from layers.errors import LayerNotPublished, UnknownLayer
from layers.landuse import describe
from layers.models import AdminUnit

PER_PAGE = 20
# The map marks no more than that: a reader who wants more narrows the list.
MOST_MARKED = 500


@dataclass(frozen=True)
class Deadline:
    """A date in words, what is left until then, and when that is."""

    when: str
    remaining: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Line:
    """One lot of the list."""

    lot: Lot
    unit: str
    land_use: str
    deadline: Deadline | None


@dataclass(frozen=True)
class Group:
    """One of the tabs over the list."""

    value: str
    label: str
    count: int
    query: str
    is_chosen: bool


@require_safe
def auctions(request: HttpRequest) -> HttpResponse:
    """The list; where no lots are published for this reader, words that say so."""
    language, now = str(request.LANGUAGE_CODE), timezone.now()
    asked = asking.read(request.GET)
    if asking.has_empty(request.GET):
        # An address to keep and to send.
        return redirect(f"{request.path}?{asked.query()}")
    try:
        layer, version = version_of(request.user)
    except (UnknownLayer, LayerNotPublished):
        # Every page leads here.
        return render(request, "auctions/none.html")
    every = lots(now=now, user=request.user)
    found, tally = narrowed(every, asked)
    page = Paginator(found, PER_PAGE).get_page(asked.page)
    context = {
        "asked": asked,
        "page": page,
        "lines": lines(list(page.object_list), language),
        "total": len(found),
        "whole": len(every),
        "groups": _groups(asked, tally),
        "choices": _choices(every, asked, language),
        "layer": layer,
        "version": version,
        "now": now,
        "query": asked.query(),
        "marked": f"{reverse('auction-lots-geojson')}?{asked.query()}",
        "too_many": len(found) > MOST_MARKED,
        "config": client_config([layer], language, only=layer.slug),
    }
    return render(request, "auctions/list.html", context)


def narrowed(every: list[Lot], asked: Asked) -> tuple[list[Lot], dict[str, int]]:
    """The lots asked for in order, and how many there would be in each group of stages."""

    wide = replace(asked.filter, stages=frozenset())
    found = [each for each in every if matches(each, wide)]
    tally = dict.fromkeys(GROUPS, 0)
    for each in found:
        tally[each.stage.group] += 1
    stages = asked.filter.stages
    chosen = [each for each in found if not stages or each.stage.value in stages]
    return in_order(chosen, asked.sort), tally


def lines(found: list[Lot], language: str) -> list[Line]:
    """As they are shown; one query for the names of their communes."""
    ids = {each.row.unit_id for each in found if each.row.unit_id}
    units = dict(AdminUnit.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_line(each, units, language) for each in found]


def _line(lot: Lot, units: dict[int, str], language: str) -> Line:
    code = lot.row.land_use
    return Line(
        lot=lot,
        unit=units.get(lot.row.unit_id or 0, ""),
        land_use=describe(code, language) if code else "",
        deadline=deadline(lot),
    )


def deadline(lot: Lot) -> Deadline | None:
    """The date that matters at the lot's stage; None where the stage waits for no date."""
    said, now, group = lot.said, lot.now, lot.stage.group
    if group == "open" and said.reg_end:
        words = _("Nhận hồ sơ đến %(when)s") % {"when": deadline_words(said.reg_end)}
        return Deadline(words, deadline_left(said.reg_end, now), end_of(said.reg_end))
    if group == "coming" and said.reg_start and said.reg_start > now:
        words = _("Nhận hồ sơ từ %(when)s") % {"when": opening_words(said.reg_start)}
        return Deadline(words, left(said.reg_start, now), said.reg_start)
    if group in ("open", "coming", "session") and said.auction_time:
        words = _("Đấu giá %(when)s") % {"when": opening_words(said.auction_time)}
        return Deadline(words, left(said.auction_time, now), said.auction_time)
    return Deadline(_("Chưa có lịch nhận hồ sơ")) if group == "coming" else None


GROUP_WORDS = {
    "open": gettext_lazy("Đang nhận hồ sơ"),
    "coming": gettext_lazy("Sắp tới"),
    "session": gettext_lazy("Đã đóng hồ sơ"),
    "result": gettext_lazy("Có kết quả"),
    "stopped": gettext_lazy("Dừng, không thành"),
}


def _groups(asked: Asked, tally: dict[str, int]) -> list[Group]:
    chosen = asked.values.get("stage", "")
    every = Group("", _("Tất cả"), sum(tally.values()), asked.query(stage=None), not chosen)
    return [
        every,
        *(
            Group(value, str(words), tally[value], asked.query(stage=value), chosen == value)
            for value, words in GROUP_WORDS.items()
        ),
    ]


def _choices(every: list[Lot], asked: Asked, language: str) -> dict[str, Any]:
    """What the boxes offer."""
    uses = sorted({code for each in every for code in each.row.land_use.split("+") if code})
    unit_ids = {each.row.unit_id for each in every if each.row.unit_id}
    return {
        "stages": [
            (
                (group, words),
                [(s.value, s.label(language)) for s in STAGES.values() if s.group == group],
            )
            for group, words in GROUP_WORDS.items()
        ],
        "uses": [(code, describe(code, language)) for code in uses],
        "closing": asking.CLOSING,
        "places": names_to_choose(unit_ids),
        "sorts": _sorts(),
        "sort": asked.sort,
    }


def _sorts() -> list[tuple[str, str]]:
    return [
        ("urgent", _("Việc gần nhất trước")),
        ("closing", _("Hạn nộp hồ sơ, gần nhất trước")),
        ("session", _("Ngày đấu giá, sớm nhất trước")),
        ("-session", _("Ngày đấu giá, muộn nhất trước")),
        ("price", _("Giá khởi điểm, thấp nhất trước")),
        ("-price", _("Giá khởi điểm, cao nhất trước")),
        ("price_m2", _("Giá mỗi m², thấp nhất trước")),
        ("area", _("Diện tích, nhỏ nhất trước")),
        ("-area", _("Diện tích, lớn nhất trước")),
    ]
