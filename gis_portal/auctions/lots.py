"""Lots as the portal reads them: the published file's rows, the entries of stewards, the clock.

`lots` and `lot` are what the list, the lot's page, feeds, mails and figures ask. The rows of a
version never change, so a process keeps the few columns that lists need; the entries are read at
every request, and the stage is made of both (`stages.py`).
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_portal.auctions.models import StageEntry
from gis_portal.auctions.stages import (
    GROUPS,
    STAGES,
    Boundary,
    Entry,
    Said,
    Stage,
    by_clock,
    next_change,
    said,
    standing,
)
from layers.catalogue import live_version
from layers.errors import ItemRetired, UnknownItem
from layers.identity import retired
from layers.models import Layer, LayerVersion
from layers.permissions import User
from layers.standing import standing_layer
from layers.values import LOCAL_TIME

SLUG = "auction-lots"
# What a list shows, filters and sorts by; everything else is read for one lot.
COLUMNS = (
    "auction_code",
    "lot_code",
    "status",
    "round_no",
    "reg_start",
    "reg_end",
    "auction_time",
    "area",
    "start_price",
    "start_price_m2",
    "winning_price",
    "land_use",
    "place",
    "title",
)
# The whole record at once: each operator on its own would unpack the document again.
_ROWS = """
SELECT f.uid, f.id, f.unit_id, f.area_m2, (ST_XMin(f.geom) + ST_XMax(f.geom)) / 2,
  (ST_YMin(f.geom) + ST_YMax(f.geom)) / 2, {columns}
FROM layers_feature f, jsonb_to_record(f.properties) AS p({typed})
WHERE f.version_id = %s ORDER BY f.id
"""
_ROW = """
SELECT properties::text, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)
FROM layers_feature WHERE version_id = %s AND uid = %s ORDER BY id LIMIT 1
"""


@dataclass(frozen=True)
class Row:
    """One lot of a file: what a list needs of it. Prices in đồng, areas in m²."""

    uid: uuid.UUID
    feature_id: int
    unit_id: int | None
    lon: float
    lat: float
    auction_code: str
    lot_code: str
    file: Said
    area: float | None
    start_price: float | None
    start_price_m2: float | None
    winning_price: float | None
    land_use: str
    place: str
    title: str


@dataclass(frozen=True)
class Lot:
    """A lot where it stands at `now`. `said` holds the dates that count, `next` what comes by the
    clock.
    """

    row: Row
    entries: tuple[StageEntry, ...]
    said: Said
    stage: Stage
    now: dt.datetime

    @property
    def uid(self) -> uuid.UUID:
        """The lot's identity in every version."""
        return self.row.uid

    @cached_property
    def next(self) -> Boundary | None:
        """What the clock does next."""
        return next_change(self.said, self.now)

    @property
    def winning_price(self) -> float | None:
        """As entered with the result, else as in the file; only where there is a result."""
        if self.stage.group != "result":
            return None
        entered = (e.winning_price for e in reversed(self.held) if e.winning_price)
        return next(entered, self.row.winning_price)

    @cached_property
    def held(self) -> tuple[StageEntry, ...]:
        """The entries that hold, corrected ones left out, in their order."""
        known = {entry.pk: entry for entry in self.entries}
        return tuple(known[each.id] for each in standing(map(as_entry, self.entries)))


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; nothing means everything. Ranges include both ends."""

    stages: frozenset[str] = frozenset()
    unit_ids: frozenset[int] | None = None
    price: tuple[float | None, float | None] = (None, None)
    area: tuple[float | None, float | None] = (None, None)
    land_use: str = ""
    session: tuple[dt.date | None, dt.date | None] = (None, None)
    # Registration is open, and its last day is within so many days.
    closing_days: int | None = None
    auction_code: str = ""


EVERYTHING = Filter()


def lots(
    filters: Filter = EVERYTHING,
    sort: str = "urgent",
    now: dt.datetime | None = None,
    user: User | None = None,
) -> list[Lot]:
    """The lots of the published version that match, in order; `sort` is a key of `ORDERS`.

    Raises UnknownLayer, LayerNotPublished.
    """
    layer = standing_layer(SLUG, user)
    found = [lot for lot in _standing(layer, now or timezone.now()) if matches(lot, filters)]
    return in_order(found, sort)


def lot(uid: uuid.UUID, now: dt.datetime | None = None, user: User | None = None) -> Lot:
    """One lot. Raises UnknownItem, ItemRetired (410, with successors), and as `lots`."""
    return lot_of(standing_layer(SLUG, user), uid, now)


def lot_of(layer: Layer, uid: uuid.UUID, now: dt.datetime | None = None) -> Lot:
    """As `lot`, of the layer of lots that was fetched for this reader."""
    row = _by_uid(layer).get(uid)
    if row is None:
        raise _missing(layer, uid)
    entries = (
        StageEntry.objects.filter(uid=uid).select_related("by").prefetch_related("attachments")
    )
    return _stand(row, tuple(entries), now or timezone.now())


def version_of(user: User | None = None) -> tuple[Layer, LayerVersion]:
    """The layer of lots and its published version. Raises as `lots`."""
    layer = standing_layer(SLUG, user)
    return layer, live_version(layer)


def properties_of(lot_: Lot, user: User | None = None) -> tuple[dict[str, Any], tuple[float, ...]]:
    """Everything public about a lot, by field name, and its box: west, south, east, north."""
    layer, version = version_of(user)
    with connection.cursor() as cursor:
        cursor.execute(_ROW, [version.pk, lot_.uid])
        row = cursor.fetchone()
    if row is None:
        raise _missing(layer, lot_.uid)
    known = json.loads(row[0])
    declared = {field.name for field in layer.parsed.public_fields}
    return {name: known[name] for name in known if name in declared}, tuple(row[1:])


def rows(layer: Layer) -> tuple[Row, ...]:
    """The rows of the published version, of public fields only; kept, as they never change."""
    version = live_version(layer)
    declared = {field.name for field in layer.parsed.public_fields}
    return _rows(version.pk, version.data_date, tuple(n for n in COLUMNS if n in declared))


@lru_cache(maxsize=3)
def _rows(version_id: int, on: dt.date | None, names: tuple[str, ...]) -> tuple[Row, ...]:
    statement = _ROWS.format(
        columns=", ".join(f'p."{name}"' for name in names) or "NULL",
        typed=", ".join(f'"{name}" text' for name in names) or "nothing text",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [version_id])
        return tuple(_row(found, on, names) for found in cursor.fetchall())


def _row(found: tuple[Any, ...], on: dt.date | None, names: tuple[str, ...]) -> Row:
    value = dict(zip(names, found[6:], strict=False))
    area = _number(value.get("area"))
    price = _number(value.get("start_price"))
    return Row(
        uid=found[0],
        feature_id=found[1],
        unit_id=found[2],
        lon=found[4],
        lat=found[5],
        auction_code=value.get("auction_code") or "",
        lot_code=value.get("lot_code") or "",
        file=Said(
            status=value.get("status") or "planned",
            round=int(_number(value.get("round_no")) or 1),
            on=on,
            reg_start=_moment(value.get("reg_start")),
            reg_end=_moment(value.get("reg_end")),
            auction_time=_moment(value.get("auction_time")),
        ),
        area=area if area is not None else found[3],
        start_price=price,
        start_price_m2=_number(value.get("start_price_m2")) or _each(price, area),
        winning_price=_number(value.get("winning_price")),
        land_use=value.get("land_use") or "",
        place=value.get("place") or "",
        title=value.get("title") or "",
    )


def _number(text: str | None) -> float | None:
    """A version keeps the values of its own time: what is no number is none."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _moment(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=LOCAL_TIME) if found and found.tzinfo is None else found


def _each(price: float | None, area: float | None) -> float | None:
    return round(price / area) if price and area else None


def _by_uid(layer: Layer) -> dict[uuid.UUID, Row]:
    return {row.uid: row for row in rows(layer)}


def _missing(layer: Layer, uid: uuid.UUID) -> UnknownItem | ItemRetired:
    gone = retired(layer, uid)
    if gone is None:
        return UnknownItem(str(uid))
    return ItemRetired(
        gone.key, layer=layer.slug, successors=[str(each) for each in gone.successors]
    )


def _standing(layer: Layer, now: dt.datetime) -> list[Lot]:
    entries: dict[uuid.UUID, list[StageEntry]] = defaultdict(list)
    for entry in StageEntry.objects.all():
        entries[entry.uid].append(entry)
    return [_stand(row, tuple(entries.get(row.uid, ())), now) for row in rows(layer)]


def _stand(row: Row, entries: tuple[StageEntry, ...], now: dt.datetime) -> Lot:
    settled = said(row.file, [as_entry(entry) for entry in entries])
    return Lot(row, entries, settled, by_clock(settled, now), now)


def as_entry(entry: StageEntry) -> Entry:
    """The part of a row that decides the stage."""
    return Entry(
        id=entry.pk,
        stage=entry.stage,
        round=entry.round,
        at=entry.at,
        corrects=entry.corrects_id,
        reg_start=entry.reg_start,
        reg_end=entry.reg_end,
        auction_time=entry.auction_time,
    )


# --- Filter and order ----------------------------------------------------------------------------


def matches(lot_: Lot, filters: Filter) -> bool:
    """All that is asked holds; what a lot has no value for does not match a range of it."""
    row = lot_.row
    session = lot_.said.auction_time
    return (
        (not filters.stages or lot_.stage.value in filters.stages)
        and (filters.unit_ids is None or row.unit_id in filters.unit_ids)
        and _within(row.start_price, filters.price)
        and _within(row.area, filters.area)
        and (not filters.land_use or filters.land_use in row.land_use.split("+"))
        and (not filters.auction_code or row.auction_code == filters.auction_code)
        and _within(session and local_day(session), filters.session)
        and (filters.closing_days is None or _closes_within(lot_, filters.closing_days))
    )


def _within(value: Any, ends: tuple[Any, Any]) -> bool:
    low, high = ends
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _closes_within(lot_: Lot, days: int) -> bool:
    end = lot_.said.reg_end
    if lot_.stage.value != "registration" or end is None:
        return False
    return (local_day(end) - local_day(lot_.now)).days <= days


def local_day(moment: dt.datetime) -> dt.date:
    """The date here at that moment."""
    return moment.astimezone(LOCAL_TIME).date()


def _urgent(lot_: Lot) -> tuple[int, float]:
    """Open ones by what closes first, what is to come, sessions; what is over, latest first."""
    group = lot_.stage.group
    place = GROUPS.index(group)
    said_ = lot_.said
    if group == "open":
        return place, _stamp(said_.reg_end)
    if group == "coming":
        return place, _stamp(said_.reg_start or said_.auction_time)
    if group == "session":
        return place, _stamp(said_.auction_time)
    return place, -_stamp(said_.auction_time, missing=0)


def _stamp(moment: dt.datetime | None, missing: float = float("inf")) -> float:
    return moment.timestamp() if moment else missing


ORDERS: dict[str, Callable[[Lot], Any]] = {
    "urgent": _urgent,
    "closing": lambda lot_: _stamp(lot_.said.reg_end),
    "session": lambda lot_: _stamp(lot_.said.auction_time),
    "price": lambda lot_: lot_.row.start_price,
    "price_m2": lambda lot_: lot_.row.start_price_m2,
    "area": lambda lot_: lot_.row.area,
}


def in_order(found: Iterable[Lot], sort: str) -> list[Lot]:
    """By a key of `ORDERS`, `-` before it for the other way; lots without a value come last."""
    key = ORDERS.get(sort.removeprefix("-"), _urgent)
    named = sorted(found, key=lambda each: (each.row.auction_code, each.row.lot_code))
    keyed = [(key(each), each) for each in named]
    without = [each for value, each in keyed if value in (None, float("inf"))]
    valued = [pair for pair in keyed if pair[0] not in (None, float("inf"))]
    valued.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [*(each for _value, each in valued), *without]


def counts(found: Iterable[Lot]) -> dict[str, int]:
    """How many lots stand at each stage, every stage named."""
    tally = dict.fromkeys(STAGES, 0)
    for each in found:
        tally[each.stage.value] += 1
    return tally
