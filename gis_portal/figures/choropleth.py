"""A map of units in five steps of one colour, with a legend in numbers; the table says the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gis_portal.figures.shapes import Picture, unit_picture

STEPS = 5


@dataclass(frozen=True)
class Area:
    """One unit: `step` 1 (least) to 5 (most), 0 for nothing counted there."""

    path: str
    step: int
    title: str


@dataclass(frozen=True)
class Step:
    """One line of the legend."""

    step: int
    words: str


@dataclass(frozen=True)
class Choropleth:
    """What the template draws."""

    width: int
    height: int
    areas: tuple[Area, ...]
    legend: tuple[Step, ...]
    frames: tuple[tuple[int, int, int, str], ...]


def choropleth(
    values: Mapping[int, float], names: Mapping[int, str], words: Callable[[float], str]
) -> Choropleth | None:
    """Values by id of unit; None without shapes. `words` writes a value with its unit."""
    picture: Picture | None = unit_picture()
    if picture is None:
        return None
    edges = edges_of([value for pk, value in values.items() if pk in picture.paths])
    areas = tuple(
        Area(
            path,
            step_of(values.get(pk, 0), edges),
            f"{names.get(pk, '')}: {words(values.get(pk, 0))}",
        )
        for pk, path in picture.paths.items()
    )
    frames = tuple((x, y, side, names.get(pk, "")) for x, y, side, pk in picture.frames)
    return Choropleth(picture.width, picture.height, areas, _legend(edges, words, areas), frames)


def edges_of(values: list[float]) -> list[float]:
    """The lowest value of each step: as many units in one as in another, equal ones together."""
    found = sorted(value for value in values if value > 0)
    if not found:
        return []
    edges = [found[place * len(found) // STEPS] for place in range(STEPS)]
    return sorted(set(edges))


def step_of(value: float, edges: list[float]) -> int:
    """Which step a value is in; the strongest is always the last."""
    if value <= 0 or not edges:
        return 0
    return STEPS - len(edges) + sum(value >= edge for edge in edges)


def _legend(
    edges: list[float], words: Callable[[float], str], areas: tuple[Area, ...]
) -> tuple[Step, ...]:
    lines = [
        Step(STEPS - len(edges) + place + 1, f"≥ {words(edge)}") for place, edge in enumerate(edges)
    ]
    if any(area.step == 0 for area in areas):
        lines.insert(0, Step(0, words(0)))
    return tuple(lines)
