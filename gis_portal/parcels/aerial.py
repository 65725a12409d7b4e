"""Pictures of a parcel from above, before and now, as squares of the imagery with its outline on
top: an SVG of the server, that needs no script and can be printed.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gis_portal.parcels.parts import ParcelFacts, Picture, Ring
from layers.crs import WEB_MERCATOR, Crs, by_code, transformer
from tiles.grid import HALF_WORLD, Tile
from tiles.imagery.scenes import digest_of

# Units of the drawing.
WIDTH, HEIGHT = 360.0, 270.0
# The parcel takes so much of the drawing at most; a small one shows this many metres around it.
FILLED = 0.6
LEAST_METRES = 120.0
# Beyond it, enlarged pixels say no more.
LAST_ZOOM = 20


@dataclass(frozen=True)
class Square:
    """One picture of the imagery and where it lies in the drawing."""

    href: str
    x: float
    y: float
    side: float


@dataclass(frozen=True)
class View:
    """The ground on one day."""

    date: dt.date
    source: str
    resolution: float | None
    whole: bool
    illustrative: bool
    width: float
    height: float
    squares: tuple[Square, ...]
    outline: str


def before_and_now(facts: ParcelFacts) -> tuple[View, ...]:
    """The oldest and the newest picture of the parcel; one, or none, where there are no two."""
    return views_of(facts.imagery, by_code(facts.areas.grid_code), facts.corners)


def views_of(imagery: Iterable[Picture], crs: Crs, rings: Sequence[Ring]) -> tuple[View, ...]:
    """The same of any polygon, whose rings are measured in this grid."""
    pictures = {picture.date: picture for picture in imagery}
    days = sorted(pictures)
    chosen = [days[0], days[-1]] if len(days) > 1 else days
    if not chosen:
        return ()
    frame, outline = _frame(crs, rings)
    return tuple(_view(pictures[day], frame, outline) for day in chosen)


@dataclass(frozen=True)
class _Frame:
    """What of Web Mercator is drawn: its north-west corner and units a metre."""

    west: float
    north: float
    scale: float


def _frame(crs: Crs, corners: Sequence[Ring]) -> tuple[_Frame, str]:
    """The parcel in the middle, and its outline as a path."""
    move = transformer(crs, WEB_MERCATOR)
    paths = [np.array(ring.path) for ring in corners]
    rings = [np.column_stack(move.transform(path[:, 0], path[:, 1])) for path in paths]
    every = np.vstack(rings)
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    wide = max((east - west) / FILLED, (north - south) / FILLED * WIDTH / HEIGHT, LEAST_METRES)
    scale = WIDTH / wide
    frame = _Frame(
        (west + east) / 2 - WIDTH / 2 / scale, (south + north) / 2 + HEIGHT / 2 / scale, scale
    )
    steps = [
        "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in _at(frame, ring)) + "Z" for ring in rings
    ]
    return frame, " ".join(steps)


def _at(frame: _Frame, positions: np.ndarray) -> np.ndarray:
    east, north = positions[:, 0] - frame.west, frame.north - positions[:, 1]
    return np.column_stack([east, north]) * frame.scale


def _view(picture: Picture, frame: _Frame, outline: str) -> View:
    return View(
        date=picture.date,
        source=picture.source,
        resolution=picture.resolution,
        whole=picture.whole,
        illustrative=picture.illustrative,
        width=WIDTH,
        height=HEIGHT,
        squares=_squares(picture, frame),
        outline=outline,
    )


def _squares(picture: Picture, frame: _Frame) -> tuple[Square, ...]:
    """The squares that fill the drawing: two or three across."""
    wide = WIDTH / frame.scale
    zoom = min(LAST_ZOOM, max(0, math.floor(math.log2(2 * HALF_WORLD / (wide * 0.6)))))
    side = 2 * HALF_WORLD / 2**zoom
    first_x = math.floor((frame.west + HALF_WORLD) / side)
    last_x = math.floor((frame.west + wide + HALF_WORLD) / side)
    first_y = math.floor((HALF_WORLD - frame.north) / side)
    last_y = math.floor((HALF_WORLD - frame.north + HEIGHT / frame.scale) / side)
    place = f"/imagery/{picture.layer_slug}/{picture.version_id}/{picture.date.isoformat()}"
    digest = digest_of(picture.layer_slug, picture.version_id)
    found = []
    for x in range(first_x, last_x + 1):
        for y in range(first_y, last_y + 1):
            tile = Tile(zoom, x, y)
            left, top = _at(frame, np.array([[tile.left, tile.top]]))[0]
            href = f"{place}/{zoom}/{x}/{y}.webp?d={digest}"
            units = side * frame.scale
            found.append(Square(href, round(left, 1), round(top, 1), round(units + 0.2, 1)))
    return tuple(found)
