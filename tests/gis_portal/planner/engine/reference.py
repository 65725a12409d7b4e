"""The same questions computed another way: shapely and loops, no SQL, nothing of the engine.

A `Frame` is what a name of a document stands for. Where a number lies so near to a threshold that
another order of adding may decide, the item is `doubtful` and the comparison takes either.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis_portal.planner.document import model
from layers.crs import Crs
from tests.gis_portal.planner.engine.made import GRID, uid_of
from tests.gis_portal.planner.engine.worlds import (
    BEFORE,
    FORMER,
    LAYERS,
    TODAY,
    World,
    moved,
    rectangle,
)

POINT, LINE, POLYGON = 0, 1, 2
NOISE = {POINT: 0.5, LINE: 1e-6, POLYGON: 1e-5}
DOUBT = {POINT: 0.5, LINE: 1e-3, POLYGON: 1e-3}
SHARED = ("kind", "number")
ANEW = model.Dissolve | model.Changes | model.Combine
DIMENSIONS = {"point": POINT, "line": LINE, "polygon": POLYGON}


@dataclass(frozen=True)
class Item:
    """A feature or a piece. `sliver`: None where nobody can tell."""

    shape: BaseGeometry
    classes: dict[str, Any]
    uid: str = ""
    unit: int | None = None
    value: dict[str, Any] = field(default_factory=dict)
    sliver: bool | None = False
    doubtful: bool = False


@dataclass(frozen=True)
class Frame:
    """Items of one dimension; `declares`: their units are those that the layer names."""

    items: list[Item]
    dimension: int
    declares: bool = False

    def where(self, chosen: Callable[[Item], bool]) -> "Frame":
        return replace(self, items=[item for item in self.items if chosen(item)])

    def shapes(self) -> list[BaseGeometry]:
        return [item.shape for item in self.items]


def size_of(shape: BaseGeometry, dimension: int) -> float:
    if dimension == POINT:
        return float(shapely.get_num_coordinates(shape))
    return float(shape.area if dimension == POLYGON else shape.length)


def only(shape: BaseGeometry, dimension: int) -> BaseGeometry:
    """The parts of that dimension."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([p for p in parts if shapely.get_dimensions(p) == dimension])


class Reference:
    """A document of a world, name by name."""

    def __init__(self, world: World, document: model.Document, grid: Crs) -> None:
        self.world, self.grid, self.slivers = world, grid, document.slivers
        self.layer_of = document.layer_of
        self.steps = {step.id: step for step in document.steps}
        self.frames: dict[str, Frame] = {n: self.input(n, i) for n, i in document.inputs.items()}
        for step in document.steps:
            self.frames[step.id] = getattr(self, step.op)(step)

    def key(self, name: str, field_name: str) -> str:
        """The column of a field that a step names: of the input that its features come from."""
        step = self.steps.get(name)
        while step is not None and not isinstance(step, ANEW):
            name = getattr(step, "in_", "") or step.of
            step = self.steps.get(name)
        return f"{name}.{field_name}"

    # --- Inputs ----------------------------------------------------------------------------------

    def rows(self, name: str, version: str, layer: str) -> Frame:
        world, items = self.world, []
        slug, grid = world.ground.layers[layer].slug, world.grids[layer]
        for row in world.rows[version]:
            shape = moved(shapely.from_wkt(row.wkt), grid, self.grid)
            classes = {f"{name}.kind": row.kind, f"{name}.number": row.number}
            items.append(Item(shape, classes, uid_of(slug, row.key), row.unit))
        return Frame(items, DIMENSIONS[LAYERS[layer]], declares=layer == "parcels")

    def input(self, name: str, given: model.Input) -> Frame:
        if isinstance(given, model.AreaInput):
            shape = moved(self.world.drawn, GRID, self.grid)
            return Frame([Item(shape, {f"{name}.name": "mine"})], POLYGON)
        if isinstance(given, model.UnitsInput):
            return self.units(name, str(given.on))
        frame = self.rows(name, name, name)
        return frame if given.filter is None else frame.where(passes(f"{name}.", given.filter))

    def units(self, name: str, on: str) -> Frame:
        known = [(code, sides) for code, *sides in TODAY]
        if on == BEFORE:
            known = [(code, sides) for code, *sides, _later in FORMER]
        items = []
        for code, sides in known:
            shape, unit = moved(rectangle(*sides), GRID, self.grid), self.world.ground.units[code]
            named = {f"{name}.code": code, f"{name}.name": unit.name}
            items.append(Item(shape, named, unit=unit.pk))
        return Frame(items, POLYGON, declares=on != BEFORE)

    # --- Choosing --------------------------------------------------------------------------------

    def select(self, step: model.Select) -> Frame:
        frame = self.frames[step.of]
        if step.filter is not None:
            frame = frame.where(passes(self.key(step.of, ""), step.filter))
        if step.where is None:
            return frame
        others, relation = self.frames[step.where.with_].shapes(), step.where.relation

        def lies_so(item: Item) -> bool:
            if relation == "within":
                return any(shapely.covers(other, item.shape) for other in others)
            if relation == "contains":
                return any(shapely.covers(item.shape, other) for other in others)
            met = any(shapely.intersects(other, item.shape) for other in others)
            return met == (relation == "intersects")

        return frame.where(lies_so)

    def within_distance(self, step: model.WithinDistance) -> Frame:
        others = self.frames[step.to].shapes()
        return self.frames[step.of].where(
            lambda i: any(shapely.distance(o, i.shape) <= step.metres for o in others)
        )

    # --- Shapes made anew ------------------------------------------------------------------------

    def buffer(self, step: model.Buffer) -> Frame:
        return self.widened(step.of, step.width_m, step.width_field)

    def widened(self, name: str, metres: float | None, key: str | None) -> Frame:
        items = []
        for item in self.frames[name].items:
            width = metres if key is None else item.classes.get(self.key(name, key))
            if width:
                items.append(replace(item, shape=item.shape.buffer(width, quad_segs=32)))
        return Frame(items, POLYGON)

    def overlay(self, step: model.Overlay) -> Frame:
        of, by = self.frames[step.of], self.frames[step.with_]
        return self.cut(of, by, step.kind, f"{step.id}.inside")

    def cut(self, of: Frame, by: Frame, kind: str, inside: str, unit: str = "") -> Frame:
        """Pieces; with `unit` these are units, whose number goes into that class."""
        dimension, items = of.dimension, []
        for item in of.items:
            met = [other for other in by.items if shapely.intersects(item.shape, other.shape)]
            for other in met if kind != "difference" else []:
                cut = only(shapely.intersection(item.shape, other.shape), dimension)
                found = {unit: other.unit} if unit else {**other.classes, inside: True}
                items.append(self.piece(item, cut, dimension, found))
            if kind != "intersection":
                left = shapely.difference(item.shape, shapely.union_all([o.shape for o in met]))
                found = {unit: None} if unit else {inside: False}
                items.append(self.piece(item, only(left, dimension), dimension, found))
        return Frame([item for item in items if item], dimension, of.declares)

    def piece(
        self, item: Item, cut: BaseGeometry, dimension: int, classes: dict[str, Any]
    ) -> Item | None:
        size, whole = size_of(cut, dimension), size_of(item.shape, dimension)
        if size <= NOISE[dimension] / 100:
            return None
        sliver = item.sliver or self.is_sliver(cut, size, whole, dimension)
        return replace(
            item,
            shape=cut,
            classes={**item.classes, **classes},
            sliver=item.sliver if size >= whole - NOISE[dimension] else sliver,
            doubtful=item.doubtful or size < DOUBT[dimension],
        )

    def is_sliver(
        self, cut: BaseGeometry, size: float, whole: float, dimension: int
    ) -> bool | None:
        if dimension == POINT:
            return False
        found = set()
        for near in (1 - 1e-4, 1 + 1e-4):
            about = size * near
            small = about < self.slivers.area_m2 or 2 * about < self.slivers.width_m * cut.length
            if dimension == LINE:
                small = about < self.slivers.width_m
            found.add(about < 0.5 * whole and small)
        return found.pop() if len(found) == 1 else None

    def dissolve(self, step: model.Dissolve) -> Frame:
        frame = self.frames[step.of]
        groups: dict[Any, list[BaseGeometry]] = {}
        for item in frame.items:
            key = tuple(item.classes.get(self.key(step.of, name)) for name in step.by)
            groups.setdefault(key, []).append(item.shape)
        items = [
            Item(
                shapely.union_all(shapes),
                {f"{step.id}.{n}": v for n, v in zip(step.by, key, strict=True)},
            )
            for key, shapes in groups.items()
        ]
        return Frame(items, frame.dimension)

    def combine(self, step: model.Combine) -> Frame:
        sides, items = [self.frames[name] for name in step.of], []
        for name, frame in zip(step.of, sides, strict=True):
            own = {f"{step.id}.layer": self.layer_of(name), f"{step.id}.sector": "land"}
            for item in frame.items:
                told = {f"{step.id}.{f}": item.classes.get(self.key(name, f)) for f in SHARED}
                items.append(replace(item, classes={**own, **told}))
        return Frame(items, sides[0].dimension, all(frame.declares for frame in sides))

    # --- Two sets --------------------------------------------------------------------------------

    def nearest(self, step: model.Nearest) -> Frame:
        of, to = self.frames[step.of], self.frames[step.to].items
        items = []
        for item in of.items:
            far = [(float(shapely.distance(item.shape, o.shape)), n) for n, o in enumerate(to)]
            near = sorted(f for f in far if step.metres is None or f[0] <= step.metres)[: step.k]
            for rank, (metres, n) in enumerate(near, 1):
                classes = {**item.classes, **to[n].classes, f"{step.id}.rank": rank}
                value = {**item.value, "distance_m": metres, "rank": rank}
                items.append(replace(item, classes=classes, value=value))
        return replace(of, items=items)

    def count_in(self, step: model.CountIn) -> Frame:
        of, places = self.frames[step.of], self.frames[step.in_]
        points = [
            i.shape if of.dimension == POINT else shapely.point_on_surface(i.shape)
            for i in of.items
        ]
        items = []
        for item in places.items:
            count = sum(bool(shapely.intersects(item.shape, point)) for point in points)
            classes = {**item.classes, f"{step.id}.count": count}
            items.append(replace(item, classes=classes, value={**item.value, "count": count}))
        return replace(places, items=items)

    def coverage(self, step: model.Coverage) -> Frame:
        circles = self.widened(step.of, step.radius_m, step.radius_field)
        places, covered = self.frames[step.in_], f"{step.id}.covered"
        together, items = shapely.union_all(circles.shapes()), []
        for item in places.items:
            for is_in, shape in (
                (True, shapely.intersection(item.shape, together)),
                (False, shapely.difference(item.shape, together)),
            ):
                part = only(shape, places.dimension)
                items.append(self.piece(item, part, places.dimension, {covered: is_in}))
        return replace(places, items=[item for item in items if item])

    # --- Scores ----------------------------------------------------------------------------------

    def score(self, step: model.Score) -> Frame:
        frame = self.frames[step.of]
        size = frame.dimension
        frame = frame.where(lambda i: all(self.fulfils(i, m, size, step.of) for m in step.must))
        weights = sum(part.weight for part in step.criteria) or 1.0
        items = []
        for item in frame.items:
            total, parts = 0.0, {}
            for part in step.criteria:
                value = self.measured(item, part, frame.dimension, step.of)
                points = _normed(part, value)
                total += part.weight * points
                parts[part.id] = {"value": value, "score": points, "weight": part.weight}
            items.append(replace(item, value={"parts": parts, "score": total / weights}))
        items.sort(key=lambda item: (-round(item.value["score"], 9), item.uid))
        ranked = []
        for rank, item in enumerate(items[: step.top], 1):
            classes = {**item.classes, f"{step.id}.rank": rank}
            ranked.append(replace(item, classes=classes, value={**item.value, "rank": rank}))
        return replace(frame, items=ranked)

    def measured(
        self, item: Item, part: model.Criterion | model.Must, dimension: int, name: str
    ) -> float | None:
        if part.kind == "field":
            number: float | None = item.classes.get(self.key(name, part.field or ""))
            return number
        if part.kind == "area":
            return float(item.shape.area)
        others = self.frames[part.to or ""].shapes()
        if part.kind == "distance":
            return min((float(shapely.distance(o, item.shape)) for o in others), default=None)
        met = shapely.union_all([o for o in others if shapely.intersects(o, item.shape)])
        whole = size_of(item.shape, dimension)
        cut = shapely.intersection(item.shape, met)
        share = min(1.0, size_of(only(cut, dimension), dimension) / whole)
        return share if part.kind == "inside" else 1 - share

    def fulfils(self, item: Item, must: model.Must, dimension: int, name: str) -> bool:
        value = self.measured(item, must, dimension, name)
        if must.equals is not None:
            return bool(value == must.equals)
        if value is None:
            return must.kind == "distance" and must.max is None
        least = must.min
        if must.kind in ("inside", "outside") and least is None and must.max is None:
            least = 1 - 1e-9
        return (least is None or value >= least) and (must.max is None or value <= must.max)

    # --- Two versions ----------------------------------------------------------------------------

    def changes(self, step: model.Changes) -> Frame:
        old, new = (self.rows(step.id, version, "parcels") for version in ("parcels", "later"))
        before = {item.uid: item for item in old.items}
        after = {item.uid: item for item in new.items}
        items = []
        for item in new.items:
            was = before.get(item.uid)
            if was is None:
                items.append(_changed(step.id, item, "added", None, 0.0, item.shape.area))
                continue
            names = {n for n in item.classes if item.classes[n] != was.classes[n]}
            is_moved = not shapely.equals(item.shape, was.shape)
            if names or is_moved:
                kind = "both" if names and is_moved else "shape" if is_moved else "fields"
                areas = was.shape.area, item.shape.area
                items.append(_changed(step.id, item, "changed", kind, *areas))
        for item in old.items:
            if item.uid not in after:
                items.append(_changed(step.id, item, "removed", None, item.shape.area, 0.0))
        return replace(new, items=items)


def _changed(
    name: str, item: Item, change: str, kind: str | None, before: float, after: float
) -> Item:
    classes = {f"{name}.number": item.classes[f"{name}.number"]}
    classes |= {f"{name}.change": change, f"{name}.kind": kind}
    value = {"area_m2_before": before, "area_m2_after": after, "area_change_m2": after - before}
    return replace(item, classes=classes, value=value)


def _normed(part: model.Criterion, value: float | None) -> float:
    best = 1.0 if part.best is None else part.best
    worst = 0.0 if part.worst is None else part.worst
    if value is None and part.kind != "distance":
        return 0.0
    if value is None:
        return 1.0 if best > worst else 0.0
    return min(1.0, max(0.0, (value - worst) / (best - worst)))


def passes(of: str, condition: Any) -> Callable[[Item], bool]:
    """The few filters that random questions ask, each by its own words."""
    kind, number = f"{of}kind", f"{of}number"
    return {
        "kind = 'A'": lambda i: i.classes[kind] == "A",
        "kind IS NULL": lambda i: i.classes[kind] is None,
        "number >= 5": lambda i: (i.classes[number] or 0) >= 5,
        "NOT (number > 15)": lambda i: (i.classes[number] or 99) <= 15,
    }[condition]


def grouped(
    reference: Reference, document: model.Document
) -> tuple[list[str], Iterable[Item], int]:
    """The pieces of the answer, cut by units where that has to be, and what they are told by."""
    frame, names = reference.frames[document.result.of], []
    for group in document.result.group_by:
        if isinstance(group, model.FieldGroup):
            names.append(f"{group.source}.{group.field}")
            continue
        name = f"unit {group.on}"
        names.append(name)
        if frame.declares and str(group.on) != BEFORE:
            items = [replace(i, classes={**i.classes, name: i.unit}) for i in frame.items]
            frame = replace(frame, items=items)
        else:
            units = reference.units("units", str(group.on))
            frame = reference.cut(frame, units, "identity", "", unit=name)
    return names, frame.items, frame.dimension
