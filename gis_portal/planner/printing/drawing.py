"""Shapes on the grid → one SVG in mm of paper: land, roads, areas, borders, lines and points.

Holes are holes because rings come turned (outer clockwise, inner against it), and pieces of one
class may overlap: one path a class, filled by the non-zero rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_portal.parcels.extract.plan import Frame
from gis_portal.planner.printing.ground import Ground

SEA, LAND, BORDER = "#dfecf0", "#fdfbf5", "#a79f8c"
ROAD, VERGE, HAIR = "#8d8470", "#fffdf9", "#4d4636"
# mm: bends below are not seen; smaller shapes become a dot of this size.
SEEN, DOT = 0.06, 0.35
# mm: a shape that is narrower and longer than these is drawn wider by the first.
STRIP, LONG = 0.5, 3.0
# mm that a point is drawn wide, that a line is drawn thick.
POINT, LINE = 1.5, 0.5
OPACITY = 0.82
Shapes = Any


@dataclass(frozen=True)
class Painted:
    """Shapes (n,) in the grid, in one colour; `line` and `point`: mm that those are drawn wide."""

    shapes: Shapes
    fill: str
    stroke: str = "#0f2930"
    width: float = 0.06
    opacity: float = OPACITY
    smallest: float = DOT
    line: float = LINE
    point: float = POINT


def svg(frame: Frame, ground: Ground, layers: Sequence[Painted]) -> str:
    """The picture, as large as the frame. Roads lie under areas: a strip along a road is often
    what is asked for; a hair of them over areas leads one's way whatever is painted.
    """
    size = f'width="{frame.width}mm" height="{frame.height}mm"'
    view = f'viewBox="0 0 {frame.width} {frame.height}"'
    land = _path(frame, ground.land, 0.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f'<rect width="{frame.width}" height="{frame.height}" fill="{SEA}"/>',
        f'<path d="{land}" fill="{LAND}" stroke="none"/>',
    ]
    roads = [(_path(frame, road.shapes, 0.0), road.width) for road in ground.roads]
    parts.append(_roads(roads))
    parts += [_areas(frame, layer) for layer in layers]
    parts.append(_hairs(roads))
    parts.append(f'<path d="{land}" fill="none" stroke="{BORDER}" stroke-width="0.18"/>')
    parts += [_lines(frame, layer) + _points(frame, layer) for layer in layers]
    return "".join([*parts, "</svg>"])


def _areas(frame: Frame, layer: Painted) -> str:
    areas = layer.shapes[shapely.get_dimensions(layer.shapes) == 2]
    if not len(areas):
        return ""
    drawn = (
        f'<path d="{_path(frame, areas, layer.smallest)}" fill="{layer.fill}" '
        f'fill-opacity="{layer.opacity}" stroke="{layer.stroke}" '
        f'stroke-opacity="{0.55 * layer.opacity:.3g}" stroke-width="{layer.width}"/>'
    )
    strips = areas[_is_strip(frame, areas)]
    if not len(strips):
        return drawn
    return drawn + (
        f'<path d="{_path(frame, strips, 0.0)}" fill="none" stroke="{layer.fill}" '
        f'stroke-opacity="{layer.opacity}" stroke-width="{STRIP}" stroke-linejoin="round"/>'
    )


def _is_strip(frame: Frame, areas: Shapes) -> Shapes:
    """Which of them are long and so narrow that nobody would see their colour."""
    metres = frame.scale / 1000
    long = shapely.length(areas) / 2
    wide = shapely.area(areas) / np.maximum(long, 1e-9)
    return (wide < STRIP * metres) & (long > LONG * metres)


def _lines(frame: Frame, layer: Painted) -> str:
    lines = layer.shapes[shapely.get_dimensions(layer.shapes) == 1]
    if not len(lines):
        return ""
    return (
        f'<path d="{_path(frame, lines, 0.0)}" fill="none" stroke="{layer.fill}" '
        f'stroke-opacity="{layer.opacity}" stroke-width="{layer.line:.3g}" '
        'stroke-linejoin="round"/>'
    )


def _points(frame: Frame, layer: Painted) -> str:
    points = layer.shapes[shapely.get_dimensions(layer.shapes) == 0]
    return "".join(
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{layer.point / 2:.3g}" fill="{layer.fill}" '
        f'fill-opacity="{layer.opacity}" stroke="#ffffff" stroke-width="0.2"/>'
        for x, y in _mm(frame, shapely.get_coordinates(points))
    )


_ROUND = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'


def _roads(roads: Sequence[tuple[str, float]]) -> str:
    """All verges below all roads, so that crossings are open."""
    verges = [
        f'<path d="{path}" {_ROUND} stroke="{VERGE}" stroke-width="{width + 0.22:.3g}"/>'
        for path, width in roads
    ]
    lines = [
        f'<path d="{path}" {_ROUND} stroke="{ROAD}" stroke-width="{width:.3g}"/>'
        for path, width in roads
    ]
    return f'<g stroke-opacity="0.8">{"".join([*verges, *lines])}</g>'


def _hairs(roads: Sequence[tuple[str, float]]) -> str:
    return "".join(
        f'<path d="{path}" {_ROUND} stroke="{HAIR}" stroke-opacity="0.6" stroke-width="0.09"/>'
        for path, _width in roads
    )


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
