"""Every operation once, over a handful of shapes whose answers are known by heart."""

import math

import pytest

from gis_portal.planner.document.model import (
    Buffer,
    Changes,
    CountIn,
    Coverage,
    Criterion,
    Dissolve,
    Input,
    Must,
    Nearest,
    Overlay,
    Score,
    Select,
    UnitGroup,
    UnitsInput,
    Where,
    WithinDistance,
)
from gis_portal.planner.engine import store as stored
from tests.gis_portal.planner.engine.made import (
    EAST,
    NORTH,
    Row,
    answered,
    box,
    commune,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db


def point(x: float, y: float) -> str:
    return f"POINT({EAST + x} {NORTH + y})"


def line(*places: tuple[float, float]) -> str:
    return f"LINESTRING({','.join(f'{EAST + x} {NORTH + y}' for x, y in places)})"


@pytest.fixture
def world() -> dict[str, int]:
    """Four parcels in a row, a road below them, three points, two communes side by side."""
    commune("90001", box(0, 0, 100, 100))
    commune("90002", box(100, 0, 200, 100))
    return {
        "parcels": version(
            layer("engine-parcels", "polygon", units=False),
            [
                Row(box(10, 10, 20, 20), "ODT", number=1),
                Row(box(40, 10, 60, 30), "CLN", number=2),
                Row(box(95, 10, 105, 20), "CLN", number=3),
                Row(box(150, 60, 190, 90), None, number=None),
            ],
        ),
        "roads": version(
            layer("engine-roads", "line"), [Row(line((0, 0), (70, 0)), "A", number=5)]
        ),
        "points": version(
            layer("engine-points", "point"),
            [Row(point(15, 15), "x"), Row(point(50, 12), "x"), Row(point(170, 70), "y")],
        ),
    }


INPUTS: dict[str, str | Input] = {
    "parcels": "engine-parcels",
    "roads": "engine-roads",
    "points": "engine-points",
}
COMMUNES = UnitsInput("communes", "commune")


def keyed(asked: object, world: dict[str, int], *columns: str) -> dict[object, tuple[int, float]]:
    summary, _store = answered(asked, world)  # type: ignore[arg-type]
    return {
        tuple(row[c] for c in columns) if len(columns) > 1 else row[columns[0]]: (
            row["count"],
            round(row["area_m2"] or row["length_m"] or 0, 3),
        )
        for row in summary.rows
    }


def test_selecting(world: dict[str, int]) -> None:
    first = Select("some", "parcels", "number >= 2")
    touched = Select("touched", "some", None, Where("contains", "points"))
    asked = document(INPUTS, first, touched, of="touched", by=["parcels.kind"])
    assert keyed(asked, world, "parcels.kind") == {"CLN": (1, 400.0)}
    free = Select("free", "parcels", None, Where("disjoint", "points"))
    asked = document(INPUTS, free, of="free", by=["parcels.kind"])
    assert keyed(asked, world, "parcels.kind") == {"CLN": (1, 100.0)}
    by_road = WithinDistance("near", "parcels", "roads", 30)
    asked = document(INPUTS, by_road, of="near", by=["parcels.kind"])
    assert keyed(asked, world, "parcels.kind") == {"ODT": (1, 100.0), "CLN": (2, 500.0)}


def test_corridors_cut_by_communes(world: dict[str, int]) -> None:
    """Roads name no commune that cuts parcels: pieces are cut at the communes' own borders."""
    steps = (
        Buffer("sides", "roads", None, "number"),
        Dissolve("corridor", "sides"),
        Overlay("pieces", "intersection", "parcels", "corridor"),
    )
    asked = document(INPUTS, *steps, of="parcels", by=[UnitGroup("commune")])
    assert keyed(asked, world, "commune") == {"90001": (3, 550.0), "90002": (2, 1250.0)}
    wide = (Buffer("sides", "roads", 15), *steps[1:])
    asked = document(INPUTS, *wide, of="pieces", by=[UnitGroup("commune"), "pieces.inside"])
    assert keyed(asked, world, "commune", "pieces.inside") == {("90001", True): (2, 150.0)}


def test_counting_and_nearest(world: dict[str, int]) -> None:
    inputs = {**INPUTS, "communes": COMMUNES}
    asked = document(
        inputs, CountIn("n", "points", "communes"), of="n", by=["communes.code", "n.count"]
    )
    told = keyed(asked, world, "communes.code", "n.count")
    assert set(told) == {("90001", 2), ("90002", 1)}
    asked = document(
        inputs, Nearest("two", "points", "parcels", 2), of="two", by=["two.rank", "parcels.kind"]
    )
    summary, store = answered(asked, world)
    assert [(r["two.rank"], r["count"]) for r in summary.rows] == [
        (1, 1),
        (1, 1),
        (1, 1),
        (2, 2),
        (2, 1),
    ]
    assert [p.value["distance_m"] for p in stored.pieces(store.run, None) if p.value][:2] == [
        0, pytest.approx(math.hypot(25, 0))
    ]  # fmt: skip


def test_coverage_and_its_gaps(world: dict[str, int]) -> None:
    inputs = {**INPUTS, "communes": COMMUNES}
    step = Coverage("reach", "points", "communes", radius_m=10)
    asked = document(inputs, step, of="reach", by=["communes.code", "reach.covered"])
    told = keyed(asked, world, "communes.code", "reach.covered")
    circle = math.pi * 100
    assert told["90001", True][1] == pytest.approx(2 * circle, rel=1e-3)
    assert told["90001", True][1] + told["90001", False][1] == pytest.approx(10_000, abs=0.01)
    assert told["90002", True][1] == pytest.approx(circle, rel=1e-3)


def test_scoring_shows_its_parts(world: dict[str, int]) -> None:
    step = Score(
        "sites",
        "parcels",
        (
            Criterion("road", 1, "distance", to="roads", best=0, worst=20),
            Criterion("size", 3, "area", best=400, worst=0),
        ),
        (Must("distance", to="roads", max=30), Must("field", field="number", min=2)),
    )
    asked = document(INPUTS, step, of="sites", by=["sites.rank", "parcels.kind"])
    summary, store = answered(asked, world)
    assert [(r["sites.rank"], r["area_m2"]) for r in summary.rows] == [
        (1, pytest.approx(400)),
        (2, pytest.approx(100)),
    ]
    best = next(iter(stored.pieces(store.run, None))).value
    assert best is not None
    assert best["parts"]["road"] == {"value": pytest.approx(10), "score": 0.5, "weight": 1}
    assert best["score"] == pytest.approx((0.5 + 3 * 1) / 4)


def test_changes_between_two_versions() -> None:
    parcels = layer("engine-parcels", "polygon")
    before = [
        Row(box(0, 0, 10, 10), "A"),
        Row(box(20, 0, 30, 10), "A"),
        Row(box(40, 0, 50, 10), "A"),
    ]
    after = [Row(box(0, 0, 10, 10), "B"), Row(box(20, 0, 30, 12), "A")]
    versions = {"changed.from": version(parcels, before), "changed.to": version(parcels, after)}
    asked = document(
        {},
        Changes("changed", "engine-parcels", "previous", "live"),
        of="changed",
        by=["changed.change", "changed.kind"],
    )
    assert keyed(asked, versions, "changed.change", "changed.kind") == {
        ("changed", "fields"): (1, 100.0),
        ("changed", "shape"): (1, 120.0),
        ("removed", None): (1, 100.0),
    }
