"""How fresh each layer is against what its owner promised; of today, so it is never kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from gis_portal.maps.cards import LayerCard, card_of
from layers.models import Layer


@dataclass(frozen=True)
class Freshness:
    """Layers in three groups, each in the order of sectors."""

    late: tuple[LayerCard, ...]
    on_time: tuple[LayerCard, ...]
    unknown: tuple[LayerCard, ...]

    @property
    def all(self) -> tuple[LayerCard, ...]:
        """Late ones first: that is what somebody must see."""
        return (*self.late, *self.on_time, *self.unknown)


def freshness_of(layers: Iterable[Layer], language: str) -> Freshness:
    """Of the layers that were fetched."""
    cards = [card_of(layer, language) for layer in layers]
    cards.sort(key=lambda card: (card.layer.sector.position, card.layer.position, card.slug))
    return Freshness(
        late=tuple(card for card in cards if card.freshness == "late"),
        on_time=tuple(card for card in cards if card.freshness == "on-time"),
        unknown=tuple(card for card in cards if card.freshness == "unknown"),
    )
