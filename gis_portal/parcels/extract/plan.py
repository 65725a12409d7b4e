"""The plan of a parcel at a round scale: positions in mm on paper, out of the source grid.

Everything is placed here, so that the template only draws: outlines, corner numbers, edge lengths,
grid crosses and what the frame is labelled with. x is right, y is down, from the frame's corner.
Neighbour: `labels.py` finds room for words.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString, Polygon

from gis_portal.parcels.extract.around import Around
from gis_portal.parcels.extract.labels import Room
from gis_portal.parcels.parts import ParcelFacts, Path, Ring
from gis_portal.templatetags.portal import number

SCALES = (200, 500, 1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 200_000, 500_000)
# mm: free between parcel and frame, least between grid lines, longest scale bar.
MARGIN, GRID_LEAST, BAR_MOST = 7.5, 24.0, 40.0
# Shorter edges (mm) have no room for any length.
EDGE_LEAST = 7.0
DOTS_MOST = 250
# Of many corners only some are numbered, the fifth, the tenth …; the table has all of them.
NUMBERS_MOST, NUMBERED = 40, (1, 5, 10, 50, 100, 500, 1000, 5000)
# Nobody sees a bend of so many mm.
SEEN = 0.03
# mm a letter takes at the plan's type sizes, and how high its words are.
DIGIT, HEIGHT = 1.4, 2.3
Mm = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Where the plan lies: the grid position of its middle, its size in mm, its scale."""

    east: float
    north: float
    width: float
    height: float
    scale: int

    def mm(self, east: float, north: float) -> Mm:
        """A grid position on paper."""
        factor = 1000 / self.scale
        return (
            round(self.width / 2 + (east - self.east) * factor, 3),
            round(self.height / 2 - (north - self.north) * factor, 3),
        )

    @property
    def box(self) -> Polygon:
        """The frame itself, in mm."""
        return shapely.box(0, 0, self.width, self.height)

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the grid, a little more than is seen."""
        across, along = ((size / 2 + 1) * self.scale / 1000 for size in (self.width, self.height))
        return self.east - across, self.north - along, self.east + across, self.north + along


def plan_of(facts: ParcelFacts, frame: Frame, around: Sequence[Around]) -> dict[str, Any]:
    """What the template draws in that frame, with the parcels around."""
    rings = [_on_paper(frame, ring.path) for ring in facts.corners]
    lines = [LineString([*ring, ring[0]]).simplify(SEEN) for ring in rings]
    room = Room(frame.box, lines)
    has_dots = facts.corner_count <= DOTS_MOST
    # The arrow, and the labels of the grid along two sides.
    room.keep(
        [
            shapely.box(frame.width - 13, 2, frame.width - 3, 14),
            shapely.box(0, 0, 5, frame.height),
            shapely.box(0, frame.height - 5, frame.width, frame.height),
        ]
    )
    numbers = _numbers(facts.corners, rings, room)
    edges = _edges(facts.corners, rings, room)
    return {
        "width": frame.width,
        "height": frame.height,
        "scale": f"1:{number(frame.scale)}",
        "fill": facts.uses[0].colour if facts.uses else "",
        "rings": rings if has_dots else [list(line.coords)[:-1] for line in lines],
        "dots": [at for ring in rings for at in ring] if has_dots else [],
        "numbers": numbers,
        "edges": edges,
        **_around(frame, around, rings, room),
        "grid": _grid(frame),
        "bar": _bar(frame.scale),
    }


def frame_of(rings: Sequence[Ring], width: float, height: float) -> Frame:
    """Centred on the parcel, at the largest round scale that it fits in."""
    east = [corner.y_east for ring in rings for corner in ring.corners]
    north = [corner.x_north for ring in rings for corner in ring.corners]
    across, along = max(east) - min(east), max(north) - min(north)
    needed = 1000 * max(across / (width - 2 * MARGIN), along / (height - 2 * MARGIN))
    scale = next((scale for scale in SCALES if scale >= needed), SCALES[-1])
    return Frame((max(east) + min(east)) / 2, (max(north) + min(north)) / 2, width, height, scale)


def _on_paper(frame: Frame, path: Path) -> list[Mm]:
    return [frame.mm(east, north) for east, north in path]


def _numbers(rings: Sequence[Ring], paper: list[list[Mm]], room: Room) -> list[Any]:
    """[x, y, number] beside each corner where there is room."""
    found = []
    count = sum(len(ring.corners) for ring in rings)
    every = next((n for n in NUMBERED if count <= NUMBERS_MOST * n), NUMBERED[-1])
    for ring, path in zip(rings, paper, strict=True):
        outward = _outwards(path, is_hole=ring.is_hole)
        for corner, at, (dx, dy) in zip(ring.corners, path, outward, strict=True):
            if corner.number % every and corner.number != 1:
                continue
            width = DIGIT * len(str(corner.number))
            places = [(at[0] + dx * far, at[1] + dy * far) for far in (2.2, 3.0, 4.0, -2.4, -3.2)]
            place = room.take(places, width, HEIGHT, 0.0)
            if place is not None:
                found.append([*place, str(corner.number)])
    return found


def _edges(rings: Sequence[Ring], paper: list[list[Mm]], room: Room) -> list[Any]:
    """[x, y, degrees, length] along each edge that is long enough."""
    found = []
    for ring, path in zip(rings, paper, strict=True):
        sense = _sense(path, is_hole=ring.is_hole)
        for place, corner in enumerate(ring.corners):
            start, end = path[place], path[(place + 1) % len(path)]
            length = math.dist(start, end)
            if length < EDGE_LEAST:
                continue
            text = number(corner.edge, 2)
            width = DIGIT * len(text)
            if length < width + 2.5:
                continue
            dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
            turn = math.degrees(math.atan2(dy, dx))
            turn += 180 if turn > 90 else -180 if turn <= -90 else 0
            places = [
                (
                    start[0] + dx * length * along + dy * sense * far,
                    start[1] + dy * length * along - dx * sense * far,
                )
                for far in (1.7, -1.7)
                for along in (0.5, 0.35, 0.65)
            ]
            at = room.take(places, width, HEIGHT, turn)
            if at is not None:
                found.append([*at, round(turn, 2), text])
    return found


def _sense(path: list[Mm], *, is_hole: bool) -> int:
    """1 when the parcel lies right of the way on paper (y is down), -1 when left."""
    twice = sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(path, [*path[1:], path[0]], strict=True)
    )
    return (-1 if is_hole else 1) * (1 if twice > 0 else -1)


def _outwards(path: list[Mm], *, is_hole: bool) -> Iterator[Mm]:
    """The direction that leads away from the parcel at each corner."""
    sense = _sense(path, is_hole=is_hole)
    for place, at in enumerate(path):
        before, after = path[place - 1], path[(place + 1) % len(path)]
        x = y = 0.0
        for start, end in ((before, at), (at, after)):
            length = math.dist(start, end) or 1.0
            x += (end[1] - start[1]) / length * sense
            y -= (end[0] - start[0]) / length * sense
        size = math.hypot(x, y)
        yield (x / size, y / size) if size > 1e-6 else (0.0, -1.0)


def _around(
    frame: Frame, around: Sequence[Around], rings: list[list[Mm]], room: Room
) -> dict[str, Any]:
    """Outlines of the parcels around, and their numbers where there is room."""
    own = shapely.union_all([Polygon(ring).buffer(0) for ring in rings if len(ring) > 2])
    inside = frame.box.buffer(-1.5)
    lines: list[list[Mm]] = []
    titles: list[Any] = []
    for each in around:
        paths = [_on_paper(frame, path) for path in each.paths]
        lines += paths
        shape = shapely.union_all([Polygon(path).buffer(0) for path in paths if len(path) > 2])
        free = shape.intersection(inside).difference(own)
        if each.number and not free.is_empty:
            middle = free.representative_point()
            width = DIGIT * len(each.number)
            place = room.take([(middle.x, middle.y)], width, HEIGHT, 0.0)
            titles += [[*place, each.number]] if place is not None else []
    return {"around": lines, "titles": titles}


def _grid(frame: Frame) -> dict[str, Any]:
    """Crosses of the grid, and where its lines meet the frame with what they are called."""
    step = _grid_step(frame.scale)
    half_w, half_h = frame.width * frame.scale / 2000, frame.height * frame.scale / 2000
    easts = _multiples(frame.east - half_w, frame.east + half_w, step)
    norths = _multiples(frame.north - half_h, frame.north + half_h, step)
    return {
        "step": f"{number(step)} m",
        "y": [[frame.mm(east, frame.north)[0], number(east)] for east in easts],
        "x": [[frame.mm(frame.east, north)[1], number(north)] for north in norths],
    }


def _grid_step(scale: int) -> int:
    """Metres between grid lines: round, and far enough apart on paper."""
    steps: Iterator[int] = (digit * int(10**power) for power in range(6) for digit in (1, 2, 5))
    return next(step for step in steps if step * 1000 / scale >= GRID_LEAST)


def _multiples(low: float, high: float, step: int) -> list[int]:
    return list(range(math.ceil(low / step) * step, math.floor(high / step) * step + 1, step))


def _bar(scale: int) -> list[Any]:
    """[mm, words] of the scale bar: the longest round length within BAR_MOST."""
    lengths = [digit * 10**power for power in range(6) for digit in (1, 2, 5)]
    metres = max(length for length in lengths if length * 1000 / scale <= BAR_MOST)
    return [metres * 1000 / scale, f"{number(metres)} m"]
