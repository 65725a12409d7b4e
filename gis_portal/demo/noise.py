"""Smooth random displacement: what makes straight construction lines look surveyed.

The displacement is a function of the position alone, so two shapes that share an edge still share
it afterwards. All lengths in metres.
"""

import numpy as np


class Warp:
    """Adds sums of sine waves to x and y: `warp(points) -> points`, both (n, 2)."""

    def __init__(self, rng: np.random.Generator, waves: list[tuple[float, float]]) -> None:
        """`waves` are (amplitude, wavelength) pairs; three directions are drawn for each."""
        amplitude, length = np.repeat(np.array(waves), 3, axis=0).T
        angle = rng.uniform(0, 2 * np.pi, len(length))
        turn = 2 * np.pi / (length * rng.uniform(0.8, 1.3, len(length)))
        self._wave = np.stack([np.cos(angle), np.sin(angle)]) * turn
        self._phase = rng.uniform(0, 2 * np.pi, (2, len(length)))
        self._amplitude = amplitude / np.sqrt(3)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Displaced points."""
        argument = points @ self._wave
        shift_x = np.sin(argument + self._phase[0]) @ self._amplitude
        shift_y = np.sin(argument + self._phase[1]) @ self._amplitude
        moved: np.ndarray = points + np.column_stack([shift_x, shift_y])
        return moved

    def undo(self, points: np.ndarray) -> np.ndarray:
        """Positions that the warp moves to `points`; by fixed-point iteration."""
        found = points.copy()
        for _ in range(12):
            found = found + points - self(found)
        return found


def segmentize_ring(ring: np.ndarray, step: float) -> np.ndarray:
    """A ring (n, 2) without its repeated last point, with points at most `step` apart."""
    pieces = []
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / step)))
        pieces.append(start + (end - start) * (np.arange(count) / count)[:, None])
    return np.concatenate(pieces)
