"""What the address of the list asks for: a filter, an order, a page, and what could not be read.

Everything is in the address, so that it can be kept and sent. Of a box that cannot be read that is
said, and it narrows nothing; a place that nobody knows has no lots.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis_portal.auctions.amounts import parse_amount
from gis_portal.auctions.lots import ORDERS, Filter
from gis_portal.auctions.places import NOWHERE, Place, place_coded, place_named
from gis_portal.auctions.stages import GROUPS, STAGES
from layers.values import BadValue, check_size, parse_moment, parse_number

LONGEST = 100
CLOSING = (3, 7, 14, 30)
# In this order they stand in addresses.
NAMES = (
    "stage",
    "place",
    "unit",
    "price_min",
    "price_max",
    "area_min",
    "area_max",
    "land_use",
    "from",
    "to",
    "closing",
    "code",
    "sort",
    # Who came by an address in a language stays in it.
    "lang",
)
# Boxes that narrow nothing.
_OTHER = frozenset({"sort", "lang"})
DEFAULT_SORT = "urgent"


@dataclass
class Asked:
    """`values` are the boxes as typed, `problems` say by box what is wrong with them."""

    values: dict[str, str] = field(default_factory=dict)
    filter: Filter = field(default_factory=Filter)
    sort: str = DEFAULT_SORT
    page: int = 1
    place: Place | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Anything but the order was asked for."""
        return bool(self.values.keys() - _OTHER)

    @property
    def conditions(self) -> int:
        """How many boxes narrow the list; the stage stands above them."""
        return len(self.values.keys() - _OTHER - {"stage"})

    def query(self, **changed: str | None) -> str:
        """The address's query with some boxes changed (None: left out), without the page."""
        values = {**self.values, **changed}
        return urlencode({name: values[name] for name in NAMES if values.get(name)})


def has_empty(said: QueryDict) -> bool:
    """As a form sends its boxes: the address could say the same in fewer words."""
    return any(not said.get(name, "").strip() for name in NAMES if name in said)


def stages_named(word: str) -> frozenset[str]:
    """A stage, or all of a group; of another word none."""
    if word in GROUPS:
        return frozenset(value for value, stage in STAGES.items() if stage.group == word)
    return frozenset({word} & STAGES.keys())


def read(said: QueryDict) -> Asked:
    """The query of a request."""
    typed = {name: said.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in NAMES}
    asked = Asked(values={name: text for name, text in typed.items() if text})
    stages = stages_named(typed["stage"])
    if not stages:
        asked.values.pop("stage", None)
    if typed["sort"].removeprefix("-") in ORDERS:
        asked.sort = typed["sort"]
    if asked.sort == DEFAULT_SORT:
        asked.values.pop("sort", None)
    page = said.get("page", "")
    asked.page = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    asked.place = _place(asked)
    asked.filter = Filter(
        stages=stages,
        price=(_amount(asked, "price_min"), _amount(asked, "price_max")),
        area=(_number(asked, "area_min"), _number(asked, "area_max")),
        land_use=typed["land_use"],
        session=(_day(asked, "from"), _day(asked, "to")),
        closing_days=_days(asked),
        auction_code=typed["code"],
    )
    if asked.place is not None:
        asked.filter = replace(asked.filter, unit_ids=asked.place.unit_ids)
    return asked


def _place(asked: Asked) -> Place | None:
    name, code = asked.values.get("place", ""), asked.values.get("unit", "")
    if not name and not code:
        return None
    place = place_named(name) if name else place_coded(code)
    if place == NOWHERE:
        words = _("Không có xã, phường, huyện nào, cũ hay mới, tên là “%(name)s”.")
        asked.problems["place" if name else "unit"] = words % {"name": name or code}
    return place


def _amount(asked: Asked, name: str) -> float | None:
    text = asked.values.get(name)
    try:
        return parse_amount(text) if text else None
    except BadValue:
        asked.problems[name] = _("Viết số tiền, ví dụ 500 triệu hoặc 2 tỷ.")
        return None


def _number(asked: Asked, name: str) -> float | None:
    text = asked.values.get(name)
    try:
        if not text:
            return None
        number = parse_number(text)
        check_size(number)
        return float(number)
    except BadValue:
        asked.problems[name] = _("Viết số mét vuông, ví dụ 100 hoặc 120,5.")
        return None


def _day(asked: Asked, name: str) -> dt.date | None:
    text = asked.values.get(name)
    try:
        return parse_moment(text).date() if text else None
    except BadValue:
        asked.problems[name] = _("Viết ngày dạng dd/mm/yyyy, ví dụ 05/07/2027.")
        return None


def _days(asked: Asked) -> int | None:
    text = asked.values.get("closing", "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return int(text)
    asked.problems["closing"] = _("Viết số ngày, ví dụ 14.")
    return None
