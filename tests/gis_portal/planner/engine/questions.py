"""Random questions over a random world: every operation, chained, told by fields and by units.

Only what two computations must agree on is asked: whether shapes touch is decided by the last digit
where their corners were computed, so that relations are asked of shapes as they were drawn.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gis_portal.planner.document import model
from tests.gis_portal.planner.engine.worlds import BEFORE, LAYERS, SINCE, World

POINT, LINE, POLYGON = 0, 1, 2
FILTERS = ("kind = 'A'", "kind IS NULL", "number >= 5", "NOT (number > 15)")
SLIVERS = model.Slivers(area_m2=1.0, width_m=0.2)
OPERATIONS = (
    "overlay", "overlay", "overlay", "buffer", "select", "within_distance", "nearest", "dissolve",
    "count_in", "coverage", "score", "changes",
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """What can be asked of an input or a step.

    `layer`: its features are still those of a layer, whose fields steps may name. `drawn`: its
    shapes are as they were drawn, to the last digit. `columns`: what results may be told by.
    """

    name: str
    dimension: int
    columns: tuple[str, ...]
    layer: bool = True
    drawn: bool = True


@dataclass
class Asking:
    """A question under way."""

    chance: random.Random
    world: World
    first: str
    inputs: dict[str, model.Input] = field(default_factory=dict)
    steps: list[Any] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)

    def pick(self, fits: Callable[[Name], bool]) -> Name | None:
        """The last name that fits, most of the time; else any."""
        found = [name for name in self.names if fits(name)]
        if not found:
            return None
        last = found[-1]
        return last if self.chance.random() < 0.7 else self.chance.choice(found)

    def other(self, than: Name, fits: Callable[[Name], bool]) -> Name | None:
        """A name that does not go back to the same rows: columns would hide each other."""
        heads = {column.split(".")[0] for column in than.columns}
        return self.pick(
            lambda n: fits(n) and not heads & {column.split(".")[0] for column in n.columns}
        )

    def made(self, step: Any, of: Name, *more: str, **differs: Any) -> None:
        """One more step, and what can be asked of it."""
        self.steps.append(step)
        columns = (*of.columns, *(f"{step.id}.{name}" for name in more))
        known = {"dimension": of.dimension, "layer": of.layer, "drawn": of.drawn}
        self.names.append(Name(step.id, **{"columns": columns, **known, **differs}))


def question(seed: int, world: World, first: str = "") -> model.Document:
    """The question of a seed. Every operation is the first of some; or `first` of all."""
    chance = random.Random(f"question {seed}{first}")
    asking = Asking(chance, world, first or OPERATIONS[seed % len(OPERATIONS)])
    _inputs(asking)
    operations = [asking.first, *chance.choices(OPERATIONS, k=chance.choice([0, 1, 1, 2]))]
    for number, operation in enumerate(operations):
        _STEPS[operation](asking, f"s{number}")
    told = asking.names[-1]
    columns = [c for c in told.columns if not c.endswith((".number", ".rank"))]
    groups: list[model.Group] = [
        model.FieldGroup(*column.split("."))
        for column in chance.sample(columns, min(len(columns), chance.randint(0, 2)))
    ]
    units = chance.choice([[], [], [SINCE], [BEFORE], [SINCE, BEFORE]])
    groups += [model.UnitGroup("commune", dt.date.fromisoformat(on)) for on in units]
    chance.shuffle(groups)
    grid: int | str = chance.choice([model.AUTO, model.AUTO, model.AUTO, "9214", "EPSG:9210"])
    return model.Document(
        title={"vi": "Thử", "en": "Try"},
        inputs=asking.inputs,
        steps=tuple(asking.steps),
        result=model.Result(told.name, tuple(groups)),
        slivers=SLIVERS,
        grid=int(grid) if grid == "9214" else grid,
        raw={},
        sha256="",
    )


def _inputs(asking: Asking) -> None:
    """All layers, some of them filtered; communes of either date; the planner's own area."""
    chance, dimensions = asking.chance, {"point": POINT, "line": LINE, "polygon": POLYGON}
    order = list(LAYERS)
    chance.shuffle(order)
    for name in order:
        condition = chance.choice(FILTERS) if chance.random() < 0.2 else None
        asking.inputs[name] = model.LayerInput(name, f"random-{name}", condition)
        columns = (f"{name}.kind", f"{name}.number")
        asking.names.append(Name(name, dimensions[LAYERS[name]], columns))
    on = dt.date.fromisoformat(chance.choice([BEFORE, SINCE]))
    asking.inputs["communes"] = model.UnitsInput("communes", "commune", on)
    asking.inputs["own"] = model.AreaInput("own", asking.world.area.pk)
    for name, column in (("communes", "code"), ("own", "name")):
        asking.names.append(Name(name, POLYGON, (f"{name}.{column}",), layer=False, drawn=False))
    chance.shuffle(asking.names)


def _is_polygon(name: Name) -> bool:
    return name.dimension == POLYGON


def _is_of_changes(name: Name) -> bool:
    """Their column `kind` says what changed: the layer's own field of that name is hidden."""
    return any(column.endswith(".change") for column in name.columns)


def _select(asking: Asking, name: str) -> None:
    chance = asking.chance
    of = asking.pick(lambda n: n.layer and n.drawn)
    if of is None:
        return
    relation = chance.choice([None, "intersects", "within", "contains", "disjoint"])
    by = asking.other(of, lambda n: n.drawn)
    where = model.Where(relation, by.name) if relation and by and not asking.world.mixed else None
    filters = FILTERS[2:] if _is_of_changes(of) else FILTERS
    condition = chance.choice(filters) if where is None or chance.random() < 0.3 else None
    asking.made(model.Select(name, of.name, condition, where), of)


def _buffer(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: True)
    assert of is not None
    by_field = of.layer and asking.chance.random() < 0.4
    step = model.Buffer(name, of.name, *((None, "number") if by_field else (7.3, None)))
    asking.made(step, of, dimension=POLYGON, drawn=False)


def _overlay(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: True)
    by = asking.other(of, _is_polygon) if of else None
    if of is None or by is None:
        return
    kind = asking.chance.choice(["intersection", "identity", "difference"])
    columns = (*of.columns, *(by.columns if kind != "difference" else ()), f"{name}.inside")
    asking.made(model.Overlay(name, kind, of.name, by.name), of, columns=columns, drawn=False)


def _within(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: True)
    to = asking.other(of, lambda n: True) if of else None
    if of and to:
        metres = asking.chance.choice([17.3, 61.7])
        asking.made(model.WithinDistance(name, of.name, to.name, metres), of)


def _nearest(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: n.drawn)
    to = asking.other(of, lambda n: n.drawn and n.layer) if of else None
    if of and to:
        chance, columns = asking.chance, (*of.columns, *to.columns)
        metres = chance.choice([None, 77.7])
        step = model.Nearest(name, of.name, to.name, chance.randint(1, 3), metres)
        asking.made(step, of, "rank", columns=(*columns, f"{name}.rank"))


def _dissolve(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: True)
    assert of is not None
    field = "number" if _is_of_changes(of) else "kind"
    by = (field,) if of.layer and asking.chance.random() < 0.6 else ()
    asking.made(
        model.Dissolve(name, of.name, by),
        of, columns=tuple(f"{name}.{one}" for one in by), layer=False, drawn=False,
    )  # fmt: skip


def _count_in(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: n.drawn)
    places = asking.other(of, _is_polygon) if of else None
    if of and places:
        asking.made(model.CountIn(name, of.name, places.name), places, "count", layer=False)


def _coverage(asking: Asking, name: str) -> None:
    of = asking.pick(lambda n: n.name in ("masts", "roads") or n.layer)
    places = asking.other(of, lambda n: True) if of else None
    if of and places:
        radius = (None, "number") if asking.chance.random() < 0.5 else (31.7, None)
        step = model.Coverage(name, of.name, places.name, *radius)
        asking.made(step, places, "covered", layer=False, drawn=False)


def _score(asking: Asking, name: str) -> None:
    chance, of = asking.chance, asking.pick(lambda n: n.layer and n.dimension == POLYGON)
    if of is None:
        return
    to = asking.other(of, _is_polygon) or of
    road = asking.other(of, lambda n: n.drawn) or of
    criteria = [
        model.Criterion("far", 1, "distance", to=road.name, best=0, worst=90),
        model.Criterion("big", 2.5, "area", best=3000, worst=10),
        model.Criterion("in", 1, "inside", to=to.name, best=1, worst=0),
        model.Criterion("out", 0.5, "outside", to=to.name),
        model.Criterion("value", 1, "field", field="number", best=30, worst=2),
    ]
    musts = [
        model.Must("distance", to=road.name, max=77.7),
        model.Must("area", min=333.3),
        model.Must("field", field="number", min=5),
        model.Must("field", field="number", equals=3),
        model.Must("field", field="kind", equals="A"),
        model.Must("outside", to=to.name, min=0.3),
        model.Must("inside", to=to.name, max=0.7),
    ]
    step = model.Score(
        name, of.name,
        tuple(chance.sample(criteria, chance.randint(1, 5))),
        tuple(chance.sample(musts, chance.choice([0, 1, 1, 2]))),
        chance.choice([None, 5]),
    )  # fmt: skip
    asking.made(step, of, "rank")


def _changes(asking: Asking, name: str) -> None:
    step = model.Changes(name, "random-parcels", "previous", "live")
    of = Name(name, POLYGON, (f"{name}.change", f"{name}.kind", f"{name}.number"))
    asking.made(step, of)


def _combine(asking: Asking, name: str) -> None:
    """Two or three sets; where there is a chance, one of them is what is left of a layer."""
    dimension = asking.chance.choice([POINT, LINE, POLYGON, POLYGON])
    _select(asking, f"{name}_some")
    if dimension == POLYGON:
        _changes(asking, f"{name}_changed")
    fits = [n for n in asking.names if n.layer and n.dimension == dimension]
    if len(fits) == 1:
        wide = model.Buffer(f"{name}_wide", fits[0].name, 7.3)
        asking.made(wide, fits[0], dimension=POLYGON, drawn=False)
        fits = [n for n in asking.names if n.layer and n.dimension == POLYGON]
    sides = asking.chance.sample(fits, min(len(fits), asking.chance.randint(2, 3)))
    shared = ("number",) if any(map(_is_of_changes, sides)) else ("kind", "number")
    columns = tuple(f"{name}.{one}" for one in ("layer", "sector", *shared))
    step = model.Combine(name, tuple(side.name for side in sides))
    drawn = all(side.drawn for side in sides)
    asking.made(step, sides[0], columns=columns, layer=False, drawn=drawn)


_STEPS: dict[str, Callable[[Asking, str], None]] = {
    "overlay": _overlay,
    "buffer": _buffer,
    "select": _select,
    "within_distance": _within,
    "nearest": _nearest,
    "dissolve": _dissolve,
    "count_in": _count_in,
    "coverage": _coverage,
    "score": _score,
    "changes": _changes,
    "combine": _combine,
}
