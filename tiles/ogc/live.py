"""A layer by its slug alone, as addresses of the standard have it: version, zooms, limits.

What is said of a public layer is remembered for a minute; a version that was replaced meanwhile is
found out by the tile's own statement. Internal layers are asked for each time: who may see them
depends on the reader.
"""

from dataclasses import dataclass
from typing import Any

from layers.catalogue import layer_by_slug, live_version
from layers.definition import SLUG
from layers.errors import UnknownLayer
from layers.models import Layer
from tiles import known
from tiles.grid import Tile
from tiles.tilejson import bounds, zooms


@dataclass(frozen=True)
class Limits:
    """The tiles of one zoom that touch the layer: x and y of the first and last, inclusive."""

    zoom: int
    west: int
    north: int
    east: int
    south: int

    def holds(self, tile: Tile) -> bool:
        """The tile is one of them."""
        return self.west <= tile.x <= self.east and self.north <= tile.y <= self.south


@dataclass(frozen=True)
class Live:
    """The live version of a layer as far as its tiles' addresses need it."""

    version_id: int
    is_public: bool
    limits: tuple[Limits, ...]

    def holds(self, tile: Tile) -> bool:
        """The tile is within the limits of its zoom."""
        return any(found.zoom == tile.z and found.holds(tile) for found in self.limits)


def limits_of(layer: Layer) -> tuple[Limits, ...]:
    """The limits of each zoom that the layer has tiles at, by the extent of its live version."""
    version = live_version(layer)
    west, south, east, north = bounds(version)
    first, last = zooms(layer.parsed)
    found = []
    for zoom in range(first, last + 1):
        upper, lower = Tile.at(zoom, west, north), Tile.at(zoom, east, south)
        found.append(Limits(zoom, upper.x, upper.y, lower.x, lower.y))
    return tuple(found)


def live_of(slug: str, user: Any, *, anew: bool = False) -> Live:
    """The live version of a layer that this reader may see; `anew` asks the database.

    `user` is called only when it is needed: asking who it is costs a query and a Vary header.
    Raises UnknownLayer, LayerNotPublished.
    """
    if not SLUG.fullmatch(slug):
        raise UnknownLayer
    found = None if anew else known.live.get(slug)
    if isinstance(found, Live):
        return found
    public = Layer.objects.visible_to(None).select_related("live_version").filter(slug=slug).first()
    layer = public or layer_by_slug(slug, user())
    answer = Live(live_version(layer).pk, layer.is_public, limits_of(layer))
    if answer.is_public:
        known.live.put(slug, answer)
    return answer
