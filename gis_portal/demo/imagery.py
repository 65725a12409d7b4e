"""Two illustrative pictures of the same place, two years apart: what a flight over the demo would
show.

Painted from the demo's own roads, streets and blocks with invented fields, trees and roofs, so that
auction lots lie where houses are being built. Pixels of 2 m in the grid of the cadastre, (rows,
columns) from the north-west corner.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.features import rasterize

from gis_portal.demo.grid import GRID
from gis_portal.demo.routes import Route
from gis_portal.demo.zones import Zone

SIZE = 2.0
WIDTH, HEIGHT = 1500, 1250
# Kinds of zones that are built up, and what part of them stands in each year.
_BUILT = ("urban", "resettlement", "village")
_ROOFS = np.array([[168, 92, 70], [150, 78, 60], [188, 186, 180], [120, 132, 150], [206, 200, 188]])
_CROPS = np.array([[96, 122, 62], [124, 140, 74], [152, 146, 92], [84, 108, 58], [170, 150, 108]])
_ASPHALT, _EARTH, _WATER = (112, 112, 114), (186, 142, 104), (70, 96, 100)
_TREES, _YARD = (58, 84, 48), (150, 144, 122)


@dataclass(frozen=True)
class Flight:
    """One picture: its day, the share of the settlement that stands, and the light of the day."""

    day: dt.date
    built: float
    light: float
    haze: float


FLIGHTS = (
    Flight(dt.date(2024, 2, 20), built=0.42, light=0.94, haze=14.0),
    Flight(dt.date(2026, 3, 5), built=0.9, light=1.03, haze=4.0),
)


@dataclass(frozen=True)
class Ground:
    """What both pictures show alike; shapes in grid metres."""

    transform: Affine
    zones: list[Zone]
    routes: list[Route]
    houses: list[Any]
    # Position of each house between the old centre (0) and the edge of the settlement (1).
    age: np.ndarray


def write_scenes(
    rng: np.random.Generator,
    paths: list[Path],
    zones: list[Zone],
    routes: list[Route],
    auctioned: np.ndarray,
) -> None:
    """Both pictures. `auctioned` (n, 2): where plots are to be auctioned; most are in sight."""
    ground = _ground(rng, zones, routes, auctioned)
    seed = int(rng.integers(2**31))
    for flight, path in zip(FLIGHTS, paths, strict=True):
        _write(path, _painted(ground, flight, seed), ground.transform, flight)


def _write(path: Path, pixels: np.ndarray, transform: Affine, flight: Flight) -> None:
    """As a photogrammetric program saves it: black is nothing."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=WIDTH,
        height=HEIGHT,
        count=3,
        dtype="uint8",
        crs=GRID.code,
        transform=transform,
        nodata=0,
        tiled=True,
        compress="deflate",
        zlevel=1,
        photometric="RGB",
    ) as target:
        target.write(pixels)
        target.update_tags(TIFFTAG_DATETIME=f"{flight.day:%Y:%m:%d} 10:00:00")


def _ground(
    rng: np.random.Generator, zones: list[Zone], routes: list[Route], auctioned: np.ndarray
) -> Ground:
    """The window that sees most of the plots to be auctioned."""
    half = np.array([WIDTH, HEIGHT]) * SIZE / 2
    centres = np.array([zone.hull.centroid.coords[0] for zone in zones if _is_built(zone)])
    seen = [(np.abs(auctioned - centre) < half * 0.9).all(axis=1).sum() for centre in centres]
    centre = np.round(centres[int(np.argmax(seen))] / SIZE) * SIZE
    west, north = centre[0] - half[0], centre[1] + half[1]
    window = shapely.box(west, centre[1] - half[1], centre[0] + half[0], north)
    inside = [zone for zone in zones if zone.hull.intersects(window)]
    houses = [house for zone in inside if _is_built(zone) for house in _houses(rng, zone)]
    places = shapely.get_coordinates(shapely.centroid(houses))
    away = np.hypot(*(places - centre).T) / np.hypot(*half)
    return Ground(
        transform=Affine(SIZE, 0, west, 0, -SIZE, north),
        zones=inside,
        routes=[route for route in routes if route.line.intersects(window)],
        houses=houses,
        age=np.clip(away + rng.normal(0, 0.16, len(houses)), 0, 1),
    )


def _is_built(zone: Zone) -> bool:
    return zone.pattern.kind in _BUILT


def _houses(rng: np.random.Generator, zone: Zone) -> list[Any]:
    """Roofs along both sides of each block."""
    found: list[Any] = []
    step = max(8.0, zone.pattern.lot_width * 1.25)
    for block in zone.blocks:
        ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(block.outline))[:4]
        along, across = ring[1] - ring[0], ring[2] - ring[1]
        if np.hypot(*along) < np.hypot(*across):
            ring, along, across = np.roll(ring, -1, axis=0), across, -along
        length, depth = np.hypot(*along), np.hypot(*across)
        u, v = along / length, across / depth
        for offset in np.arange(step / 2, length, step):
            for side in (0.24, 0.76):
                middle = ring[0] + u * (offset + rng.normal(0, 0.8)) + v * depth * side
                found.append(_roof(middle, u, v, rng.uniform(0.3, 0.44) * step, depth * 0.15))
    return found


def _roof(middle: np.ndarray, u: np.ndarray, v: np.ndarray, wide: float, deep: float) -> Any:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return shapely.Polygon([middle + u * wide * a + v * deep * b for a, b in corners])


def _painted(ground: Ground, flight: Flight, seed: int) -> np.ndarray:
    """uint8 (3, HEIGHT, WIDTH); black where the flight has not been."""
    steady, own = np.random.default_rng(seed), np.random.default_rng([seed, flight.day.year])
    picture = _fields(steady, own)
    wood, wet = _clouds(steady, 90), _clouds(steady, 160)
    _lay(picture, wood > 1.15, _TREES)
    _lay(picture, np.abs(wet) < 0.022, _WATER)
    _settle(picture, ground, flight, own)
    picture *= 1 + own.normal(0, 0.045, (HEIGHT, WIDTH, 1))
    picture *= 1 + 0.05 * _clouds(own, 40)[..., None]
    picture = _soft(picture) * flight.light + flight.haze
    pixels = np.clip(picture, 1, 255).astype(np.uint8)
    pixels[~_flown(flight)] = 0
    return np.moveaxis(pixels, -1, 0)


def _fields(steady: np.random.Generator, own: np.random.Generator) -> np.ndarray:
    """Fields of one crop each, ploughed along their length, with hedges between them."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) * SIZE
    bend = _clouds(steady, 220) * 14
    angle = steady.uniform(0.2, 1.2)
    u = columns * np.cos(angle) + rows * np.sin(angle) + bend
    v = rows * np.cos(angle) - columns * np.sin(angle) + bend
    strip = np.floor(v / 62).astype(int)
    shift = steady.uniform(0, 170, 4000)[strip % 4000]
    field = np.floor((u + shift) / 172).astype(int)
    number = (strip * 7919 + field * 104_729) % 5003
    crop = steady.integers(0, len(_CROPS), 5003)
    turned = own.random(5003) < 0.45
    crop[turned] = own.integers(0, len(_CROPS), int(turned.sum()))
    picture: np.ndarray = _CROPS[crop[number]].astype(np.float32)
    picture *= (1 + 0.05 * np.sin(v * 1.4))[..., None]
    edge = ((v % 62) < 4) | (((u + shift) % 172) < 4)
    _lay(picture, edge & (_clouds(steady, 12) > -0.2), _TREES)
    return picture


def _settle(picture: np.ndarray, ground: Ground, flight: Flight, own: np.random.Generator) -> None:
    """Blocks, streets, roads and the roofs that stand by then."""
    built = [zone for zone in ground.zones if _is_built(zone)]
    reach = _reach(ground) < flight.built * 1.05
    blocks = _mask(ground, [block.outline for zone in built for block in zone.blocks])
    hulls = _mask(ground, [zone.hull for zone in built])
    _lay(picture, hulls & reach, _YARD)
    _lay(picture, blocks & reach & (_clouds(own, 6) > 0.7), _TREES)
    streets = [line.buffer(z.pattern.road * 0.38) for z in ground.zones for line in z.streets]
    paved = _mask(ground, streets)
    _lay(picture, paved & hulls & ~reach, _EARTH)
    _lay(picture, paved & ~hulls, _EARTH)
    _lay(picture, paved & hulls & reach, _ASPHALT)
    stand = np.flatnonzero(ground.age < flight.built)
    kinds = np.random.default_rng(len(ground.houses)).integers(0, len(_ROOFS), len(ground.houses))
    shade = [shapely.transform(ground.houses[i], _shaded) for i in stand]
    _lay(picture, _mask(ground, shade), (78, 80, 70))
    roofs = [(ground.houses[i], int(kinds[i]) + 1) for i in stand]
    which = rasterize(roofs, (HEIGHT, WIDTH), transform=ground.transform, dtype="uint8")
    for kind, colour in enumerate(_ROOFS, start=1):
        _lay(picture, which == kind, colour)
    wide = [route.line.buffer(route.right_of_way * 0.36) for route in ground.routes]
    _lay(picture, _mask(ground, wide), _EARTH)
    lanes = [route.line.buffer(route.lanes * 1.9) for route in ground.routes]
    _lay(picture, _mask(ground, lanes), _ASPHALT)


def _shaded(xy: np.ndarray) -> np.ndarray:
    """Where a roof throws its shadow: the sun stands in the south-east."""
    return np.asarray(xy + np.array([-2.5, 2.5]))


def _reach(ground: Ground) -> np.ndarray:
    """Each pixel's place between the old centre (0) and the corner of the picture (1)."""
    rows, columns = np.ogrid[0:HEIGHT, 0:WIDTH]
    away = np.hypot(rows - HEIGHT / 2, columns - WIDTH / 2)
    return np.asarray(away / np.hypot(HEIGHT / 2, WIDTH / 2))


def _mask(ground: Ground, shapes: list[Any]) -> np.ndarray:
    """Pixels inside any of the shapes, bool."""
    if not shapes:
        return np.zeros((HEIGHT, WIDTH), bool)
    found = rasterize(shapes, (HEIGHT, WIDTH), transform=ground.transform, dtype="uint8")
    return np.asarray(found, bool)


def _lay(picture: np.ndarray, where: np.ndarray, colour: Any) -> None:
    picture[where] = colour


def _clouds(rng: np.random.Generator, size: float) -> np.ndarray:
    """Smooth noise, (HEIGHT, WIDTH), of mean 0 and deviation about 1; lumps of `size` pixels."""
    high, wide = int(HEIGHT / size) + 3, int(WIDTH / size) + 3
    coarse = rng.normal(0, 1.35, (high, wide)).astype(np.float32)
    rows, columns = np.arange(HEIGHT) / size, np.arange(WIDTH) / size
    return _between(_between(coarse, rows).T, columns).T


def _between(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows of `values` at fractional places, eased so that no lattice shows."""
    below = places.astype(int)
    part = places - below
    part = (part * part * (3 - 2 * part)).astype(np.float32)[:, None]
    return np.asarray(values[below] * (1 - part) + values[below + 1] * part)


def _soft(picture: np.ndarray) -> np.ndarray:
    """As a lens leaves it: a little of each neighbour."""
    soft = picture * 2
    for axis in (0, 1):
        soft += np.roll(picture, 1, axis) + np.roll(picture, -1, axis)
    return soft / 6


def _flown(flight: Flight) -> np.ndarray:
    """Where the strips of the flight lie: the corners of the earlier one are missing."""
    rows, columns = np.ogrid[0:HEIGHT, 0:WIDTH]
    lean = 0.09 if flight is FLIGHTS[0] else 0.0
    across = columns - lean * (HEIGHT - rows)
    back = columns + lean * rows
    return np.asarray((across > -0.5 - lean * 300) & (back < WIDTH + lean * 300))
