"""Streets, blocks and lots on a bent lattice: how urban and farm land is really divided.

A zone is rows of blocks between roads; a block is two rows of lots, back to back. Every vertex is
made once and used by all the lots that meet there, so edges are shared exactly. Local u runs along
the blocks, v across them, both in metres; `Placement` bends them into the grid.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gis_portal.demo.noise import Warp


@dataclass(frozen=True)
class Pattern:
    """How one kind of zone is divided; metres and shares of 1."""

    kind: str
    blocks: tuple[int, int]
    block_length: tuple[float, float]
    lot_depth: tuple[float, float]
    lot_width: float
    width_spread: float
    road: float
    chamfer: float
    kept: float
    whole: float
    jitter: float


@dataclass(frozen=True)
class Placement:
    """Local (u, v) → grid: turned by `angle` radians about `centre`, then bent."""

    centre: tuple[float, float]
    angle: float
    bend: Warp

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) local metres → (n, 2) grid metres, to the millimetre."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turned = points @ np.array([[cos, sin], [-sin, cos]]) + np.array(self.centre)
        moved: np.ndarray = np.round(self.bend(turned), 3)
        return moved


@dataclass(frozen=True)
class Frame:
    """Blocks of a zone before they are divided: (n, 4) as u, v, length, depth."""

    blocks: np.ndarray
    size: tuple[float, float]
    streets: list[np.ndarray]


@dataclass(frozen=True)
class Block:
    """A divided block in grid metres: outline, and the lots of it that are in the register."""

    outline: shapely.Polygon
    lots: list[shapely.Polygon]


def frame(rng: np.random.Generator, pattern: Pattern) -> Frame:
    """Draw the streets of one zone; local origin in its middle."""
    columns = int(rng.integers(max(2, pattern.blocks[0] - 2), pattern.blocks[0] + 2))
    rows = int(rng.integers(max(2, pattern.blocks[1] - 2), pattern.blocks[1] + 2))
    lengths = rng.uniform(*pattern.block_length, columns)
    depths = 2 * rng.uniform(*pattern.lot_depth, rows)
    u = np.concatenate([[0], np.cumsum(lengths + pattern.road)])
    v = np.concatenate([[0], np.cumsum(depths + pattern.road)])
    width, height = u[-1] - pattern.road, v[-1] - pattern.road
    grid_u, grid_v = np.meshgrid(u[:-1] - width / 2, v[:-1] - height / 2)
    grid_l, grid_d = np.meshgrid(lengths, depths)
    blocks = np.column_stack([a.ravel() for a in (grid_u, grid_v, grid_l, grid_d)])
    half = pattern.road / 2
    streets = [_street(x - half - width / 2, height, upright=True) for x in u[1:-1]]
    streets += [_street(y - half - height / 2, width, upright=False) for y in v[1:-1]]
    return Frame(blocks, (width, height), streets)


def _street(offset: float, length: float, *, upright: bool) -> np.ndarray:
    along = np.linspace(-length / 2 - 8, length / 2 + 8, max(2, int(length / 40)))
    across = np.full_like(along, offset)
    return np.column_stack([across, along] if upright else [along, across])


def divide(
    rng: np.random.Generator, pattern: Pattern, block: np.ndarray, place: Placement
) -> Block:
    """Cut a block (u, v, length, depth) into two rows of lots and keep a share of them in runs."""
    u, v, length, depth = block
    if rng.random() < pattern.whole:
        outline = shapely.Polygon(place(_outline(block, pattern.chamfer)))
        return Block(outline, [outline] if rng.random() < pattern.kept else [])
    front, back = _breaks(rng, pattern, length), _breaks(rng, pattern, length)
    middle_u = np.unique(np.concatenate([front, back]))
    middle_v = depth * rng.uniform(0.42, 0.58) + rng.normal(0, pattern.jitter, len(middle_u))
    middle = np.column_stack([middle_u, middle_v])
    rings = _row(front, middle, 0.0, pattern.chamfer) + _row(back, middle, depth, pattern.chamfer)
    kept = _runs(rng, len(front) - 1, pattern.kept) + _runs(rng, len(back) - 1, pattern.kept)
    origin = np.array([u, v])
    lots = [shapely.Polygon(place(r + origin)) for r, keep in zip(rings, kept, strict=True) if keep]
    outline = shapely.Polygon(place(_outline(block, pattern.chamfer)))
    # A bent sliver between two sides that nearly meet can cross itself: nobody registers it.
    return Block(outline, [lot for lot in lots if lot.is_valid])


def _outline(block: np.ndarray, chamfer: float) -> np.ndarray:
    u, v, length, depth = block
    c, far_u, far_v = chamfer, u + length, v + depth
    return np.array(
        [
            (u + c, v), (far_u - c, v), (far_u, v + c), (far_u, far_v - c),
            (far_u - c, far_v), (u + c, far_v), (u, far_v - c), (u, v + c),
        ]
    )  # fmt: skip


def _breaks(rng: np.random.Generator, pattern: Pattern, length: float) -> np.ndarray:
    """Positions of lot sides along a block: widths are log-normal, so a few lots are wide."""
    count = max(1, round(length / (pattern.lot_width * np.exp(pattern.width_spread**2 / 2))))
    widths = np.maximum(np.exp(rng.normal(0, pattern.width_spread, count)), 0.6)
    inner = np.round(np.cumsum(widths)[:-1] / widths.sum() * length, 3)
    return np.concatenate([[0.0], inner, [length]])


def _row(breaks: np.ndarray, middle: np.ndarray, edge: float, chamfer: float) -> list[np.ndarray]:
    """Rings of one row of lots between the road at v = `edge` and the middle line."""
    toward = 1.0 if edge == 0 else -1.0
    rings = []
    last = len(breaks) - 2
    for i, (start, end) in enumerate(pairwise(breaks)):
        road = [(start, edge), (end, edge)]
        cut = min(chamfer, (end - start) * 0.45)
        if cut and i == 0:
            road[:1] = [(start, edge + toward * cut), (start + cut, edge)]
        if cut and i == last:
            road[-1:] = [(end - cut, edge), (end, edge + toward * cut)]
        inside = middle[(middle[:, 0] >= start) & (middle[:, 0] <= end)]
        rings.append(np.concatenate([np.array(road), inside[::-1]]))
    return rings


def _runs(rng: np.random.Generator, count: int, share: float) -> list[bool]:
    """A share of `count` neighbours, kept in runs: public lots lie side by side."""
    state = rng.random() < share
    kept = []
    for _ in range(count):
        if rng.random() < 0.22:
            state = rng.random() < share
        kept.append(bool(state))
    return kept
