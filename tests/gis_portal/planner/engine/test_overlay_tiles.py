"""Shapes of very many corners and very long sides, row by row against shapely: they are divided,
looked up box by box, and the rows come chunk by chunk.
"""

import numpy as np
import pytest
import shapely

from gis_portal.planner.document.model import Overlay
from gis_portal.planner.engine import overlay as laid
from gis_portal.planner.engine import rows as chunked
from gis_portal.planner.engine.store import ResultStore, fetched
from layers.cql2 import Sql
from layers.crs import VN2000
from layers.partitions import feature_table
from tests.gis_portal.planner.engine.made import (
    EAST,
    GRID,
    NORTH,
    Row,
    answered,
    box,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db
OTHER_GRID = VN2000[9216]
# Metres from the corner of the tests to where a straight side bends evenly to both ends.
MERIDIAN = 500_000 - int(EAST)


def star(x: float, y: float, radius: float, corners: int) -> shapely.Polygon:
    """Toothed all around, with a toothed hole in the middle."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = radius * (1 + 0.08 * np.cos(40 * turn))
    ring = np.column_stack([EAST + x + reach * np.cos(turn), NORTH + y + reach * np.sin(turn)])
    inner = (ring - [EAST + x, NORTH + y]) * 0.35 + [EAST + x, NORTH + y]
    return shapely.Polygon(ring, [inner[::-1]])


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (laid, chunked):
        monkeypatch.setattr(module, "CHUNK", 90)


@pytest.mark.parametrize("kind", ["intersection", "identity", "difference"])
@pytest.mark.usefixtures("few_at_a_time")
def test_parcels_over_shapes_of_thousands_of_corners(kind: str) -> None:
    cells = [Row(box(x, y, x + 40, y + 40)) for y in range(0, 900, 60) for x in range(0, 900, 60)]
    zones = [star(300, 300, 260, 4_000), star(520, 520, 250, 900), star(800, 100, 60, 40)]
    versions = {
        "parcels": version(layer("engine-parcels", "polygon"), cells),
        "zones": version(layer("engine-zones", "polygon"), [Row(z.wkt) for z in zones]),
    }
    asked = document(
        {"parcels": "engine-parcels", "zones": "engine-zones"},
        Overlay("pieces", kind, "parcels", "zones"),
        of="pieces",
    )
    summary, store = answered(asked, versions)

    found = _areas(store, versions)
    shapes = [shapely.from_wkt(cell.wkt) for cell in cells]
    expected = []
    for number, shape in enumerate(shapes):
        cuts = [shape.intersection(zone).area for zone in zones]
        if kind != "difference":
            expected += [(number, round(area, 4)) for area in cuts if area > 1e-5]
        left = shape.difference(shapely.union_all(zones)).area
        if kind != "intersection" and left > 1e-5:
            expected.append((number, round(left, 4)))
    assert found == expected
    assert summary.totals["area_m2"] == pytest.approx(sum(a for _n, a in expected), abs=0.01)


def test_a_long_straight_side_on_another_grid_finds_what_it_touches() -> None:
    """In degrees the side of 100 km bends by metres: parcels at its middle lie beyond its box."""
    side = box(MERIDIAN - 50_000, 0, MERIDIAN + 50_000, 9)
    cells = [
        Row(box(x, y, x + 2, y + 2))
        for x in range(MERIDIAN - 49_000, MERIDIAN + 49_001, 7_000)
        for y in (-1, 8)
    ]
    versions = {
        "parcels": version(layer("engine-parcels", "polygon"), cells),
        "zones": version(layer("engine-zones", "polygon"), [Row(side)]),
    }
    asked = document(
        {"parcels": "engine-parcels", "zones": "engine-zones"},
        Overlay("pieces", "intersection", "parcels", "zones"),
        of="pieces",
    )
    _summary, store = answered(asked, versions)
    assert _areas(store, versions) == [(number, 2.0) for number in range(len(cells))]


def test_a_layer_that_lies_on_another_grid_is_carried_once_and_adds_up() -> None:
    cells = [Row(box(x, 0, x + 100, 100)) for x in range(0, 1_000, 100)]
    zone = star(500, 50, 300, 1_200)
    drawn = f"ST_Transform(ST_GeomFromText(%s, {GRID.srid}), {OTHER_GRID.srid})"
    with_other = fetched(Sql(f"SELECT ST_AsText({drawn}, 15)", (zone.wkt,)))[0][0]
    versions = {
        "parcels": version(layer("engine-parcels", "polygon"), cells),
        "zones": version(layer("engine-zones", "polygon"), [Row(with_other)], OTHER_GRID),
    }
    asked = document(
        {"parcels": "engine-parcels", "zones": "engine-zones"},
        Overlay("pieces", "identity", "parcels", "zones"),
        of="pieces",
    )
    summary, _store = answered(asked, versions)
    assert abs(summary.sums["difference"]) < 1e-6
    assert any(note.startswith("grids-differ") for note in summary.notes)


def _areas(store: ResultStore, versions: dict[str, int]) -> list[tuple[int, float]]:
    """(number of the parcel, m²) in the order of the answer."""
    first = fetched(Sql(f"SELECT min(id) FROM {feature_table(versions['parcels'])}"))[0][0]
    found = fetched(Sql(f"SELECT a_id, area_m2 FROM {store.table()} ORDER BY seq"))
    return [(row[0] - first, round(row[1], 4)) for row in found]
