"""What the home page opens with beside the map: lots whose registration ends this week, and what
was published lately.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from gis_portal.auctions.listing import Line, lines
from gis_portal.auctions.lots import Filter, lots
from gis_portal.maps.cards import LayerCard
from layers.errors import LayerNotPublished, UnknownLayer
from layers.permissions import User

CLOSING_DAYS = 7
SHOWN = 3
_NEW = dt.timedelta(days=30)


@dataclass(frozen=True)
class Closing:
    """The first lots by the end of their registration, and how many there are in all."""

    lines: list[Line]
    count: int
    days: int = CLOSING_DAYS


def closing_soon(user: User | None, language: str) -> Closing | None:
    """None where no lots are published for this reader."""
    try:
        found = lots(Filter(closing_days=CLOSING_DAYS), user=user)
    except (UnknownLayer, LayerNotPublished):
        return None
    return Closing(lines(found[:SHOWN], language), len(found))


def published_lately(cards: Iterable[LayerCard]) -> list[LayerCard]:
    """The newest publications of the last thirty days, the last one first."""
    since = timezone.now() - _NEW
    dated = [
        (card.version.published_at, card)
        for card in cards
        if card.version and card.version.published_at and card.version.published_at > since
    ]
    return [card for _when, card in sorted(dated, key=lambda each: each[0], reverse=True)[:SHOWN]]
