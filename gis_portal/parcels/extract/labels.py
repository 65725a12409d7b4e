"""Finds room for words on a plan: none over another, none across the parcel's own boundary."""

from collections.abc import Sequence

import shapely
from shapely import affinity
from shapely.geometry import Polygon


class Room:
    """What is taken so far; places are tried in the order of preference."""

    def __init__(self, frame: Polygon, boundaries: Sequence[shapely.Geometry]) -> None:
        self._frame = frame
        self._boundary = shapely.union_all(list(boundaries))
        shapely.prepare(self._boundary)
        self._taken: list[Polygon] = []

    def keep(self, boxes: Sequence[Polygon]) -> None:
        """Nothing is written there."""
        self._taken += boxes

    def take(
        self, places: Sequence[tuple[float, float]], width: float, height: float, degrees: float
    ) -> tuple[float, float] | None:
        """The first place whose box (mm, around it, turned) is free; None where none is."""
        for x, y in places:
            box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if degrees:
                box = affinity.rotate(box, degrees)
            if self._is_free(box):
                self._taken.append(box)
                return round(x, 3), round(y, 3)
        return None

    def _is_free(self, box: Polygon) -> bool:
        return (
            self._frame.contains(box)
            and not self._boundary.intersects(box)
            and not any(taken.intersects(box) for taken in self._taken)
        )
