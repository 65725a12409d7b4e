"""Which lots are meant: the query of the list, one lot, a circle. Read alike by all three ways."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.auctions import asked as asking
from gis_portal.auctions.lots import Lot, lot, lots, matches
from gis_portal.follow.errors import UnreadableChoice
from layers.province import in_province
from layers.values import group_digits

NEAREST_M, FARTHEST_M = 100, 20_000
_DEGREE_M = 111_320


@dataclass(frozen=True)
class Circle:
    """A place and how far around it, in metres."""

    lon: float
    lat: float
    radius: float

    def covers(self, found: Lot) -> bool:
        """The lot's middle lies within."""
        east = (found.row.lon - self.lon) * math.cos(math.radians(self.lat))
        return math.hypot(east, found.row.lat - self.lat) * _DEGREE_M <= self.radius


@dataclass(frozen=True)
class Chosen:
    """Some lots; `words` say which, "" for all or for a filter that has none; `query` names them
    again.
    """

    lots: list[Lot]
    words: str
    query: str
    is_narrowed: bool


def choose(query: QueryDict, now: dt.datetime) -> Chosen:
    """The public lots that an address names. Raises UnreadableChoice, UnknownItem, ItemRetired,
    UnknownLayer, LayerNotPublished.
    """
    every = lots(now=now, user=None)
    words, kept = [], []
    if uid := read_uid(query):
        one = lot(uid, now, None)
        every = [each for each in every if each.uid == uid]
        words.append(_("Lô %(code)s") % {"code": one.row.lot_code})
        kept.append(f"lot={uid}")
    circle = read_circle(query)
    if circle is not None:
        every = [each for each in every if circle.covers(each)]
        words.append(circle_words(circle))
        kept.append(f"lon={circle.lon}&lat={circle.lat}&radius={circle.radius:g}")
    asked = asking.read(query)
    if asked.problems:
        raise UnreadableChoice(next(iter(asked.problems.values())))
    if asked.place is not None and asked.place.words:
        words.append(asked.place.words)
    if listed := asked.query(sort=None):
        kept.append(listed)
    found = [each for each in every if matches(each, asked.filter)]
    is_narrowed = bool(words) or bool(asked.values.keys() - {"sort", "lang"})
    return Chosen(found, ", ".join(words), "&".join(kept), is_narrowed)


def read_uid(query: Mapping[str, str]) -> UUID | None:
    """`lot=`. Raises UnreadableChoice."""
    text = str(query.get("lot") or "").strip()
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise UnreadableChoice(_("Mã lô viết sai.")) from error


def read_circle(query: Mapping[str, str]) -> Circle | None:
    """`lon=&lat=&radius=`, all of them or none. Raises UnreadableChoice."""
    told = [str(query.get(name) or "").strip() for name in ("lon", "lat", "radius")]
    if not any(told):
        return None
    try:
        lon, lat, radius = (float(text.replace(",", ".")) for text in told)
    except ValueError as error:
        raise UnreadableChoice(_("Vòng tròn cần đủ kinh độ, vĩ độ và bán kính (m).")) from error
    if not in_province(lon, lat):
        raise UnreadableChoice(_("Tâm vòng tròn nằm ngoài tỉnh."))
    if not NEAREST_M <= radius <= FARTHEST_M:
        raise UnreadableChoice(_("Bán kính từ 100 m đến 20 km."))
    return Circle(round(lon, 6), round(lat, 6), round(radius))


def circle_words(circle: Circle) -> str:
    """`trong vòng 2 km quanh 10.34600, 107.08400`."""
    language = "en" if get_language() == "en" else "vi"
    near = circle.radius < 1000
    far = group_digits(circle.radius if near else circle.radius / 1000, None, language)
    far = f"{far} {'m' if near else 'km'}"
    place = f"{circle.lat:.5f}, {circle.lon:.5f}"
    return _("trong vòng %(far)s quanh %(place)s") % {"far": far, "place": place}
