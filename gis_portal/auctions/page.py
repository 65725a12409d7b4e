"""`/auctions/{uid}/`: everything public about one lot."""

import datetime as dt
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.auctions.amounts import in_words
from gis_portal.auctions.history import history
from gis_portal.auctions.listing import Line, deadline, lines
from gis_portal.auctions.lots import Lot, lot, lots, version_of
from gis_portal.auctions.moments import deadline_left, deadline_words, left, opening_words
from gis_portal.auctions.stages import STAGES, Said, by_clock, end_of
from gis_portal.auctions.winners import published_winner
from gis_portal.maps.client import client_config
from gis_portal.maps.panel import Fact, facts_of, feature_title
from gis_portal.parcels.aerial import views_of
from gis_portal.parcels.answers import groups
from gis_portal.parcels.facts import rings_of
from gis_portal.parcels.overlay import lay_over
from gis_portal.parcels.reading import Ground, ground_of, registers
from gis_portal.parcels.surroundings import surroundings
from gis_portal.steward.access import may_upload
from layers.catalogue import visible_layers
from layers.models import AdminUnit, Layer
from layers.units import former_names

NEARBY, REACH_M = 5, 5_000
_WHERE = ("place", "parcel_ref", "sheet_no", "parcel_no")
_LAND = ("quantity", "quality", "land_use", "use_form", "use_term")
_BUILDING = ("density", "floors", "far", "setback_front", "setback_side")
_HOW = (
    "view_place",
    "form",
    "method",
    "reg_condition",
    "file_sell_place",
    "dossier_fee",
    "auction_place",
    "auction_org",
    "auction_org_phone",
    "owner_name",
    "owner_address",
)


@dataclass(frozen=True)
class Term:
    """One line of the timetable. `end` is when it is over; `remaining` counts to the next edge."""

    label: str
    start: str
    finish: str
    remaining: str
    until: dt.datetime | None
    is_over: bool
    is_now: bool


@require_safe
def lot_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The page. Raises UnknownItem, ItemRetired, UnknownLayer, LayerNotPublished."""
    language, now = str(request.LANGUAGE_CODE), timezone.now()
    found = lot(uid, now, request.user)
    layers = list(visible_layers(request.user))
    layer, version = version_of(request.user)
    ground = ground_of(version, uid)
    around = surroundings(ground, layers, language)
    context = {
        "lot": found,
        "deadline": deadline(found),
        "row": found.row,
        "layer": layer,
        "version": version,
        "unit": _unit(ground.unit_id),
        **_facts(layer, ground.properties, language),
        **_money(found, ground.properties, language),
        "winner": published_winner(found, version.pk),
        "terms": timetable(found.said, ground.properties, now),
        "steps": history(found, ground.properties, language),
        "file_says": _file_says(found, language),
        "answers": groups(lay_over(ground, layers, language)),
        "nearest": around.nearest,
        "parcel": _parcel_under(ground, layers),
        "views": views_of(around.imagery, ground.crs, rings_of(ground.shape)),
        "nearby": _nearby(found, lots(now=now, user=request.user), language),
        "may_enter": may_upload(request.user),
        "enter_address": reverse("steward-lot", args=[uid]),
        "marked": f"{reverse('api-item', args=[layer.slug, uid])}?f=json",
        "map_address": f"{reverse('home')}?layers={layer.slug}"
        f"&at=17/{ground.lat:.6f}/{ground.lon:.6f}&sel={layer.slug}/{uid}",
        "ground": ground,
        # What the pictures are of, for those who hear the page.
        "facts": {"identity": {"title": _("Lô %(code)s") % {"code": found.row.lot_code}}},
        "config": client_config([layer], language, only=layer.slug),
    }
    return render(request, "auctions/lot.html", context)


def _unit(pk: int | None) -> dict[str, Any] | None:
    unit = AdminUnit.objects.filter(pk=pk).only("code", "name").first() if pk else None
    return {"unit": unit, "former": former_names(unit)} if unit else None


def _facts(layer: Layer, properties: dict[str, Any], language: str) -> dict[str, tuple[Fact, ...]]:
    """The lot's public values by what they are about."""
    told = {"where": _WHERE, "land": _LAND, "building": _BUILDING, "how": _HOW}
    return {
        name: facts_of(layer.parsed, properties, names, language) for name, names in told.items()
    }


def _money(found: Lot, properties: dict[str, Any], language: str) -> dict[str, Any]:
    """Sums with their words; the deposit by its share where only that is known."""
    row = found.row
    price, percent = row.start_price, properties.get("deposit_percent")
    deposit = properties.get("deposit")
    if deposit is None and price and isinstance(percent, int | float):
        deposit = round(price * percent / 100)
    won = found.winning_price
    return {
        "price": price,
        "price_words": in_words(price, language) if price else "",
        "deposit": deposit,
        "deposit_percent": percent,
        "step": properties.get("step"),
        "won": won,
        "won_words": in_words(won, language) if won else "",
        "gain": won / price - 1 if won and price else None,
    }


def timetable(said: Said, properties: dict[str, Any], now: dt.datetime) -> list[Term]:
    """Dossiers, viewing, deposit, session, in order of their beginnings."""

    def moment(name: str) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(properties[name])
        except (KeyError, TypeError, ValueError):
            return None

    told = [
        (_("Bán và nhận hồ sơ"), said.reg_start, said.reg_end),
        (_("Xem tài sản"), moment("view_start"), moment("view_end")),
        (_("Nộp tiền đặt trước"), moment("deposit_start"), moment("deposit_end")),
    ]
    terms = [_term(label, start, end, now) for label, start, end in told if start or end]
    if said.auction_time:
        terms.append(_session(said.auction_time, now))
    return terms


def _term(
    label: str, start: dt.datetime | None, finish: dt.datetime | None, now: dt.datetime
) -> Term:
    begun = start is None or start <= now
    over = end_of(finish) <= now if finish else False
    coming = (end_of(finish) if finish else None) if begun else start
    return Term(
        label=label,
        start=opening_words(start) if start else "",
        finish=deadline_words(finish) if finish else "",
        remaining=_remaining(start, finish, now),
        until=None if over else coming,
        is_over=over,
        is_now=begun and not over,
    )


def _remaining(start: dt.datetime | None, finish: dt.datetime | None, now: dt.datetime) -> str:
    if start and start > now:
        return left(start, now)
    return deadline_left(finish, now) if finish else ""


def _session(at: dt.datetime, now: dt.datetime) -> Term:
    stage = by_clock(Said("live", auction_time=at), now).value
    return Term(
        label=_("Phiên đấu giá"),
        start=opening_words(at),
        finish="",
        remaining=left(at, now),
        until=at if at > now else None,
        is_over=stage == "session_over",
        is_now=stage == "live",
    )


def _file_says(found: Lot, language: str) -> str:
    """The file's word, where it is not what the portal says."""
    word = found.row.file.status
    if word == found.stage.value or word not in STAGES:
        return ""
    return STAGES[word].label(language)


def _nearby(found: Lot, every: Iterable[Lot], language: str) -> list[tuple[Line, float]]:
    """The nearest other lots with their distance in metres, middle to middle."""
    far = [(each, _metres(found, each)) for each in every if each.uid != found.uid]
    near = sorted((pair for pair in far if pair[1] <= REACH_M), key=lambda pair: pair[1])[:NEARBY]
    shown = lines([each for each, _far in near], language)
    return list(zip(shown, (metres for _each, metres in near), strict=True))


def _metres(one: Lot, other: Lot) -> float:
    a, b = one.row, other.row
    east = (b.lon - a.lon) * math.cos(math.radians(a.lat))
    return math.hypot(east, b.lat - a.lat) * 111_320


_UNDER = """
(SELECT f.version_id, f.uid, f.properties::text
FROM layers_feature f, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326) AS at) here
WHERE f.version_id = %s AND f.geom && here.at AND ST_Covers(f.geom, here.at)
ORDER BY f.area_m2 LIMIT 1)
"""


def _parcel_under(ground: Ground, layers: Iterable[Layer]) -> dict[str, Any] | None:
    """The parcel of a register in which the lot's middle lies."""
    asked = {layer.live_version_id: layer for layer in registers(layers) if layer.live_version_id}
    asked.pop(ground.version.pk, None)
    if not asked:
        return None
    values = [value for pk in asked for value in (ground.lon, ground.lat, pk)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_UNDER] * len(asked)), values)
        row = cursor.fetchone()
    if row is None:
        return None
    layer, language = asked[row[0]], str(get_language())
    title = feature_title(layer.parsed, json.loads(row[2]), language)
    address = reverse("parcel", args=[row[1]])
    return {"address": address, "title": title or layer.title(language)}
