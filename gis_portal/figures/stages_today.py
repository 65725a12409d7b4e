"""Auction lots by the stage that they have now: the file, stewards' entries and the clock together.

Counted at every request, as the auction pages count (`gis_portal.auctions.lots`): what moves with
the clock cannot be remembered by version. Each number leads to the list of exactly these lots.
"""

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from gis_portal.auctions.listing import GROUP_WORDS
from gis_portal.auctions.lots import Filter, Lot, lots
from gis_portal.auctions.stages import GROUPS, Stage
from gis_portal.figures.places import Place
from layers.errors import LayerNotPublished, UnknownLayer
from layers.permissions import User

OPEN = "open"


@dataclass(frozen=True)
class Line:
    """Lots of one stage: area in m², sum of starting prices in đồng."""

    label: str
    colour: str
    count: int
    area: float
    price: float
    href: str
    share: str


@dataclass(frozen=True)
class StagesToday:
    """The groups of stages as the auction pages have them, the stages that occur, and all lots."""

    groups: tuple[Line, ...]
    stages: tuple[Line, ...]
    total: Line


def stages_today(
    user: User | None, language: str, place: Place | None = None
) -> StagesToday | None:
    """Of the lots that the reader sees; None where none are published."""
    unit = place.key if place else ""
    ids = frozenset(pk for pk in place.units if pk is not None) if place else None
    try:
        every = lots(Filter(unit_ids=ids), user=user)
    except (UnknownLayer, LayerNotPublished):
        return None
    stages: dict[Stage, list[Lot]] = defaultdict(list)
    groups: dict[str, list[Lot]] = {group: [] for group in GROUP_WORDS}
    for lot in every:
        stages[lot.stage].append(lot)
        groups[lot.stage.group].append(lot)
    order = sorted(stages, key=lambda stage: GROUPS.index(stage.group))
    return StagesToday(
        groups=_lines([(str(GROUP_WORDS[g]), g, "", found) for g, found in groups.items()], unit),
        stages=_lines([(s.label(language), s.value, s.colour, stages[s]) for s in order], unit),
        total=_line("", "", "", every, len(every), unit),
    )


def open_lots(user: User | None) -> int | None:
    """How many take dossiers now; None where no lots are published."""
    try:
        return sum(lot.stage.group == OPEN for lot in lots(user=user))
    except (UnknownLayer, LayerNotPublished):
        return None


def open_lots_address() -> str:
    """The list that `open_lots` counts."""
    return f"{reverse('auctions')}?{urlencode({'stage': OPEN})}"


def _lines(told: list[tuple[str, str, str, list[Lot]]], unit: str) -> tuple[Line, ...]:
    most = max((len(found) for _label, _stage, _colour, found in told), default=0)
    return tuple(
        _line(label, stage, colour, found, most, unit) for label, stage, colour, found in told
    )


def _line(label: str, stage: str, colour: str, found: list[Lot], most: int, unit: str) -> Line:
    told = urlencode({k: v for k, v in (("stage", stage), ("unit", unit)) if v})
    return Line(
        label=label,
        colour=colour,
        count=len(found),
        area=sum(lot.row.area or 0 for lot in found),
        price=sum(lot.row.start_price or 0 for lot in found),
        href=f"{reverse('auctions')}?{told}" if told else reverse("auctions"),
        share=f"{len(found) / (most or 1) * 100:.2f}",
    )
