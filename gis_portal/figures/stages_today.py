"""Auction lots by the stage that they have now: the file, stewards' entries and the clock together.

Counted at every request, as the auction pages count (`gis_portal.auctions.lots`): what moves with
the clock cannot be remembered by version. Each number leads to the list of exactly these lots.
"""

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from gis_portal.auctions.lots import Filter, Lot, lots
from gis_portal.auctions.stages import GROUPS, STAGES, Stage
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
    """The stages that occur, in the order of the life cycle by group, and all of them."""

    lines: tuple[Line, ...]
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
    by_stage: dict[str, list[Lot]] = defaultdict(list)
    for lot in every:
        by_stage[lot.stage.value].append(lot)
    most = max(map(len, by_stage.values()), default=1)
    order = sorted(STAGES.values(), key=lambda stage: GROUPS.index(stage.group))
    lines = tuple(
        _line(found, most, stage.label(language), stage, {"stage": stage.value, "unit": unit})
        for stage in order
        if (found := by_stage.get(stage.value))
    )
    return StagesToday(lines, _line(every, most, "", None, {"unit": unit}))


def open_lots(user: User | None) -> int | None:
    """How many take dossiers now; None where no lots are published."""
    try:
        return sum(lot.stage.group == OPEN for lot in lots(user=user))
    except (UnknownLayer, LayerNotPublished):
        return None


def open_lots_address() -> str:
    """The list that `open_lots` counts."""
    return f"{reverse('auctions')}?{urlencode({'stage': OPEN})}"


def _line(
    found: list[Lot], most: int, label: str, stage: Stage | None, query: dict[str, str]
) -> Line:
    told = urlencode({name: value for name, value in query.items() if value})
    return Line(
        label=label,
        colour=stage.colour if stage else "",
        count=len(found),
        area=sum(lot.row.area or 0 for lot in found),
        price=sum(lot.row.start_price or 0 for lot in found),
        href=f"{reverse('auctions')}?{told}" if told else reverse("auctions"),
        share=f"{len(found) / most * 100:.2f}",
    )
