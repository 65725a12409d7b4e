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
class Picture:
    """`paths` by id of unit, in a box of `width` by `height`; `frames` around what lies far out:
    (x, y, side, id of the unit).
    """

    width: int
    height: int
    paths: dict[int, str] = field(default_factory=dict)
    frames: tuple[tuple[int, int, int, int], ...] = ()


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
    near = _near(shapes)
    flat = _flattened(shapes)
    west, south, east, north = shapely.total_bounds(flat[near])
    scale = WIDTH / (east - west)
    height = math.ceil((north - south) * scale)
    simple = shapely.coverage_simplify(flat, TOLERANCE_PX / scale)
    paths = {ids[i]: _path(simple[i], west, north, scale) for i in np.flatnonzero(near)}
    frames = []
    for place, i in enumerate(np.flatnonzero(~near)):
        x, y = WIDTH - INSET, height + 12 + place * (INSET + 12)
        left, bottom, right, top = shapely.bounds(flat[i])
        own = (INSET - 16) / max(right - left, top - bottom)
        paths[ids[i]] = _path(
            shapely.simplify(flat[i], TOLERANCE_PX / own),
            left - (x + 8) / own,
            top + (y + 8) / own,
            own,
        )
        frames.append((x, y, INSET, ids[i]))
    bottom_edge = max((y + side for _x, y, side, _id in frames), default=height)
    return Picture(WIDTH, bottom_edge + 2, paths, tuple(frames))


def _near(shapes: np.ndarray) -> np.ndarray:
    """Which belong to the largest group of shapes less than FAR from each other."""
    grown = shapely.union_all(shapely.buffer(shapely.simplify(shapes, 0.01), FAR / 2))
    parts = shapely.get_parts(grown)
    group = np.array([shapely.distance(shape, parts).argmin() for shape in shapes])
    sizes = np.bincount(group)
    near: np.ndarray = group == sizes.argmax()
    return near


def _flattened(shapes: np.ndarray) -> np.ndarray:
    """As wide as high where they are: a map of a province needs no better projection."""
    _west, south, _east, north = shapely.total_bounds(shapes)
    narrow = math.cos(math.radians((south + north) / 2))
    flat: np.ndarray = shapely.transform(shapes, lambda xy: xy * [narrow, 1.0])
    return flat


def _path(shape: Geometry, west: float, north: float, scale: float) -> str:
    """SVG path data, one decimal."""
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        points = shapely.get_coordinates(ring)[:-1]
        pixels = np.round((points - [west, north]) * [scale, -scale], 1)
        parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in pixels) + "Z")
    return "".join(parts)
