"""Random analyses against a computation of their own: shapes read by shapely, carried by pyproj,
laid over each other by GeoPandas. Areas within 0.01 %, the same classes, and parts that add up.

25 of them in every run, all 300 in `make long`. An analysis is its seed.
"""

import random
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from gis_portal.planner.document.model import Buffer, Overlay, Slivers, Step, UnitGroup
from gis_portal.planner.engine.summary import Summary
from layers.crs import VN2000
from layers.models import AdminUnit, Layer
from tests.gis_portal.planner.engine.made import (
    EAST,
    GRID,
    NORTH,
    Row,
    answered,
    commune,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db
OTHER = VN2000[9214]
WITHIN, TOUCH = 1e-4, 0.02
USUAL, ALL = 25, 300
SIDE = 400.0
SLIVERS = Slivers(area_m2=1.0, width_m=0.2)


@dataclass(frozen=True)
class World:
    """Layers of a seed: features in their grid, and what each one is."""

    parcels: list[Row]
    zones: list[Row]
    kind: str


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


def written(shape: shapely.Geometry) -> str:
    """WKT to the last digit."""
    return str(shapely.to_wkt(shape, rounding_precision=-1))


def lattice(chance: random.Random, step: float, inset: float) -> list[shapely.Polygon]:
    """Neighbours that share their corners; `inset` leaves slivers against another lattice."""
    lines = [n * step + inset for n in range(int(SIDE / step) + 1)]
    moved = {
        (i, j): (EAST + x + chance.uniform(-0.2, 0.2) * step, NORTH + y)
        for i, x in enumerate(lines)
        for j, y in enumerate(lines)
    }
    last = range(len(lines) - 1)
    return [
        shapely.Polygon([moved[i, j], moved[i + 1, j], moved[i + 1, j + 1], moved[i, j + 1]])
        for i in last
        for j in last
    ]


def drawn(seed: int) -> World:
    """What a seed stands for."""
    chance = random.Random(seed)
    kind = chance.choice(["polygon", "polygon", "polygon", "line", "point"])
    shapes: list[BaseGeometry]
    if kind == "polygon" and chance.random() < 0.5:
        shapes = [*lattice(chance, chance.choice([25, 40, 100]), 0)]
    else:
        shapes = [shape_of(chance, kind) for _n in range(chance.randint(3, 25))]
    plan: list[shapely.Geometry] = [
        *lattice(chance, chance.choice([40, 100, 133]), chance.choice([0, 0.1, 7]))
    ]
    if chance.random() < 0.5:
        plan = [shape_of(chance, "polygon") for _n in range(chance.randint(1, 8))]
    classes = ["A", "B", None]
    return World(
        [
            Row(written(shape), chance.choice(classes))
            for shape in shapes
            if not shapely.is_empty(shape)
        ],
        [
            Row(written(shape), chance.choice(classes))
            for shape in plan
            if not shapely.is_empty(shape)
        ],
        kind,
    )


def frame(rows: list[Row], name: str) -> gpd.GeoDataFrame:
    """The rows as GeoPandas has them; None as a text, which no class is lost by."""
    shapes = shapely.from_wkt([row.wkt for row in rows])
    return gpd.GeoDataFrame({name: [row.kind or "?" for row in rows]}, geometry=shapes, crs=None)


def expected(world: World, kind: str, wide: float | None) -> dict[tuple[str, str], float]:
    """Size by class of the feature and of the zone, slivers among them."""
    ours, theirs = frame(world.parcels, "a"), frame(world.zones, "b")
    if wide is not None:
        theirs["geometry"] = theirs.geometry.buffer(wide, quad_segs=32)
    size = {"polygon": "area", "line": "length"}.get(world.kind)

    def sizes(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
        return getattr(shapes, size) if size else shapely.get_num_coordinates(shapes.values)

    found: dict[tuple[str, str], float] = {}
    pairs = ours.sindex.query(theirs.geometry, predicate="intersects")
    cut = shapely.intersection(ours.geometry.values[pairs[1]], theirs.geometry.values[pairs[0]])
    measured = sizes(gpd.GeoSeries(cut))
    if kind != "difference":
        for zone, feature, part in zip(pairs[0], pairs[1], measured, strict=True):
            key = ours["a"].iloc[feature], theirs["b"].iloc[zone]
            found[key] = found.get(key, 0.0) + float(part)
    if kind != "intersection":
        left = sizes(ours.geometry.difference(shapely.union_all(theirs.geometry.values)))
        for name, part in zip(ours["a"], left, strict=True):
            found[name, "-"] = found.get((name, "-"), 0.0) + float(part)
    return {key: part for key, part in found.items() if part > TOUCH}


def told(summary: Summary, world: World, kind: str) -> dict[tuple[str, str], float]:
    """The same as the engine tells it."""
    size = {"polygon": "area_m2", "line": "length_m", "point": "count"}[world.kind]
    found: dict[tuple[str, str], float] = {}
    for row in [*summary.rows, *summary.slivers["rows"]]:
        within = row["pieces.inside"] and kind != "difference"
        key = row["parcels.kind"] or "?", (row["zones.kind"] or "?") if within else "-"
        found[key] = found.get(key, 0.0) + row[size]
    return {key: part for key, part in found.items() if part > TOUCH}


def tried(seed: int, layers: dict[str, Layer]) -> None:
    """One analysis: a kind, with or without a corridor round the zones."""
    chance, world = random.Random(-seed - 1), drawn(seed)
    kind = chance.choice(["intersection", "identity", "difference"])
    wide = chance.choice([None, None, 3.0, 12.5])
    steps: list[Step] = []
    if wide is not None:
        steps.append(Buffer("corridor", "zones", wide))
    steps.append(Overlay("pieces", kind, "parcels", "corridor" if wide else "zones"))
    asked = document(
        {"parcels": layers[world.kind].slug, "zones": layers["zones"].slug},
        *steps,
        of="pieces",
        by=["parcels.kind", "zones.kind", "pieces.inside"],
        slivers=SLIVERS,
    )
    versions = {
        "parcels": version(layers[world.kind], world.parcels),
        "zones": version(layers["zones"], world.zones),
    }
    summary, _store = answered(asked, versions)
    right, found = expected(world, kind, wide), told(summary, world, kind)
    assert found.keys() == right.keys(), (seed, kind, wide, right, found)
    for key, size in right.items():
        assert abs(found[key] - size) <= max(WITHIN * size, TOUCH), (seed, kind, wide, key)


@pytest.fixture
def layers() -> dict[str, Layer]:
    kinds = ("polygon", "line", "point")
    made = {kind: layer(f"engine-{kind}", kind, units=False) for kind in kinds}
    return {**made, "zones": layer("engine-zones", "polygon", units=False)}


def test_some_random_analyses(layers: dict[str, Layer]) -> None:
    for seed in range(USUAL):
        tried(seed, layers)


@pytest.mark.long
def test_all_random_analyses(layers: dict[str, Layer]) -> None:
    for seed in range(USUAL, ALL):
        tried(seed, layers)


def test_another_grid_and_two_communes(layers: dict[str, Layer]) -> None:
    """Parcels of another zone's grid, cut by communes of today: as pyproj carries them."""
    chance = random.Random(7)
    carry = Transformer.from_crs(GRID.pyproj, OTHER.pyproj, always_xy=True)

    def moved(shape: BaseGeometry) -> shapely.Geometry:
        return shapely.transform(
            shape, lambda xy: np.column_stack(carry.transform(xy[:, 0], xy[:, 1]))
        )

    west = shapely.box(EAST - 100, NORTH - 100, EAST + 200, NORTH + 700)
    east = shapely.box(EAST + 200, NORTH - 100, EAST + 900, NORTH + 700)
    units: dict[str, AdminUnit] = {
        code: commune(code, shape.wkt) for code, shape in (("90001", west), ("90002", east))
    }
    shapes = [shape_of(chance, "polygon") for _n in range(12)]
    carried = [moved(s) for s in shapes]
    rows = [Row(written(s), "A") for s in carried]
    asked = document({"parcels": layers["polygon"].slug}, of="parcels", by=[UnitGroup("commune")])
    summary, _store = answered(asked, {"parcels": version(layers["polygon"], rows, OTHER)})
    assert summary.grid == OTHER.code
    right = {
        code: sum(shapely.area(shapely.intersection(s, moved(unit))) for s in carried)
        for code, unit in (("90001", west), ("90002", east))
    }
    assert units.keys() == right.keys()
    for row in summary.rows:
        assert row["area_m2"] == pytest.approx(right[row["commune"]], rel=1e-4)
    assert abs(summary.sums["difference"]) <= 1e-9 * summary.sums["input"] + 1e-4
