"""The frame of a printed map: a round scale that everything fits in, lines of the grid, a bar.

Positions are mm from the frame's upper left corner; x right, y down. Axes are named as in
Vietnamese notation: X is north, Y is east.
"""

import math
from typing import Any

import numpy as np

from gis_portal.parcels.extract.plan import Frame
from gis_portal.templatetags.portal import number

__all__ = ["SCALES", "Frame", "bar", "frame_around", "grid_lines", "grounds"]
SCALES = tuple(
    digit * 10**power for power in range(2, 7) for digit in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5)
)
MARGIN, GRID_LEAST, BAR_MOST = 6.0, 32.0, 50.0
# A single point has no extent: shown with so many metres around it.
LEAST_GROUND = 200.0
# A gap of so many metres that is so much of the whole way parts a map in two.
FAR, FAR_METRES = 0.4, 60_000.0


Ground = tuple[float, float, float, float]


def frame_around(ground: Ground, width: float, height: float) -> Frame:
    """Centred on west, south, east, north of the grid, at the largest round scale with room."""
    west, south, east, north = ground
    across, along = max(east - west, LEAST_GROUND), max(north - south, LEAST_GROUND)
    needed = 1000 * max(across / (width - 2 * MARGIN), along / (height - 2 * MARGIN))
    scale = next((int(scale) for scale in SCALES if scale >= needed), int(SCALES[-1]))
    return Frame((west + east) / 2, (south + north) / 2, width, height, scale)


def grounds(bounds: Any) -> list[Ground]:
    """The ground that shapes with these bounds (n, 4) take: one, or two where an empty stretch
    between them is most of the way, as between the mainland and an archipelago. The one with more
    shapes comes first.
    """
    for low, high in ((1, 3), (0, 2)):
        order = np.argsort(bounds[:, low])
        reached = np.maximum.accumulate(bounds[order, high])
        gaps = bounds[order, low][1:] - reached[:-1]
        whole = reached[-1] - bounds[order[0], low]
        if len(gaps) and gaps.max() > max(FAR * whole, FAR_METRES):
            at = int(gaps.argmax()) + 1
            parts = sorted((bounds[order[:at]], bounds[order[at:]]), key=_weight, reverse=True)
            return [_around(part) for part in parts]
    return [_around(bounds)]


def _weight(bounds: Any) -> tuple[int, float]:
    """Number of shapes, then their ground."""
    return len(bounds), float(np.prod(bounds[:, 2:] - bounds[:, :2], axis=1).sum())


def _around(bounds: Any) -> Ground:
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def grid_lines(frame: Frame) -> dict[str, Any]:
    """Where lines of the grid meet the frame and what they are called; `step` in words."""
    step = _step(frame.scale)
    west, south, east, north = frame.ground
    return {
        "step": f"{number(step)} m",
        "y": [
            [round(frame.mm(x, frame.north)[0], 2), number(x)] for x in _multiples(west, east, step)
        ],
        "x": [
            [round(frame.mm(frame.east, y)[1], 2), number(y)]
            for y in _multiples(south, north, step)
        ],
    }


def _step(scale: int) -> int:
    steps = (digit * int(10**power) for power in range(8) for digit in (1, 2, 5))
    return next(step for step in steps if step * 1000 / scale >= GRID_LEAST)


def _multiples(low: float, high: float, step: int) -> list[int]:
    return list(range(math.ceil(low / step) * step, math.floor(high / step) * step + 1, step))


def bar(scale: int, most: float = BAR_MOST) -> list[Any]:
    """[mm, words] of the scale bar: the longest round length that has room in `most` mm."""
    lengths = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
    metres = max(length for length in lengths if length * 1000 / scale <= most)
    words = f"{number(metres / 1000)} km" if metres >= 1000 else f"{number(metres)} m"
    return [round(metres * 1000 / scale, 3), words]
