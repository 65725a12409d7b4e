"""The fixed places that every server is asked for: tiles z7–z17, and boxes of lists.

Seeded: the same for every server, pass and run over the same parcels.
"""

import random
from dataclasses import dataclass

from tiles.grid import Tile, covering

SEED = 20261122
FIRST_ZOOM, LAST_ZOOM = 7, 17
# At most so many of a zoom; below, of a million parcels, there are fewer.
MOST = {13: 140}
MOST_OF_A_ZOOM = 340
BOXES = 500
# Side of a box, degrees: some 2.4–3.3 km, more parcels than a page of a list has (1,000).
SMALLEST, LARGEST = 0.022, 0.030


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return f"{self.west:.6f},{self.south:.6f},{self.east:.6f},{self.north:.6f}"


def tiles_of(extent: Box) -> tuple[Tile, ...]:
    """All zooms in one shuffled list: no server meets a run of heavy or light squares."""
    chance = random.Random(SEED)
    found: list[Tile] = []
    for z in range(FIRST_ZOOM, LAST_ZOOM + 1):
        all_of_them = covering(z, extent.west, extent.south, extent.east, extent.north)
        most = MOST.get(z, MOST_OF_A_ZOOM)
        found += chance.sample(all_of_them, min(most, len(all_of_them)))
    chance.shuffle(found)
    return tuple(found)


def boxes_of(extent: Box) -> tuple[Box, ...]:
    """Boxes of any size between the two, wholly inside the extent where it is wide enough."""
    chance = random.Random(SEED + 1)
    boxes = []
    for _ in range(BOXES):
        side = chance.uniform(SMALLEST, LARGEST)
        west = chance.uniform(extent.west, max(extent.west, extent.east - side))
        south = chance.uniform(extent.south, max(extent.south, extent.north - side))
        corners = (west, south, west + side, south + side)
        boxes.append(Box(*(round(corner, 6) for corner in corners)))
    return tuple(boxes)
