"""The stock of public parcels: exactly 7,571 shapes of exactly 11,104 ha in the source grid.

Zones and compartments give more shapes than are needed. Large ones are taken in random order, the
smallest lots make way one for one, and the last large one is cut where the total is reached.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis_portal.demo.forests import Compartment, compartments
from gis_portal.demo.places import Commune
from gis_portal.demo.routes import Route
from gis_portal.demo.zones import Room, Zone, place_zones

PARCELS = 7571
AREA_M2 = 111_040_000.0


@dataclass(frozen=True)
class Plot:
    """One public parcel before it is written up: `kind` is the zone's pattern or `tract`."""

    commune: Commune
    shape: BaseGeometry
    kind: str
    land_use: str = ""
    name: str = ""


@dataclass(frozen=True)
class Stock:
    """The chosen parcels and the zones that they were cut from."""

    plots: list[Plot]
    zones: list[Zone]


def make_stock(rng: np.random.Generator, found: list[Commune], routes: list[Route]) -> Stock:
    """Parcels of the whole province, disjoint and each inside its commune's cell."""
    roads = shapely.unary_union([r.line.buffer(r.right_of_way / 2 + 6) for r in routes])
    shapely.prepare(roads)
    free = [c.cell.buffer(-35.0).difference(roads) for c in found]
    large = compartments(rng, found, free)
    zones: list[Zone] = []
    for commune, area in zip(found, free, strict=True):
        tracts = [c.shape for c in large if c.commune is commune]
        room = Room(area.difference(shapely.unary_union(tracts).buffer(12.0)) if tracts else area)
        zones += place_zones(rng, commune, room)
    lots = [
        Plot(zone.commune, lot, zone.pattern.kind)
        for zone in zones
        for block in zone.blocks
        for lot in block.lots
    ]
    lots = _join_across_streets(rng, lots)
    plots = _choose(rng, lots, _with_holes(rng, large))
    return Stock(plots, zones)


def _join_across_streets(rng: np.random.Generator, lots: list[Plot]) -> list[Plot]:
    """Every 240th lot or so becomes one parcel in two parts, as a road through a site makes it."""
    picked = set(rng.choice(len(lots) - 4, len(lots) // 240, replace=False).tolist())
    result: list[Plot] = []
    used: set[int] = set()
    for i, lot in enumerate(lots):
        if i in used:
            continue
        other = i + 3
        if i in picked and _may_join(lot, lots[other]) and other not in picked:
            used.add(other)
            shape = shapely.union_all([lot.shape, lots[other].shape])
            result.append(Plot(lot.commune, shape, lot.kind))
        else:
            result.append(lot)
    return result


def _may_join(one: Plot, other: Plot) -> bool:
    near = one.shape.distance(other.shape)
    return one.kind == other.kind and one.commune is other.commune and 0 < near < 120


def _with_holes(rng: np.random.Generator, large: list[Compartment]) -> list[Plot]:
    """Compartments as plots; a third has an enclave (a pond, a pagoda, a private orchard)."""
    plots = []
    for item in large:
        shape = item.shape
        if rng.random() < 0.35 and shape.area > 80_000:
            shape = _pierce(rng, shape)
        plots.append(Plot(item.commune, shape, "tract", item.land_use, item.name))
    return plots


def _pierce(rng: np.random.Generator, shape: BaseGeometry) -> BaseGeometry:
    centre = shape.point_on_surface()
    size = rng.uniform(14, 55)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
    radius = size * rng.uniform(0.6, 1.1, 9)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    hole = translate(shapely.Polygon(np.round(ring, 2)).convex_hull, centre.x, centre.y)
    return shape.difference(hole) if shape.buffer(-8).contains(hole) else shape


def _choose(rng: np.random.Generator, lots: list[Plot], large: list[Plot]) -> list[Plot]:
    """Exactly PARCELS plots of AREA_M2. Raises ValueError when the zones gave too few."""
    area = shapely.area([lot.shape for lot in lots])
    # Small lots leave first, in random order, so that no commune is emptied.
    leaving = np.argsort(rng.random(len(lots)) + (area > 320.0))
    leaving_area = np.concatenate([[0.0], np.cumsum(area[leaving])])
    order = rng.permutation(len(large))
    # A compartment of ordinary size is cut at the end.
    total_large = 0.0
    for taken, index in enumerate(order, start=1):
        drop = len(lots) + taken - PARCELS
        if drop < 0:
            continue
        rest = AREA_M2 - (area.sum() - leaving_area[drop]) - total_large
        plot = large[int(index)]
        if plot.shape.area >= rest:
            last = Plot(plot.commune, _cut_to(plot.shape, rest), "tract", plot.land_use, plot.name)
            kept = np.sort(leaving[drop:])
            return [lots[i] for i in kept] + [large[int(i)] for i in order[: taken - 1]] + [last]
        total_large += plot.shape.area
    raise ValueError(f"{len(lots)} lots and {len(large)} compartments do not fill the stock")


def _cut_to(shape: BaseGeometry, area: float) -> BaseGeometry:
    """The western part of `shape` with this area (m²): bisection on a line from north to south."""
    west, south, east, north = shape.bounds
    low, high = west, east
    for _ in range(48):
        middle = (low + high) / 2
        small = shape.intersection(shapely.box(west - 1, south - 1, middle, north + 1)).area < area
        low, high = (middle, high) if small else (low, middle)
    return shape.intersection(shapely.box(west - 1, south - 1, round(high, 3), north + 1))
