"""Who needs former versions of a layer for longer; asked before they are dropped.

Apps above say so when they are loaded (`add_holder`); `layers` never looks up who they are.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # models can be imported only once all apps are loaded; this is read before
    from layers.models import Layer

Holder = Callable[["Layer"], Iterable[int]]
_holders: dict[str, Holder] = {}


def add_holder(name: str, holder: Holder) -> None:
    """`holder` answers the ids of versions of a layer that must stay for now."""
    _holders[name] = holder


def held_versions(layer: "Layer") -> frozenset[int]:
    """All that somebody holds."""
    return frozenset(pk for holder in _holders.values() for pk in holder(layer))
