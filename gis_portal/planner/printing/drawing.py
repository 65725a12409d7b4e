"""Shapes on the grid → one SVG in mm of paper: land, borders of communes, what is shown on them.

Holes are holes because rings come turned (outer clockwise, inner against it), and pieces of one
class may overlap: one path a class, filled by the non-zero rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_portal.parcels.extract.plan import Frame

SEA, LAND, BORDER = "#dfecf0", "#fdfbf5", "#a79f8c"
# mm: bends below are not seen; smaller shapes become a dot of this size.
SEEN, DOT = 0.06, 0.35
# mm that a point is drawn wide, that a line is drawn thick.
POINT, LINE = 1.5, 0.5
Shapes = Any


@dataclass(frozen=True)
class Painted:
    """Shapes (n,) in the grid, in one colour."""

    shapes: Shapes
    fill: str
    stroke: str = "#0f2930"
    width: float = 0.06
    opacity: float = 0.82
    smallest: float = DOT


def svg(frame: Frame, land: Shapes, layers: Iterable[Painted]) -> str:
    """The picture, as large as the frame."""
    size = f'width="{frame.width}mm" height="{frame.height}mm"'
    view = f'viewBox="0 0 {frame.width} {frame.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f'<rect width="{frame.width}" height="{frame.height}" fill="{SEA}"/>',
        f'<path d="{_path(frame, land, 0.0)}" fill="{LAND}" stroke="none"/>',
    ]
    parts += [_painted(frame, layer) for layer in layers]
    parts.append(
        f'<path d="{_path(frame, land, 0.0)}" fill="none" stroke="{BORDER}" stroke-width="0.18"/>'
    )
    return "".join([*parts, "</svg>"])


def _painted(frame: Frame, layer: Painted) -> str:
    kinds = shapely.get_dimensions(layer.shapes)
    found = []
    areas = layer.shapes[kinds == 2]
    if len(areas):
        found.append(
            f'<path d="{_path(frame, areas, layer.smallest)}" fill="{layer.fill}" '
            f'fill-opacity="{layer.opacity}" stroke="{layer.stroke}" '
            f'stroke-opacity="0.55" stroke-width="{layer.width}"/>'
        )
    lines = layer.shapes[kinds == 1]
    if len(lines):
        found.append(
            f'<path d="{_path(frame, lines, 0.0)}" fill="none" stroke="{layer.fill}" '
            f'stroke-width="{LINE}" stroke-linejoin="round"/>'
        )
    points = layer.shapes[kinds == 0]
    for x, y in _mm(frame, shapely.get_coordinates(points)):
        found.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{POINT / 2}" fill="{layer.fill}" '
            'stroke="#ffffff" stroke-width="0.2"/>'
        )
    return "".join(found)


def _mm(frame: Frame, xy: Shapes) -> Shapes:
    factor = 1000 / frame.scale
    x = frame.width / 2 + (xy[:, 0] - frame.east) * factor
    y = frame.height / 2 - (xy[:, 1] - frame.north) * factor
    return np.column_stack([x, y])


def _path(frame: Frame, shapes: Shapes, smallest: float) -> str:
    """`d` of all of them; what is smaller than `smallest` mm is a square of that size."""
    if not len(shapes):
        return ""
    metres = frame.scale / 1000
    west, south, east, north = frame.ground
    box = shapely.box(west, south, east, north)
    here = shapes[shapely.intersects(shapes, box)]
    bounds = shapely.bounds(here)
    wide = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    is_dot = wide < smallest * metres
    text = [_dot(at, smallest) for at in _mm(frame, _middles(bounds[is_dot]))]
    drawn = shapely.simplify(here[~is_dot], SEEN * metres, preserve_topology=True)
    large = shapely.area(shapely.envelope(drawn)) > 4 * shapely.area(box)
    drawn[large] = shapely.intersection(drawn[large], box)
    drawn = shapely.orient_polygons(drawn, exterior_cw=True)
    return "".join([*text, *_rings(frame, drawn)])


def _middles(bounds: Shapes) -> Shapes:
    return (bounds[:, :2] + bounds[:, 2:]) / 2


def _dot(at: Sequence[float], size: float) -> str:
    return f"M{at[0] - size / 2:.2f} {at[1] - size / 2:.2f}h{size}v{size}h-{size}z"


def _rings(frame: Frame, shapes: Shapes) -> Iterable[str]:
    parts = shapely.get_parts(shapely.get_parts(shapes))
    areas = parts[shapely.get_dimensions(parts) == 2]
    lines = parts[shapely.get_dimensions(parts) == 1]
    for group, ending in ((shapely.get_rings(areas), "z"), (lines, "")):
        xy, index = shapely.get_coordinates(group, return_index=True)
        at = np.round(_mm(frame, xy), 2)
        for path in np.split(at, np.flatnonzero(np.diff(index)) + 1):
            if len(path):
                yield "M" + "L".join(f"{x:g} {y:g}" for x, y in path) + ending
