"""Where the public land of each commune lies: kinds of zones, how many, and room for them."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.lattice import Block, Frame, Pattern, Placement, divide, frame
from gis_portal.demo.noise import Warp
from gis_portal.demo.places import CON_DAO, Commune

PATTERNS = {
    p.kind: p
    for p in (
        Pattern("urban", (5, 5), (55, 110), (15, 26), 7.0, 0.38, 11, 3.0, 0.55, 0.07, 0.25),
        Pattern("resettlement", (5, 4), (70, 120), (18, 22), 5.6, 0.12, 14, 4.0, 0.8, 0.1, 0.0),
        Pattern("village", (4, 3), (90, 170), (28, 50), 15.0, 0.45, 8, 2.0, 0.5, 0.08, 1.2),
        Pattern("farm", (4, 4), (160, 300), (45, 85), 42.0, 0.4, 7, 0.0, 0.6, 0.02, 3.0),
        Pattern("salt", (3, 3), (200, 360), (70, 105), 90.0, 0.25, 9, 0.0, 0.8, 0.0, 2.0),
        Pattern("ponds", (3, 3), (260, 480), (75, 140), 110.0, 0.35, 12, 0.0, 0.7, 0.02, 7.0),
        Pattern("rubber", (3, 3), (420, 700), (180, 300), 260.0, 0.3, 12, 0.0, 0.5, 0.05, 8.0),
    )
}
SALT = {"26659", "26542", "26566", "26545"}
PONDS = {"26545", "26542", "26710", "26713", "26566", "26686", "26620", "26704"}
RUBBER = {"26596", "26608", "26575", "26590", "26584", "26638", "26641", "26647", "26725"}


@dataclass
class Zone:
    """A divided zone in one commune: its blocks, street axes and outline in grid metres."""

    commune: Commune
    pattern: Pattern
    hull: shapely.Polygon
    blocks: list[Block]
    streets: list[shapely.LineString]


@dataclass
class Room:
    """What is still free inside one commune; `taken` grows as zones are placed."""

    free: BaseGeometry
    taken: list[shapely.Polygon] = field(default_factory=list)

    def __post_init__(self) -> None:
        shapely.prepare(self.free)

    def fits(self, hull: shapely.Polygon) -> bool:
        """Inside the commune, off the main roads, and clear of every zone placed before."""
        if not self.free.contains(hull):
            return False
        return not self.taken or not bool(np.any(shapely.intersects(self.taken, hull)))


def wanted(commune: Commune) -> list[tuple[str, int]]:
    """Kinds of zones of a commune and how many lots of each the register should hold."""
    if commune.code == CON_DAO:
        return [("urban", 60), ("village", 45), ("farm", 8)]
    quotas = [("urban", 120), ("resettlement", 80), ("village", 58)] if commune.is_ward else [
        ("village", 105), ("resettlement", 45), ("farm", 66)
    ]  # fmt: skip
    if commune.is_ward and commune.area_km2 > 30:
        quotas.append(("farm", 40))
    quotas += [("salt", 26)] if commune.code in SALT else []
    quotas += [("ponds", 28)] if commune.code in PONDS else []
    quotas += [("rubber", 9)] if commune.code in RUBBER else []
    return quotas


def place_zones(rng: np.random.Generator, commune: Commune, room: Room) -> list[Zone]:
    """Zones until each quota is met or there is no room left."""
    zones: list[Zone] = []
    # The widest first: small zones still find gaps afterwards.
    for kind, quota in reversed(wanted(commune)):
        count = 0
        while count < quota:
            zone = _place(rng, commune, PATTERNS[kind], room, quota - count)
            if zone is None:
                break
            zones.append(zone)
            count += sum(len(block.lots) for block in zone.blocks)
    return zones


def _place(
    rng: np.random.Generator, commune: Commune, pattern: Pattern, room: Room, wanted_lots: int
) -> Zone | None:
    """One zone at a free spot, nearer to former commune centres when it is built-up land."""
    streets = frame(rng, pattern)
    spread = 420.0 if pattern.lot_width < 20 else 1500.0
    for attempt in range(160):
        near = commune.old[int(rng.integers(len(commune.old)))].centre
        reach = spread * (1 + attempt / 30)
        centre = (near[0] + rng.normal(0, reach), near[1] + rng.normal(0, reach))
        if not shapely.contains_xy(room.free, *centre):
            continue
        place = Placement(centre, rng.uniform(0, np.pi), Warp(rng, [(6.0, 900.0), (2.0, 320.0)]))
        hull = _hull(streets.size, pattern.road, place)
        if room.fits(hull):
            room.taken.append(hull)
            blocks = _divide_some(rng, pattern, streets, place, wanted_lots)
            lines = [shapely.LineString(place(street)) for street in streets.streets]
            return Zone(commune, pattern, hull, blocks, lines)
    return None


def _divide_some(
    rng: np.random.Generator, pattern: Pattern, streets: Frame, place: Placement, wanted_lots: int
) -> list[Block]:
    """All blocks; once the quota is met the lots of the rest are private land."""
    blocks: list[Block] = []
    count = 0
    for corner in streets.blocks:
        block = divide(rng, pattern, corner, place)
        blocks.append(block if count < wanted_lots else Block(block.outline, []))
        count += len(block.lots)
    return blocks


def _hull(size: tuple[float, float], road: float, place: Placement) -> shapely.Polygon:
    """Outline with a strip of road round it, as a polygon with enough points to bend."""
    u, v = size[0] / 2 + road, size[1] / 2 + road
    ring = shapely.segmentize(shapely.box(-u, -v, u, v), 60.0)
    return shapely.Polygon(place(shapely.get_coordinates(ring))).buffer(4.0, quad_segs=1)
