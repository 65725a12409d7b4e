"""What lies on 500 random parcels, beside shapely's own answer on the source grid.

The second computation shares nothing with the first but the declarations: shapes go from their own
grid to the parcels' by pyproj, areas and widths are shapely's, and the three answers are written
out once more. docs/decisions/0027.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from gis_portal.parcels.overlay import lay_over
from gis_portal.parcels.parts import Overlay
from gis_portal.parcels.reading import ground_of
from layers.crs import VN2000, WGS84, Crs
from layers.land_roles import Restricts
from layers.models import AdminUnit, Layer
from layers.standing import standing_layers
from tests.gis_portal.parcels.published import Row, commune, live

pytestmark = pytest.mark.django_db
GRID, OTHER = VN2000[5899], VN2000[9210]
EAST, NORTH, SIDE = 436_000.0, 1_161_000.0, 1500.0
COUNT = 500
# More than any reach or half width.
FAR = 250.0
Known = dict[UUID, tuple[BaseGeometry, float | None]]


@dataclass(frozen=True)
class World:
    """The parcels and, of each layer, its features in the parcels' grid: shape and half width."""

    parcels: dict[UUID, BaseGeometry]
    units: dict[UUID, AdminUnit]
    features: dict[str, Known]
    with_construction: AdminUnit


def moved(shape: BaseGeometry, source: Crs, target: Crs) -> BaseGeometry:
    """By pyproj alone, with the pinned definitions."""
    here, there = CRS.from_proj4(source.proj4), CRS.from_proj4(target.proj4)
    move = Transformer.from_crs(here, there, always_xy=True)

    def carry(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(move.transform(xy[:, 0], xy[:, 1]))

    found: BaseGeometry = shapely.transform(shape, carry)
    return found


def star(rng: np.random.Generator, x: float, y: float, size: float) -> shapely.Polygon:
    """A simple polygon of 4 to 12 corners, millimetres."""
    corners = int(rng.integers(4, 13))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners)) + np.arange(corners) * 1e-6
    reach = rng.uniform(0.4, 1.0, corners) * size
    points = np.column_stack([x + reach * np.cos(angles), y + reach * np.sin(angles)])
    return shapely.Polygon(points.round(3))


def stars(rng: np.random.Generator, count: int, least: float, most: float) -> list[shapely.Polygon]:
    places = rng.uniform([EAST, NORTH], [EAST + SIDE, NORTH + SIDE], (count * 2, 2))
    drawn = (star(rng, x, y, float(rng.uniform(least, most))) for x, y in places)
    return [shape for shape in drawn if shape.is_valid and shape.area > 1][:count]


def parcels(rng: np.random.Generator, zones: list[BaseGeometry]) -> list[BaseGeometry]:
    """Compact, with a hole, in two pieces, along the line of a zone or just over it."""
    found: list[BaseGeometry] = list(stars(rng, COUNT - 120, 6, 60))
    for shape in stars(rng, 40, 30, 60):
        middle = shape.representative_point()
        found.append(shape.difference(middle.buffer(2, quad_segs=2)))
    for shape in stars(rng, 30, 10, 30):
        away = shapely.transform(shape, lambda xy: xy + np.array([90.0, 0.0]))
        found.append(shapely.MultiPolygon([shape, away]))
    lines = [zone for zone in zones if zone.area > 400][:50]
    for n, zone in enumerate(lines):
        # The zone's own edge is the parcel's, or 5 cm … 1 m beyond it.
        (ax, ay), (bx, by) = shapely.get_coordinates(zone)[:2]
        length = np.hypot(bx - ax, by - ay)
        over = [0.0, 0.05, 0.3, 1.0][n % 4]
        out = np.array([by - ay, ax - bx]) / length
        a, b = np.array([ax, ay]) - out * over, np.array([bx, by]) - out * over
        strip = shapely.Polygon([a, b, b + out * 12, a + out * 12])
        found.append(
            strip
            if strip.intersection(zone).area < strip.area / 2
            else shapely.Polygon([a, b, b - out * 12, a - out * 12])
        )
    return [shapely.set_precision(shape, 0.001) for shape in found if shape.area > 1]


def zones_of(rng: np.random.Generator) -> list[BaseGeometry]:
    """Land-use zones without gaps over the west; nothing is planned in the east."""
    places = rng.uniform([EAST, NORTH], [EAST + SIDE, NORTH + SIDE], (90, 2))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(places))
    west = shapely.box(EAST, NORTH, EAST + SIDE * 0.8, NORTH + SIDE)
    parts = [shapely.set_precision(cell.intersection(west), 0.001) for cell in cells.geoms]
    return [part for part in parts if part.area > 1]


def roads_of(rng: np.random.Generator) -> list[tuple[shapely.LineString, float | None]]:
    """Lines with their right of way; every fourth has none published."""
    found = []
    for n in range(60):
        start = rng.uniform([EAST, NORTH], [EAST + SIDE, NORTH + SIDE])
        steps = rng.normal(0, 60, (int(rng.integers(1, 25)), 2)).cumsum(axis=0)
        line = shapely.LineString(np.vstack([start, start + steps]).round(3))
        found.append((line, None if n % 4 == 0 else round(float(rng.uniform(3, 60)), 1)))
    return found


@pytest.fixture
def world() -> World:
    rng = np.random.default_rng(20260727)
    here, there = commune("90001", "Xã Thử Một"), commune("90002", "Xã Thử Hai")
    zones = zones_of(rng)
    shapes = parcels(rng, zones)
    register = [
        Row(f"p{n}", s, {"parcel_no": str(n)}, _unit(n, here, there)) for n, s in enumerate(shapes)
    ]
    uids = live("public-land-parcels", register, GRID)
    known = {"land-use-plan": _polygons("land-use-plan", zones, GRID, {"land_use": "ODT"})}
    blocks = stars(rng, 60, 20, 120)
    known["construction-plan"] = _polygons("construction-plan", blocks, GRID, {}, here)
    clusters = [moved(s, GRID, WGS84) for s in stars(rng, 8, 100, 300)]
    known["industrial-clusters"] = _polygons("industrial-clusters", clusters, WGS84, {})
    known["growing-areas"] = _growing(rng)
    known["road-centrelines"] = _roads(rng, here)
    known["tourism-points"] = _relics(rng)
    return World(
        {uids[row.key]: row.shape for row in register},
        {uids[row.key]: row.unit for row in register if row.unit},
        known,
        here,
    )


def _unit(n: int, here: AdminUnit, there: AdminUnit) -> AdminUnit | None:
    return None if n % 25 == 0 else here if n % 2 else there


def _polygons(
    slug: str,
    shapes: Sequence[BaseGeometry],
    crs: Crs,
    values: dict[str, str],
    unit: AdminUnit | None = None,
) -> Known:
    rows = [Row(f"k{n}", shape, values, unit) for n, shape in enumerate(shapes)]
    uids = live(slug, rows, crs)
    return {uids[row.key]: (moved(row.shape, crs, GRID), None) for row in rows}


def _growing(rng: np.random.Generator) -> Known:
    """Every third code was revoked: it is not in force."""
    shapes = stars(rng, 24, 40, 200)
    status = ["valid", "suspended", "revoked"]
    rows = [Row(f"k{n}", s, {"status": status[n % 3]}) for n, s in enumerate(shapes)]
    uids = live("growing-areas", rows, GRID)
    return {uids[r.key]: (r.shape, None) for r in rows if r.values["status"] != "revoked"}


def _roads(rng: np.random.Generator, unit: AdminUnit) -> Known:
    drawn = [(moved(line, GRID, OTHER), width) for line, width in roads_of(rng)]
    rows = [
        Row(f"k{n}", line, {} if width is None else {"right_of_way": width}, unit)
        for n, (line, width) in enumerate(drawn)
    ]
    uids = live("road-centrelines", rows, OTHER)
    return {
        uids[row.key]: (moved(row.shape, OTHER, GRID), width / 2 if width else None)
        for row, (_line, width) in zip(rows, drawn, strict=True)
    }


def _relics(rng: np.random.Generator) -> Known:
    drawn = rng.uniform([EAST, NORTH], [EAST + SIDE, NORTH + SIDE], (80, 2))
    places = [shapely.Point(x, y) for x, y in drawn]
    rows = [
        Row(f"k{n}", moved(at, GRID, WGS84), {"kind": "relic" if n % 2 else "food"})
        for n, at in enumerate(places)
    ]
    uids = live("tourism-points", rows, WGS84)
    return {
        uids[r.key]: (moved(r.shape, WGS84, GRID), None)
        for r in rows
        if r.values["kind"] == "relic"
    }


@dataclass(frozen=True)
class Expected:
    """Shapely's answer: uid → m² of parts and of slivers, uid → m of what is only near or on it."""

    answer: str
    parts: dict[UUID, float]
    slivers: dict[UUID, float]
    points: set[UUID]
    total: float


def near_by(parcel: BaseGeometry, known: Known, tree: shapely.STRtree) -> Known:
    """Those whose box is not far: the others cannot matter."""
    uids = list(known)
    return {uids[n]: known[uids[n]] for n in tree.query(shapely.buffer(parcel.envelope, FAR))}


def expected(
    parcel: BaseGeometry, unit: AdminUnit | None, rule: Restricts, known: Known, world: World
) -> Expected:
    parts, slivers, points, near = {}, {}, set(), False
    pieces = []
    for uid, (shape, half) in known.items():
        if shape.geom_type == "Point" or (rule.buffer and half is None):
            distance = shapely.distance(shape, parcel)
            near = near or bool(0 < distance <= rule.reach)
            points |= {uid} if distance == 0 else set()
            continue
        ground = shapely.buffer(shape, half, quad_segs=8) if half else shape
        common = shapely.intersection(parcel, ground)
        area = common.area
        if area <= 0.01:
            continue
        thin = area < rule.sliver_m2 or 2 * area < rule.sliver_width * common.length
        if thin and area < parcel.area / 2:
            slivers[uid] = area
        else:
            parts[uid] = area
            pieces.append(common)
    answer = _said(rule, unit, bool(parts or points), near, world)
    return Expected(answer, parts, slivers, points, shapely.union_all(pieces).area)


def _said(
    rule: Restricts, unit: AdminUnit | None, concerned: bool, near: bool, world: World
) -> str:
    if concerned:
        return "concerned"
    if rule.covers in ("marks", "ground") or unit is None:
        return "not_published"
    if rule.covers == "units" and unit != world.with_construction:
        return "not_published"
    return "not_published" if near else "clear"


def differences(found: Overlay, wanted: Expected) -> Iterator[str]:
    """What is not the same, in words."""
    if found.answer != wanted.answer:
        yield f"{found.answer}, not {wanted.answer}"
    measured = {part.uid: part.area for part in found.parts if part.area is not None}
    for told, other in (
        (measured, wanted.parts),
        ({p.uid: p.area or 0.0 for p in found.slivers}, wanted.slivers),
    ):
        if told.keys() != other.keys():
            yield f"features {told.keys() ^ other.keys()}"
        yield from (
            f"{told[u]} m², not {other[u]}"
            for u in told.keys() & other.keys()
            if abs(told[u] - other[u]) > 0.1
        )
    if {part.uid for part in found.parts if part.area is None} != wanted.points:
        yield "other points on the parcel"
    if abs(found.area - wanted.total) > 0.1:
        yield f"{found.area} m² in all, not {wanted.total}"


def test_five_hundred_parcels_have_the_answers_of_shapely(world: World) -> None:
    layers = standing_layers(None, published=False)
    rules = {layer.slug: layer.parsed.land.restricts for layer in layers}
    version = Layer.objects.get(slug="public-land-parcels").live_version
    assert version is not None
    assert len(world.parcels) >= COUNT
    trees = {
        slug: shapely.STRtree([shape for shape, _half in known.values()])
        for slug, known in world.features.items()
    }
    wrong, answers = [], set()
    for uid, shape in world.parcels.items():
        for overlay in lay_over(ground_of(version, uid), layers, "vi"):
            rule = rules[overlay.layer_slug]
            assert rule is not None
            slug = overlay.layer_slug
            known = near_by(shape, world.features[slug], trees[slug])
            wanted = expected(shape, world.units.get(uid), rule, known, world)
            answers.add((overlay.layer_slug, overlay.answer, bool(overlay.slivers)))
            wrong += [(overlay.layer_slug, uid, told) for told in differences(overlay, wanted)]
    assert not wrong, wrong[:5]
    # The world holds what is to be told apart.
    assert {answer for _slug, answer, _slivers in answers} == {
        "concerned", "clear", "not_published",
    }  # fmt: skip
    assert sum(slivers for *_rest, slivers in answers) >= 4
