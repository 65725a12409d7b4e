"""Which features of a layer come first, as its definition says (`[search] first`): open auctions
before finished ones, the nearest deadline first.
"""

from collections.abc import Sequence
from typing import Any

from layers.models import Layer

# Behind every declared value: what is over.
LAST = 1000
_PLACE = "WHEN %s THEN coalesce(array_position(%s::text[], properties ->> %s), %s)"
_DUE = "WHEN %s THEN properties ->> %s"


def order_columns(layers: Sequence[Layer]) -> tuple[str, list[Any]]:
    """Select list of `place` (0 for layers without an order) and `due` (ISO text or null), and its
    values.
    """
    ordered = [layer for layer in layers if layer.parsed.first.field]
    if not ordered:
        return "0 AS place, NULL::text AS due", []
    places: list[Any] = []
    dues: list[Any] = []
    for layer in ordered:
        first = layer.parsed.first
        places += [layer.live_version_id, list(first.values), first.field, LAST]
        dues += [layer.live_version_id, first.then]
    place, due = " ".join([_PLACE] * len(ordered)), " ".join([_DUE] * len(ordered))
    columns = f"CASE version_id {place} ELSE 0 END AS place, CASE version_id {due} END AS due"
    return columns, [*places, *dues]
