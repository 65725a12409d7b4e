"""Made ground for random analyses: layers, communes of two dates and a private area of a seed.

Shapes are drawn in one grid; a layer may be kept in another, then its rows hold other numbers. Half
of the grounds are lattices whose neighbours share their corners, and leave slivers on each other.
"""

import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import shapely
from django.contrib.auth import get_user_model
from pyproj import Transformer
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from gis_portal.planner.areas import keeping
from layers.crs import VN2000, Crs
from layers.models import AdminUnit, Layer, UnitSuccession
from tests.gis_portal.planner.engine.made import EAST, GRID, NORTH, Row, commune, layer, version

OTHER = VN2000[9214]
SIDE = 400.0
BEFORE, SINCE = "2025-06-30", "2025-07-01"
LAYERS = {"parcels": "polygon", "roads": "line", "masts": "point", "zones": "polygon"}
# Communes: code, west, south, east, north, and the one of today that a former one became.
FORMER = [
    ("80001", 30.3, 30.3, 187.3, 211.7, "90001"),
    ("80002", 30.3, 211.7, 187.3, 370.9, "90001"),
    ("80003", 187.3, 30.3, 371.3, 211.7, "90002"),
    ("80004", 187.3, 211.7, 371.3, 370.9, "90002"),
]
TODAY = [("90001", 30.3, 30.3, 187.3, 370.9), ("90002", 187.3, 30.3, 371.3, 370.9)]


@dataclass(frozen=True)
class Ground:
    """What all worlds stand on: layers and units, made once for a test."""

    layers: dict[str, Layer]
    units: dict[str, AdminUnit]


@dataclass
class World:
    """Layers of a seed: rows in their own grids, and the versions that hold them."""

    rows: dict[str, list[Row]]
    grids: dict[str, Crs]
    lattice: bool
    ground: Ground
    versions: dict[str, int] = field(default_factory=dict)
    area: Any = None
    drawn: BaseGeometry | None = None

    @property
    def mixed(self) -> bool:
        """Some of it has to be carried to the common grid."""
        return len(set(self.grids.values())) > 1


@cache
def carry(of: Crs, to: Crs) -> Transformer:
    return Transformer.from_crs(of.pyproj, to.pyproj, always_xy=True)


def moved(shape: Any, of: Crs, to: Crs) -> Any:
    """The shape in another grid, as pyproj carries its corners."""
    if of == to:
        return shape
    return shapely.transform(
        shape, lambda xy: np.column_stack(carry(of, to).transform(xy[:, 0], xy[:, 1]))
    )


def written(shape: Any) -> str:
    """WKT to the last digit."""
    return str(shapely.to_wkt(shape, rounding_precision=-1))


def shape_of(chance: random.Random, kind: str) -> BaseGeometry:
    """A polygon with or without a hole, two of them, a line or a point."""
    x, y = EAST + chance.uniform(0, SIDE), NORTH + chance.uniform(0, SIDE)
    if kind == "point":
        return shapely.Point(x, y)
    if kind == "line":
        steps = [(chance.uniform(-80, 80), chance.uniform(-80, 80)) for _n in range(4)]
        return shapely.LineString([(x, y), *((x + dx, y + dy) for dx, dy in steps)])
    turn = sorted(chance.uniform(0, 2 * np.pi) for _n in range(chance.randint(5, 40)))
    size = chance.uniform(10, 90)
    star = [
        (x + np.cos(t) * size * r, y + np.sin(t) * size * r)
        for t in turn
        for r in [chance.uniform(0.5, 1)]
    ]
    made = shapely.make_valid(shapely.Polygon(star))
    if chance.random() < 0.3:
        made = made.difference(shapely.Point(x, y).buffer(size / 4, 4))
    if chance.random() < 0.2:
        made = made.union(shapely.box(x + 200, y, x + 215, y + 20))
    return shapely.union_all([p for p in shapely.get_parts(made) if p.geom_type == "Polygon"])


def lattice(chance: random.Random, step: float, inset: float) -> list[BaseGeometry]:
    """Neighbours that share their corners; `inset` leaves slivers against another lattice."""
    lines = [n * step + inset for n in range(int(SIDE / step) + 1)]
    places = {
        (i, j): (EAST + x + chance.uniform(-0.2, 0.2) * step, NORTH + y)
        for i, x in enumerate(lines)
        for j, y in enumerate(lines)
    }
    last = range(len(lines) - 1)
    return [
        shapely.Polygon([places[i, j], places[i + 1, j], places[i + 1, j + 1], places[i, j + 1]])
        for i in last
        for j in last
    ]


def ground() -> Ground:
    """Layers without versions yet; four communes that became two."""
    made = {n: layer(f"random-{n}", k, units=n == "parcels") for n, k in LAYERS.items()}
    units = {code: commune(code, rectangle(*sides).wkt) for code, *sides in TODAY}
    for code, *sides, later in FORMER:
        dates = {"valid_from": "2008-01-01", "valid_to": SINCE}
        units[code] = commune(code, rectangle(*sides).wkt, **dates)
        UnitSuccession.objects.create(old=units[code], new=units[later])
    return Ground(made, units)


def rectangle(west: float, south: float, east: float, north: float) -> BaseGeometry:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def world(seed: int, on: Ground) -> World:
    """What a seed stands for, stored."""
    chance = random.Random(seed)
    is_lattice = chance.random() < 0.5
    grids = dict.fromkeys(LAYERS, GRID)
    if not is_lattice and chance.random() < 0.5:
        grids = {name: chance.choice([GRID, OTHER]) for name in LAYERS}
    shapes = {n: _shapes(chance, n, is_lattice=is_lattice) for n in LAYERS}
    made = World(
        {n: _rows(chance, n, found, grids[n], on) for n, found in shapes.items()},
        grids, is_lattice, on,
    )  # fmt: skip
    for name, rows in made.rows.items():
        made.versions[name] = version(on.layers[name], rows, grids[name])
    made.rows["later"] = _edited(chance, made.rows["parcels"], grids["parcels"])
    made.versions["later"] = version(on.layers["parcels"], made.rows["later"], grids["parcels"])
    _draw(chance, made)
    return made


def _shapes(chance: random.Random, name: str, *, is_lattice: bool) -> list[BaseGeometry]:
    if is_lattice and name == "parcels":
        return lattice(chance, chance.choice([40, 57, 100]), 0)
    if is_lattice and name == "zones" and chance.random() < 0.7:
        return lattice(chance, chance.choice([57, 100, 133]), chance.choice([0, 0.1, 7]))
    few = {"zones": (1, 8), "masts": (3, 12)}.get(name, (3, 25))
    found = [shape_of(chance, LAYERS[name]) for _n in range(chance.randint(*few))]
    return [shape for shape in found if not shapely.is_empty(shape)]


def _rows(
    chance: random.Random, name: str, shapes: list[BaseGeometry], grid: Crs, on: Ground
) -> list[Row]:
    today = [on.units[code].pk for code, *_sides in TODAY]
    return [
        Row(
            written(moved(shape, GRID, grid)),
            chance.choice(["A", "B", None]),
            chance.choice([*today, None]) if name == "parcels" else None,
            chance.choice([None, 3.0, 12.5, 20.25]),
            f"{name}{place}",
        )
        for place, shape in enumerate(shapes)
    ]


def _edited(chance: random.Random, rows: list[Row], grid: Crs) -> list[Row]:
    """A later version: rows that are gone, others changed, new ones at the end."""
    found = []
    for row in rows:
        what = chance.choice(["gone", "class", "shape", "both", "same", "same"])
        by = chance.uniform(-3, 3) if what in ("shape", "both") else 0
        shape = affinity.translate(shapely.from_wkt(row.wkt), by, by)
        kind = "C" if what in ("class", "both") else row.kind
        if what != "gone":
            found.append(replace(row, kind=kind, wkt=written(shape) if by else row.wkt))
    new = [moved(shape_of(chance, "polygon"), GRID, grid) for _n in range(3)]
    unit = rows[0].unit
    return [*found, *(Row(written(s), "A", unit, None, f"new{n}") for n, s in enumerate(new))]


def _draw(chance: random.Random, made: World) -> None:
    """A planner's own area."""
    user, _made = get_user_model().objects.get_or_create(username="engine-planner")
    shape = shape_of(chance, "polygon")
    made.drawn = shape
    made.area = keeping._keep(user, "mine", np.array([shape], dtype=object), GRID, "drawn")
