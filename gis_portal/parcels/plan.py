"""The plan of a parcel as numbers for an SVG drawing: works without scripts, and on paper.

North of the grid is up. Labels never lie on each other: what finds no room is left out and counted,
the corner table has all of it. The template (`parcels/plan.html`) only draws.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gis_portal.parcels.parts import ParcelFacts, Path, Ring
from layers.values import group_digits

# Units of the drawing; a phone shows it at about nine tenths.
WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 360.0, 240.0, 440.0
FONT, NARROW_FONT = 13.0, 12.0
# Widths of letters against the font's size, on average.
LETTER = 0.58
BORDER = 30.0
# The foot carries the scale bar and the arrow.
FOOT = 34.0
CORNER_AWAY, EDGE_AWAY = 12.0, 9.0


@dataclass(frozen=True)
class Label:
    """A text at its middle; `turn` in degrees, clockwise."""

    x: float
    y: float
    text: str
    turn: float = 0.0


@dataclass(frozen=True)
class Dot:
    """A corner."""

    x: float
    y: float


@dataclass(frozen=True)
class Bar:
    """The scale bar: `length` units are `metres` on the ground."""

    length: float
    metres: float
    text: str


@dataclass(frozen=True)
class Plan:
    """All that is drawn; paths are SVG's, colours the standard's."""

    width: float
    height: float
    shape: str
    colour: str
    around: tuple[str, ...]
    names: tuple[Label, ...]
    dots: tuple[Dot, ...]
    numbers: tuple[Label, ...]
    edges: tuple[Label, ...]
    bar: Bar
    # Corners without their number, edges without their length: for want of room.
    unnumbered: int
    unmeasured: int

    @property
    def foot(self) -> float:
        """Where the scale bar and the arrow stand, from the top."""
        return self.height - 12

    @property
    def arrow(self) -> float:
        """Where the arrow stands, from the left."""
        return self.width - 20


@dataclass(frozen=True)
class _Frame:
    """From metres (x east, y north) to units (y down)."""

    west: float
    north: float
    scale: float
    left: float
    top: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + (x - self.west) * self.scale, self.top + (self.north - y) * self.scale


class _Room:
    """Where labels lie already."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.taken: list[tuple[float, float, float, float]] = []

    def take(self, label: Label, size: float) -> bool:
        """True when the label fits in the frame and lies on no other; then it has its place."""
        half, tall = len(label.text) * size * LETTER / 2, size * 0.55
        turn = math.radians(label.turn)
        across = abs(half * math.cos(turn)) + abs(tall * math.sin(turn))
        along = abs(half * math.sin(turn)) + abs(tall * math.cos(turn))
        box = (label.x - across, label.y - along, label.x + across, label.y + along)
        if box[0] < 0 or box[1] < 0 or box[2] > self.width or box[3] > self.height - FOOT:
            return False
        if any(
            box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in self.taken
        ):
            return False
        self.taken.append(box)
        return True


def plan_of(facts: ParcelFacts) -> Plan:
    """The drawing of a parcel."""
    frame, height = _frame(facts.corners)
    rings = [[frame.at(*position) for position in ring.path] for ring in facts.corners]
    room = _Room(WIDTH, height)
    dots = tuple(Dot(round(x, 1), round(y, 1)) for ring in rings for x, y in ring)
    numbers = _fitting(_numbers(facts.corners, rings), room, FONT)
    edges = _fitting(_edges(facts.corners, rings, facts.language), room, NARROW_FONT)
    names = _fitting(_names(facts, frame), room, NARROW_FONT)
    return Plan(
        width=WIDTH,
        height=height,
        shape=" ".join(_svg(ring, closed=True) for ring in rings),
        colour=facts.uses[0].colour if facts.uses else "",
        around=tuple(
            _svg([frame.at(*position) for position in path], closed=False)
            for neighbour in facts.neighbours
            for path in neighbour.outline
        ),
        names=names,
        dots=dots,
        numbers=numbers,
        edges=edges,
        bar=_bar(frame.scale, facts.language),
        unnumbered=len(dots) - len(numbers),
        unmeasured=len(dots) - len(edges),
    )


def _frame(rings: Iterable[Ring]) -> tuple[_Frame, float]:
    """The parcel in the middle of the drawing, and the drawing's height."""
    positions = [position for ring in rings for position in ring.path]
    xs, ys = [x for x, _y in positions], [y for _x, y in positions]
    wide, tall = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    scale = min((WIDTH - 2 * BORDER) / wide, (MOST_HEIGHT - 2 * BORDER - FOOT) / tall)
    height = max(LEAST_HEIGHT, tall * scale + 2 * BORDER + FOOT)
    left = (WIDTH - wide * scale) / 2
    top = (height - FOOT - tall * scale) / 2
    return _Frame(min(xs), max(ys), scale, left, top), round(height, 1)


def _fitting(labels: Iterable[Label], room: _Room, size: float) -> tuple[Label, ...]:
    return tuple(label for label in labels if room.take(label, size))


def _numbers(rings: Iterable[Ring], drawn: list[list[tuple[float, float]]]) -> Iterator[Label]:
    """Each corner's number outside of it, on the line that halves its angle."""
    for ring, points in zip(rings, drawn, strict=True):
        side = _outside(ring, points)
        for n, (x, y) in enumerate(points):
            (ax, ay), (bx, by) = points[n - 1], points[(n + 1) % len(points)]
            first, second = _normal(ax, ay, x, y), _normal(x, y, bx, by)
            out_x, out_y = (first[0] + second[0]) * side, (first[1] + second[1]) * side
            length = math.hypot(out_x, out_y) or 1.0
            away = CORNER_AWAY / length
            text = str(ring.corners[n].number)
            yield Label(round(x + out_x * away, 1), round(y + out_y * away, 1), text)


def _edges(
    rings: Iterable[Ring], drawn: list[list[tuple[float, float]]], language: str
) -> Iterator[Label]:
    """Each edge's length along it, the longest edges first; none on an edge shorter than it."""
    found = []
    for ring, points in zip(rings, drawn, strict=True):
        side = _outside(ring, points)
        for n, (ax, ay) in enumerate(points):
            bx, by = points[(n + 1) % len(points)]
            length = math.hypot(bx - ax, by - ay)
            text = group_digits(ring.corners[n].edge, 2, language)
            if length < len(text) * NARROW_FONT * LETTER:
                continue
            out_x, out_y = _normal(ax, ay, bx, by)
            turn = math.degrees(math.atan2(by - ay, bx - ax))
            turn += 180 if turn > 90 or turn <= -90 else 0
            x = (ax + bx) / 2 + out_x * side * EDGE_AWAY
            y = (ay + by) / 2 + out_y * side * EDGE_AWAY
            found.append((length, Label(round(x, 1), round(y, 1), text, round(turn, 1))))
    yield from (label for _length, label in sorted(found, key=lambda pair: -pair[0]))


def _names(facts: ParcelFacts, frame: _Frame) -> Iterator[Label]:
    """Neighbours by their names, near their boundary."""
    for neighbour in facts.neighbours:
        positions = [position for path in neighbour.outline for position in path]
        if positions and neighbour.edge:
            x = sum(x for x, _y in positions) / len(positions)
            y = sum(y for _x, y in positions) / len(positions)
            at = frame.at(x, y)
            yield Label(round(at[0], 1), round(at[1], 1), neighbour.number)


def _normal(ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """One unit to the left of the way from a to b, as the drawing has it (y down)."""
    length = math.hypot(bx - ax, by - ay) or 1.0
    return (by - ay) / length, -(bx - ax) / length


def _outside(ring: Ring, points: list[tuple[float, float]]) -> float:
    """+1 when the parcel's outside is on the left of the ring's way, −1 when on the right."""
    doubled = sum(points[n - 1][0] * y - x * points[n - 1][1] for n, (x, y) in enumerate(points))
    outward = 1.0 if doubled > 0 else -1.0
    return -outward if ring.is_hole else outward


def _svg(points: Path | list[tuple[float, float]], *, closed: bool) -> str:
    steps = " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def _bar(scale: float, language: str) -> Bar:
    """The longest round length (1, 2 or 5 × 10ⁿ m) that takes at most a third of the width."""
    most = WIDTH / 3 / scale
    power = 10.0 ** math.floor(math.log10(most))
    metres = next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most)
    digits = 0 if metres >= 1 else 1
    text = f"{group_digits(metres, digits, language)} m"
    return Bar(round(metres * scale, 1), metres, text)
