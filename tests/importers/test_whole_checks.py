"""What only the whole file shows: polygons on each other, slivers, gaps; and it stays cheap."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from importers.coverage.contact import suspects_of_contact
from importers.coverage.edges import Plane, doubled, joined, left_over, lone_edges
from importers.coverage.scanlines import suspects_of_depth
from importers.models import ImportIssue, ImportRun
from importers.run import run_import
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer
from tests.importers.made import EAST, NORTH, geojson, squares

pytestmark = pytest.mark.django_db
CODES = ("overlap", "overlap-sliver", "gap", "gap-sliver", "checks-cut-off")


def parcels(overlaps: str = "") -> Layer:
    """Parcels numbered in a commune: they cover the ground once."""
    fields = [("commune", "unit"), ("no", "text")]
    raw: dict[str, Any] = {
        "slug": "test-parcels",
        "sector": "land",
        "geometry": "polygon",
        "title": {"vi": "Thửa"},
        "key": ["commune", "no"],
        "field": [{"name": n, "type": t, "label": {"vi": n}} for n, t in fields],
    }
    raw |= {"overlaps": overlaps} if overlaps else {}
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def imported(folder: Path, shapes: Any, crs: str = "EPSG:5899", **options: Any) -> ImportRun:
    rows = [{"commune": "26560", "no": str(n)} for n in range(1, len(shapes) + 1)]
    file = geojson(folder / "a.geojson", list(zip(shapes, rows, strict=True)), crs)
    return run_import(file, options.pop("layer", None) or parcels(), **options)


def found(run: ImportRun) -> list[tuple[str, int, str]]:
    """(code, row, value) of what the whole checks said, in order of rows."""
    issues = ImportIssue.objects.filter(run=run, code__in=CODES)
    return list(issues.values_list("code", "row", "value"))


def test_a_clean_layer_costs_one_look_at_its_edges(tmp_path: Path) -> None:
    run = imported(tmp_path, squares(200))
    assert run.state == ImportRun.CHECKED
    assert found(run) == []


def test_overlaps_are_named_with_both_rows_their_area_and_their_place(tmp_path: Path) -> None:
    shapes = squares(40)
    shapes[5] = shapely.box(EAST + 100, NORTH, EAST + 123, NORTH + 20)  # 3 m into number 7
    run = imported(tmp_path, shapes)
    assert found(run) == [("overlap", 6, "dòng 6 (26560/6) và dòng 7 (26560/7) chồng nhau 60,0 m²")]
    assert "26560" in run.report["keys"]["6"]
    issue = ImportIssue.objects.get(run=run, code="overlap")
    assert issue.x == pytest.approx(EAST + 121.5, abs=1.5)
    assert issue.y == pytest.approx(NORTH + 10, abs=10)
    assert run.rows_loaded == 40  # a warning: nothing is left out


def test_a_parcel_inside_another_and_the_same_shape_twice(tmp_path: Path) -> None:
    shapes = [*squares(9, side=40.0)]
    inside = shapely.box(EAST + 10, NORTH + 10, EAST + 20, NORTH + 20)
    run = imported(tmp_path, [*shapes, inside, shapes[4]])
    assert [(code, row) for code, row, _value in found(run)] == [("overlap", 1), ("overlap", 5)]


def test_from_a_found_pair_the_check_goes_on_to_the_neighbours(tmp_path: Path) -> None:
    """A second survey of the same block: inner edges cancel among themselves, all pairs come."""
    first = squares(120)
    second = squares(120, EAST + 5, NORTH + 5)
    run = imported(tmp_path, [*first, *second])
    truth = shapely.area(shapely.intersection(first[:, None], second[None, :])) > 0.5
    assert len(found(run)) == int(truth.sum())


def test_thin_overlaps_are_counted_and_the_worst_shown(tmp_path: Path) -> None:
    shapes = squares(10)
    for n, width in ((2, 0.02), (6, 0.04)):
        x0, y0, x1, y1 = shapes[n].bounds
        shapes[n] = shapely.box(x0, y0, x1 + width, y1)
    ((code, row, value),) = found(imported(tmp_path, shapes))
    assert (code, row) == ("overlap-sliver", 7)
    assert value.startswith("2 chỗ; lớn nhất: dòng 7")
    assert "0,80 m²" in value


def test_neighbours_that_only_touch_are_clean(tmp_path: Path) -> None:
    """T-junctions, corners on walls, an island in a hole, rings in both directions."""
    big = shapely.box(EAST, NORTH + 20, EAST + 60, NORTH + 60)
    row = shapely.reverse(squares(3))
    hole = shapely.box(EAST + 10, NORTH + 30, EAST + 20, NORTH + 40)
    corner = shapely.box(EAST + 60, NORTH + 60, EAST + 80, NORTH + 80)
    assert found(imported(tmp_path, [*row, big.difference(hole), hole, corner])) == []


def test_degrees_are_measured_on_the_ground(tmp_path: Path) -> None:
    shapes = [
        shapely.box(107.1, 10.5, 107.101, 10.501),
        shapely.box(107.1005, 10.5, 107.102, 10.501),
    ]
    ((code, _row, value),) = found(imported(tmp_path, shapes, crs=""))
    assert code == "overlap"
    area = float(value.split("nhau ")[1].split(" m²")[0].replace(".", "").replace(",", "."))
    assert area == pytest.approx(54.75 * 110.61, rel=0.01)


def test_gaps_only_on_request(tmp_path: Path) -> None:
    shapes = squares(120)  # three rows of 40
    x0, y0, x1, y1 = shapes[45].bounds
    shapes[45] = shapely.box(x0 + 0.5, y0, x1, y1)  # 10 m² to the neighbour on the left
    shapes[60] = shapes[60].difference(
        shapely.box(*(shapes[60].centroid.coords[0] * 2)).buffer(0.3)
    )
    assert found(imported(tmp_path, shapes)) == []
    asked = found(imported(tmp_path, shapes, checks=("gaps",)))
    assert [(code, value.partition(",")[0]) for code, _row, value in asked] == [
        ("gap", "10"),
        ("gap-sliver", "1 chỗ; lớn nhất: 0"),
    ]
    assert asked[0][1] in (45, 46)


def test_a_definition_may_refuse_overlaps(tmp_path: Path) -> None:
    run = imported(tmp_path, [*squares(3), squares(1)[0]], layer=parcels("refused"))
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "overlapping")
    assert len(found(run)) == 1


def test_layers_that_may_overlap_are_left_alone(tmp_path: Path) -> None:
    assert found(imported(tmp_path, [*squares(3), squares(1)[0]], layer=parcels("allowed"))) == []


def test_a_check_that_was_cut_off_says_so(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_MAX_SUSPECTS = 2
    run = imported(tmp_path, [*squares(40), *squares(40, EAST + 5, NORTH + 5)])
    assert ("checks-cut-off", "đã xem 2 hình") in [(c, v) for c, _row, v in found(run)]


def test_the_french_cadastre_and_what_the_database_finds(tmp_path: Path, shared: Path) -> None:
    """4,241 real parcels: no pair that a comparison of all finds is missed."""
    file = shared / "data/parcels/fr_cadastre_75118.geojson"
    shapes = shapely.get_parts(shapely.from_geojson(file.read_text(encoding="utf-8")))
    shapes = shapes[np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)]
    one, other = shapely.STRtree(shapes).query(shapes)
    one, other = one[one < other], other[one < other]
    square_metre = 1 / (111_320.0**2 * np.cos(np.radians(48.9)))
    truth = shapely.area(shapely.intersection(shapes[one], shapes[other])) > 1.05 * square_metre
    known = closure(suspects(shapes), one[truth], other[truth])
    assert known >= {*one[truth].tolist(), *other[truth].tolist()}


@pytest.mark.parametrize("seed", range(20))
def test_no_overlap_escapes(seed: int) -> None:
    """Random defects in a random plan, against the comparison of all pairs."""
    shapes = spoilt(np.random.default_rng(seed))
    one, other = shapely.STRtree(shapes).query(shapes)
    one, other = one[one < other], other[one < other]
    truth = shapely.area(shapely.intersection(shapes[one], shapes[other])) > 0.05
    known = closure(suspects(shapes, geographic=False), one[truth], other[truth])
    assert known >= {*one[truth].tolist(), *other[truth].tolist()}


def spoilt(chance: np.random.Generator) -> np.ndarray:
    """A turned plan of bent parcels with holes in it, and one to three defects."""
    east, north = np.meshgrid(np.arange(13.0), np.arange(9.0))
    moved = np.stack([east, north], axis=2) + chance.uniform(-0.25, 0.25, (9, 13, 2))
    angle = chance.uniform(0, 6.28)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    at = np.round(moved @ turn * 22.0, 3)
    rings = [at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]]
    shapes = np.asarray(shapely.polygons(np.stack(rings, axis=2).reshape(-1, 4, 2)))
    shapes = shapes[chance.random(len(shapes)) > chance.choice([0.0, 0.3, 0.6])]
    extra = []
    for n in chance.integers(0, len(shapes), chance.integers(1, 4)):
        x, y = shapely.get_coordinates(shapely.centroid(shapes[n]))[0]
        kind = chance.integers(0, 4)
        if kind == 0:
            extra.append(shapes[n])
        elif kind == 1:
            extra.append(shapely.Point(x, y).buffer(chance.uniform(0.6, 9.0)))
        elif kind == 2:
            extra.append(shapely.box(x - 1, y - 70, x + 1, y + 70))
        else:
            shapes[n] = shapely.buffer(shapes[n], chance.uniform(0.1, 1.0), join_style="mitre")
    every = np.array([*shapes, *extra], dtype=object)
    every = every[chance.permutation(len(every))]
    turned = chance.random(len(every)) < 0.5
    return np.asarray(np.where(turned, shapely.reverse(every), every))


def suspects(shapes: np.ndarray, *, geographic: bool = True) -> set[int]:
    """What the edges alone give, in batches as an import has them."""
    plane = Plane.around(shapes, geographic=geographic)
    parts = [lone_edges(shapes[n : n + 97], plane, n) for n in range(0, len(shapes), 97)]
    edges = left_over(joined([edges for edges, _corners in parts]))
    corners = np.concatenate([counts for _edges, counts in parts])
    every = (doubled(edges), suspects_of_contact(edges), suspects_of_depth(edges, corners))
    return set(np.concatenate(every).tolist())


def closure(start: set[int], one: np.ndarray, other: np.ndarray) -> set[int]:
    """Whatever is reached from `start` along pairs that overlap."""
    known = set(start)
    while True:
        more = {int(b) for a, b in zip(one, other, strict=True) if a in known}
        more |= {int(a) for a, b in zip(one, other, strict=True) if b in known}
        if more <= known:
            return known
        known |= more
