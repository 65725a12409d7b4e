"""A change in words, for feeds and mails, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.auctions.lots import Lot
from gis_portal.auctions.moments import deadline_words, opening_words
from gis_portal.auctions.stages import STAGES
from gis_portal.follow.models import DATES, NEW, Change
from gis_portal.templatetags.money import short_money
from layers.models import AdminUnit
from layers.values import group_digits


@dataclass(frozen=True)
class Told:
    """A change as people read it."""

    change: Change
    lot: Lot
    title: str
    summary: str


def told(changes: Iterable[Change], lots: Iterable[Lot]) -> list[Told]:
    """Of public lots only; one query for the names of their communes."""
    known = {lot.uid: lot for lot in lots}
    about = [(change, known[change.uid]) for change in changes if change.uid in known]
    names = unit_names(lot for _change, lot in about)
    return [_told(change, lot, named(lot, names)) for change, lot in about]


def unit_names(lots: Iterable[Lot]) -> dict[int, str]:
    """Names of the communes that these lots lie in."""
    ids = {lot.row.unit_id for lot in lots if lot.row.unit_id}
    return dict(AdminUnit.objects.filter(pk__in=ids).values_list("pk", "name"))


def named(lot: Lot, names: dict[int, str]) -> str:
    """`Lô A, Xã Mới`."""
    words = _("Lô %(code)s") % {"code": lot.row.lot_code}
    unit = names.get(lot.row.unit_id or 0, "")
    return f"{words}, {unit}" if unit else words


def _told(change: Change, lot: Lot, name: str) -> Told:
    stage = STAGES[change.stage].label(str(get_language()))
    if change.kind == NEW:
        title = _("Lô mới: %(lot)s") % {"lot": name}
    elif change.kind == DATES:
        title = _("%(lot)s: đổi lịch") % {"lot": name}
    else:
        title = f"{name}: {stage}"
    said = [] if change.kind != NEW else [stage]
    if change.round > 1:
        said.append(_("Đấu giá lần %(n)s") % {"n": change.round})
    if change.reg_end:
        said.append(_("Nhận hồ sơ đến %(when)s") % {"when": deadline_words(change.reg_end)})
    if change.auction_time:
        said.append(_("Đấu giá %(when)s") % {"when": opening_words(change.auction_time)})
    return Told(change, lot, title, ". ".join([*said, price_words(lot)]) + ".")


def price_words(lot: Lot) -> str:
    """`Giá khởi điểm 3,62 tỷ đồng, 120,5 m²`."""
    words = _("Giá khởi điểm %(price)s") % {"price": short_money(lot.row.start_price)}
    if lot.row.area is None:
        return words
    return f"{words}, {group_digits(lot.row.area, 1, str(get_language()))} m²"
