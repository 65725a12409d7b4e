"""The tile grid: WebMercatorQuad, and what one tile's square measures.

Pure arithmetic, no database. `detail.py` and `lod.py` take their numbers from here.
"""

import math
from dataclasses import dataclass

from layers.errors import BadTile

MAX_ZOOM = 22
# Units of a vector tile's own grid along one side, and the margin around it that shapes are cut at.
EXTENT = 4096
MARGIN = 64
# A screen pixel in grid units: map libraries draw a vector tile 512 pixels wide.
PIXEL = EXTENT // 512
HALF_WORLD = 20037508.342789244


@dataclass(frozen=True)
class Tile:
    """One square of the grid, checked: 0 ≤ z ≤ 22, 0 ≤ x, y < 2^z; y counts from the north."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise BadTile
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise BadTile

    @classmethod
    def parse(cls, z: str, x: str, y: str) -> "Tile":
        """From the parts of an address. Raises BadTile for anything but plain decimal digits."""
        if not all(part.isascii() and part.isdigit() and len(part) <= 8 for part in (z, x, y)):
            raise BadTile
        return cls(int(z), int(x), int(y))

    @classmethod
    def at(cls, z: int, lon: float, lat: float) -> "Tile":
        """The tile that holds a WGS 84 position, degrees."""
        side = 2**z
        east = int((lon + 180) / 360 * side)
        south = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
        return cls(z, min(max(east, 0), side - 1), min(max(south, 0), side - 1))

    @property
    def side(self) -> float:
        """Length of a side, metres of EPSG:3857."""
        return 2 * HALF_WORLD / (1 << self.z)

    @property
    def left(self) -> float:
        """Western edge, EPSG:3857."""
        return -HALF_WORLD + self.x * self.side

    @property
    def top(self) -> float:
        """Northern edge, EPSG:3857."""
        return HALF_WORLD - self.y * self.side

    def parameters(self) -> dict[str, float]:
        """The numbers of the tile statements.

        `k` grid units a metre, `unit` metres a grid unit; x' = k·x + dx, y' = dy − k·y move
        EPSG:3857 onto the tile's grid (y down); `west south east north` is the square with its
        margin, EPSG:3857.
        """
        # Each once: this is done for every tile that is made.
        side, left, top = self.side, self.left, self.top
        k = EXTENT / side
        margin = MARGIN / k
        return {
            "z": self.z,
            "x": self.x,
            "y": self.y,
            "k": k,
            "unit": 1 / k,
            "dx": -left * k,
            "dy": top * k,
            "west": left - margin,
            "south": top - side - margin,
            "east": left + side + margin,
            "north": top + margin,
        }


def touches(tile: Tile, west: float, south: float, east: float, north: float) -> bool:
    """The tile is one of those that `covering` lists."""
    first, last = Tile.at(tile.z, west, north), Tile.at(tile.z, east, south)
    return first.x <= tile.x <= last.x and first.y <= tile.y <= last.y


def covering(z: int, west: float, south: float, east: float, north: float) -> list[Tile]:
    """All tiles of one zoom that touch a WGS 84 box, row by row from the north-west."""
    first, last = Tile.at(z, west, north), Tile.at(z, east, south)
    return [Tile(z, x, y) for y in range(first.y, last.y + 1) for x in range(first.x, last.x + 1)]
