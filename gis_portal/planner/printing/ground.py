"""What lies under every printed map: communes of today, roads by their classes, names of both.

Public layers only: a sheet is handed on. Positions are those of the frame's grid; names are placed
in mm of paper, none over another.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import get_language
from shapely import affinity

from gis_portal.parcels.extract.plan import Frame
from gis_portal.planner.engine.store import fetched
from gis_portal.planner.printing.frame import Ground as Box
from gis_portal.planner.printing.frame import grounds
from layers.cql2 import Sql
from layers.crs import Crs, by_code
from layers.definition import PLACEHOLDER
from layers.legend import class_field, class_values
from layers.models import Layer
from layers.partitions import feature_table

Shapes = Any
# mm: a commune at least so wide on paper is named.
NAMED = 13.0
# mm a letter of a name takes, and how high it is.
LETTER, HEIGHT = 1.25, 3.0
ROAD_LETTER, ROAD_HEIGHT, MOST_ROAD_NAMES = 1.1, 2.4, 40
MOST_ROADS = 8_000
# Shares of a road at which its name is tried.
ALONG = (0.5, 0.35, 0.65, 0.2, 0.8)
# Beyond a scale of 1:… only roads whose class is drawn so wide on the portal's map.
WIDE = ((300_000, 2.8), (100_000, 2.2), (25_000, 1.6), (0, 0.0))
# mm on paper for a pixel of the portal's map.
PIXEL = 0.11
NEAR = "road"


@dataclass(frozen=True)
class Road:
    """Centrelines (n,) of one class in the grid; `width` in mm."""

    shapes: Shapes
    width: float


@dataclass(frozen=True)
class Ground:
    """`names`: [x, y, words]; `road_names`: [x, y, degrees, words]; mm of paper."""

    land: Shapes
    roads: tuple[Road, ...]
    names: list[list[Any]]
    road_names: list[list[Any]]


def ground_of(frame: Frame, grid: Crs) -> Ground:
    """Of what the frame shows."""
    communes = _communes(frame, grid)
    taken: list[Any] = []
    names = _names(frame, communes, taken)
    roads, named = _roads(frame, grid)
    land = np.array([shape for _name, shape in communes], dtype=object)
    return Ground(land, roads, names, _road_names(frame, named, taken))


def mainland(code: str) -> Box | None:
    """West, south, east, north of the communes that lie together, on that grid: an archipelago far
    out would make a first view that is mostly sea. None where communes have no shapes.
    """
    return next(iter(lands(code)), None)


def lands(code: str) -> list[Box]:
    """The main land, and what lies far from it."""
    grid = by_code(code)
    rows = fetched(
        Sql(
            f"SELECT ST_AsBinary(ST_Transform(ST_Envelope(geom), {grid.srid})) "  # noqa: S608 - a number
            "FROM layers_adminunit WHERE level = 'commune' AND valid_to IS NULL "
            "AND geom IS NOT NULL"
        )
    )
    return (
        grounds(shapely.bounds(shapely.from_wkb([bytes(row[0]) for row in rows]))) if rows else []
    )


def road_layer() -> Layer | None:
    """The published layer of roads that everybody may see."""
    found = Layer.objects.visible_to(None).published().select_related("live_version")
    return next((layer for layer in found if layer.parsed.land.near == NEAR), None)


def base_mark() -> str:
    """Changes when the ground does: sheets that were kept go by it."""
    layer = road_layer()
    return f"roads {layer.live_version_id}" if layer else ""


def _communes(frame: Frame, grid: Crs) -> list[tuple[str, Shapes]]:
    """Communes of today that the frame shows, on the grid, in the reader's language."""
    name = "coalesce(nullif(name_en, ''), name)" if get_language() == "en" else "name"
    rows = fetched(
        Sql(
            f"SELECT {name}, ST_AsBinary(ST_Transform(geom, {grid.srid})) FROM layers_adminunit "  # noqa: S608 - names of ours
            "WHERE level = 'commune' AND valid_to IS NULL AND geom IS NOT NULL "
            f"AND geom && {box_of(frame, grid, 4326)} ORDER BY code"
        )
    )
    return [(row[0], shapely.from_wkb(bytes(row[1]))) for row in rows]


def box_of(frame: Frame, grid: Crs, srid: int) -> str:
    """SQL of the ground that the frame shows, in another system."""
    west, south, east, north = (float(edge) for edge in frame.ground)
    return (
        f"ST_Transform(ST_MakeEnvelope({west}, {south}, {east}, {north}, {int(grid.srid)}), {srid})"
    )


def _roads(frame: Frame, grid: Crs) -> tuple[tuple[Road, ...], list[tuple[str, float, Shapes]]]:
    """Roads by width, the narrowest first; and (name, width, line) of those that have one."""
    layer = road_layer()
    field = class_field(layer.parsed) if layer else None
    if layer is None or field is None or layer.live_version_id is None:
        return (), []
    least = next(width for scale, width in WIDE if frame.scale > scale)
    widths = {e.value: e.width for e in class_values(layer.parsed) if e.width >= least}
    label = next(iter(PLACEHOLDER.findall(layer.parsed.label)), "")
    rows = fetched(
        Sql(
            "SELECT f.properties ->> %s, f.properties ->> %s, "  # noqa: S608 - names of ours
            f"ST_AsBinary(ST_Transform(coalesce(f.geom_source, f.geom), {grid.srid})) "
            f"FROM {feature_table(layer.live_version_id)} f "
            f"WHERE f.geom_3857 && {box_of(frame, grid, 3857)} AND f.properties ->> %s = ANY(%s) "
            f"ORDER BY f.length_m DESC NULLS LAST, f.id LIMIT {MOST_ROADS}",
            (field.name, label, field.name, list(widths)),
        )
    )
    lines = shapely.from_wkb([bytes(row[2]) for row in rows])
    wide = np.array([widths[row[0]] for row in rows])
    roads = tuple(Road(lines[wide == w], float(w) * PIXEL) for w in np.unique(wide))
    named = [(str(r[1]), w, line) for r, w, line in zip(rows, wide, lines, strict=True) if r[1]]
    return roads, named


def _names(frame: Frame, communes: list[tuple[str, Shapes]], boxes: list[Any]) -> list[list[Any]]:
    """[x, y, name] of communes that are wide enough on paper; what they take goes to `boxes`."""
    found: list[list[Any]] = []
    metres = frame.scale / 1000
    box = shapely.box(*frame.ground)
    for name, shape in communes:
        seen = shapely.intersection(shape, box)
        if seen.is_empty or seen.bounds[2] - seen.bounds[0] < NAMED * metres:
            continue
        largest = max(shapely.get_parts(seen), key=lambda part: float(part.area))
        at = largest.representative_point()
        x, y = frame.mm(at.x, at.y)
        half = len(name) * LETTER / 2
        taken = shapely.box(x - half, y - HEIGHT / 2, x + half, y + HEIGHT / 2)
        if frame.box.contains(taken) and not any(taken.intersects(box) for box in boxes):
            boxes.append(taken)
            found.append([x, y, name])
    return found


def _road_names(
    frame: Frame, named: list[tuple[str, float, Shapes]], boxes: list[Any]
) -> list[list[Any]]:
    """[x, y, degrees, name] along the longest stretch of each road, the widest roads first."""
    found: list[list[Any]] = []
    by_name: dict[str, list[Any]] = {}
    for name, _width, line in sorted(named, key=lambda each: -each[1]):
        by_name.setdefault(name, []).append(line)
    inside = shapely.box(*frame.ground)
    for name, lines in by_name.items():
        seen = shapely.intersection(shapely.union_all(lines), inside)
        for x, y, turn, taken in _along(frame, seen, name):
            if frame.box.contains(taken) and not any(taken.intersects(box) for box in boxes):
                boxes.append(taken)
                found.append([x, y, turn, name])
                break
        if len(found) == MOST_ROAD_NAMES:
            break
    return found


def _along(frame: Frame, shape: Shapes, name: str) -> Iterator[tuple[float, float, float, Any]]:
    """Middle, turn and room of the words on the longest stretch, at places where it is straight."""
    parts = shapely.get_parts(shapely.line_merge(shape))
    lines = [part for part in parts if part.geom_type == "LineString"]
    if not lines:
        return
    line = max(lines, key=lambda part: float(part.length))
    wide = len(name) * ROAD_LETTER
    metres = frame.scale / 1000
    reach = wide * metres / 2
    for share in ALONG:
        middle = line.length * share
        if not 1.2 * reach < middle < line.length - 1.2 * reach:
            continue
        ends = [line.interpolate(middle + side * reach) for side in (-1, 1)]
        (x1, y1), (x2, y2) = (frame.mm(at.x, at.y) for at in ends)
        if math.dist((x1, y1), (x2, y2)) < 0.85 * wide:
            continue
        turn = math.degrees(math.atan2(y2 - y1, x2 - x1))
        turn += 180 if turn < -90 else -180 if turn > 90 else 0
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        room = shapely.box(x - wide / 2, y - ROAD_HEIGHT / 2, x + wide / 2, y + ROAD_HEIGHT / 2)
        yield round(x, 2), round(y, 2), round(turn, 1), affinity.rotate(room, turn)
