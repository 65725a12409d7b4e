"""The units as paths of a small map, made once for the shapes that there are.

Neighbours keep their common line when it is made simpler (`shapely.coverage_simplify`). What lies
far out at sea has a frame of its own: to one scale, the mainland would be a few millimetres.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely
from django.db.models import Count, Max
from shapely import Geometry

from layers.models import AdminUnit, Layer

WIDTH = 600
# Degrees: an island nearer than this is drawn in its place.
FAR = 0.25
INSET = 120
TOLERANCE_PX = 0.8


@dataclass(frozen=True)
class View:
    """A part of the ground (flattened degrees) and where it stands in the picture."""

    bounds: tuple[float, float, float, float]
    x: float
    y: float
    scale: float

    def place(self, x: float, y: float) -> tuple[float, float] | None:
        """Pixels of a flattened position; None outside."""
        west, south, east, north = self.bounds
        if not (west <= x <= east and south <= y <= north):
            return None
        return round(self.x + (x - west) * self.scale, 1), round(
            self.y + (north - y) * self.scale, 1
        )


@dataclass(frozen=True)
class Picture:
    """`paths` by id of unit, in a box of `width` by `height`; `frames` around what lies far out:
    (x, y, side, id of the unit). `narrow`: how much a degree of longitude is shorter here.
    """

    width: int
    height: int
    narrow: float
    views: tuple[View, ...]
    paths: dict[int, str] = field(default_factory=dict)
    frames: tuple[tuple[int, int, int, int], ...] = ()

    def place(self, lon: float, lat: float) -> tuple[float, float] | None:
        """Where a position is drawn; None outside the picture."""
        found = (view.place(lon * self.narrow, lat) for view in self.views)
        return next((at for at in found if at is not None), None)


def unit_picture() -> Picture | None:
    """The communes of today that have a shape; None when none has. Two small queries once the
    picture is made.
    """
    shaped = AdminUnit.objects.filter(
        level=AdminUnit.COMMUNE, valid_to__isnull=True, geom__isnull=False
    ).aggregate(n=Count("pk"), last=Max("pk"))
    live = Layer.objects.filter(definition__feeds="units").values_list("live_version", flat=True)
    return _picture(tuple(live), shaped["n"], shaped["last"])


@lru_cache(maxsize=2)
def _picture(_versions: tuple[int | None, ...], count: int, _last: int | None) -> Picture | None:
    """The arguments are what the shapes depend on: they come with a version of their layer."""
    if not count:
        return None
    rows = AdminUnit.objects.filter(
        level=AdminUnit.COMMUNE, valid_to__isnull=True, geom__isnull=False
    ).values_list("pk", "geom")
    ids, wkb = zip(*((pk, bytes(geom.wkb)) for pk, geom in rows if geom), strict=True)
    return drawn(list(ids), shapely.from_wkb(list(wkb)))


def drawn(ids: list[int], shapes: np.ndarray) -> Picture:
    """The picture of shapes in degrees."""
    near, narrow = _near(shapes), _narrow(shapes)
    flat = shapely.transform(shapes, lambda xy: xy * [narrow, 1.0])
    bounds = tuple(shapely.total_bounds(flat[near]).tolist())
    west, south, east, north = bounds
    scale = WIDTH / (east - west)
    height = math.ceil((north - south) * scale)
    views = [View((west, south, east, north), 0, 0, scale)]
    simple = shapely.coverage_simplify(flat, TOLERANCE_PX / scale)
    paths = {ids[i]: _path(simple[i], views[0]) for i in np.flatnonzero(near)}
    frames = []
    for place, i in enumerate(np.flatnonzero(~near)):
        x, y = WIDTH - INSET, height + 12 + place * (INSET + 12)
        left, bottom, right, top = shapely.bounds(flat[i]).tolist()
        own = (INSET - 16) / max(right - left, top - bottom)
        views.append(View((left, bottom, right, top), x + 8, y + 8, own))
        paths[ids[i]] = _path(shapely.simplify(flat[i], TOLERANCE_PX / own), views[-1])
        frames.append((x, y, INSET, ids[i]))
    lowest = max((y + side for _x, y, side, _id in frames), default=height)
    return Picture(WIDTH, lowest + 2, narrow, tuple(views), paths, tuple(frames))


def _near(shapes: np.ndarray) -> np.ndarray:
    """Which belong to the largest group of shapes less than FAR from each other."""
    grown = shapely.union_all(shapely.buffer(shapely.simplify(shapes, 0.01), FAR / 2))
    parts = shapely.get_parts(grown)
    group = np.array([shapely.distance(shape, parts).argmin() for shape in shapes])
    sizes = np.bincount(group)
    near: np.ndarray = group == sizes.argmax()
    return near


def _narrow(shapes: np.ndarray) -> float:
    """As wide as high where they are: a map of a province needs no better projection."""
    _west, south, _east, north = shapely.total_bounds(shapes)
    return math.cos(math.radians((south + north) / 2))


def _path(shape: Geometry, view: View) -> str:
    """SVG path data, one decimal."""
    west, _south, _east, north = view.bounds
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        points = shapely.get_coordinates(ring)[:-1]
        pixels = (points - [west, north]) * [view.scale, -view.scale] + [view.x, view.y]
        parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in np.round(pixels, 1)) + "Z")
    return "".join(parts)
