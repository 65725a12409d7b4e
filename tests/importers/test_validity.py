"""Our verdict on every case of the JTS suites equals the expected one, through the import's steps.

Valid means: shape and repair let it through as it is. Invalid means: repaired without a change of
shape, or refused with its place. What else a layer does not take is listed with its reason.
"""

import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from importers.batch import Batch, Issue
from importers.steps.repair import repair
from importers.steps.shape import shape
from layers.crs import VN2000
from layers.definition import LayerDefinition, Text

KINDS = {"Point": "point", "LineString": "line", "Polygon": "polygon"}
# Valid geometry that no layer takes, whatever its validity: file, number of cases, reason.
NOT_FOR_A_LAYER = {
    ("TestValid.xml", "empty-geometry"): 3,
    ("TestValid2.xml", "wrong-geometry-type"): 1,  # a collection
    ("TestValid2.xml", "not-finite"): 1,  # 3.8e14: beyond any grid on Earth
    ("TestValid2.xml", "empty-geometry"): 3,
}
INVALID = {"repaired", "cannot-repair", "cannot-read-geometry"}


def cases(file: Path) -> Iterator[tuple[str, shapely.Geometry, bool]]:
    """(name, geometry, whether it is valid) of each case."""
    for number, case in enumerate(ET.parse(file).getroot().iter("case"), start=1):
        name = f"{number} {case.findtext('desc', '').strip()}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # NaN is what some cases are about
            geometry = shapely.from_wkt(" ".join(case.findtext("a", "").split()))
        yield name, geometry, case.findtext("test/op", "").strip() == "true"


def through_steps(geometry: shapely.Geometry) -> tuple[Batch, list[Issue]]:
    """One feature through the steps of a layer of its kind."""
    if isinstance(geometry, shapely.LinearRing):  # files hold rings as borders of areas only
        geometry = shapely.Polygon(geometry)
    kind = KINDS.get(type(geometry).__name__.removeprefix("Multi"), "polygon")
    definition = LayerDefinition("a", "land", kind, Text("", ""), Text("", ""), ())  # type: ignore[arg-type]
    one = np.empty(1, dtype=object)
    one[0] = geometry
    batch, issues = shape(Batch({}, one, np.array([1]), VN2000[5899]), definition)
    batch, repairs = repair(batch, definition)
    return batch, [*issues, *repairs]


def _same(batch: Batch, geometry: shapely.Geometry) -> bool:
    """Not one number differs. (`equals` of GEOS 3.14 crashes on one of the cases.)"""
    found = shapely.get_coordinates(batch.geometry)
    return bool(np.array_equal(found, shapely.get_coordinates(geometry)))


@pytest.mark.parametrize("name", ["TestValid.xml", "TestValid2.xml"])
def test_the_verdict_is_the_expected_one(name: str, shared: Path) -> None:
    wrong, others = [], Counter[str]()
    for case, geometry, valid in cases(shared / "data/validity" / name):
        batch, issues = through_steps(geometry)
        codes = {issue.code for issue in issues}
        if valid and codes & {"empty-geometry", "wrong-geometry-type", "not-finite"}:
            others.update(codes)
            continue
        said_valid = not codes and len(batch) == 1 and _same(batch, geometry)
        said_invalid = bool(codes & {*INVALID, "not-finite"})
        if (said_valid, said_invalid) != (valid, not valid):
            wrong.append((case, sorted(codes), valid))
    assert not wrong
    expected = {code: n for (file, code), n in NOT_FOR_A_LAYER.items() if file == name and n}
    assert others == expected


def test_every_refused_case_has_its_place(shared: Path) -> None:
    """Where it is wrong, in the file's own numbers; only a shape without any has none."""
    for case, geometry, valid in cases(shared / "data/validity/TestValid.xml"):
        _batch, issues = through_steps(geometry)
        for issue in issues:
            if not valid and issue.code == "cannot-repair":
                assert issue.x is not None, case
                corners = shapely.get_coordinates(geometry)
                assert (corners.min(axis=0) <= (issue.x, issue.y)).all(), case
                assert (corners.max(axis=0) >= (issue.x, issue.y)).all(), case


def test_a_repair_changes_neither_area_nor_outline() -> None:
    spike = "POLYGON ((0 0, 10 0, 10 10, 5 10, 5 10.04, 5 10, 0 10, 0 0))"
    batch, issues = through_steps(shapely.from_wkt(spike))
    assert [issue.code for issue in issues] == ["repaired"]
    assert shapely.area(batch.geometry[0]) == pytest.approx(100)
    for wkt in (
        "POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))",  # bow tie
        "POLYGON ((0 0, 10 0, 10 10, 5 10, 5 12, 5 10, 0 10, 0 0))",  # a spike of 2 m
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((5 0, 15 0, 15 10, 5 10, 5 0)))",
    ):
        batch, issues = through_steps(shapely.from_wkt(wkt))
        assert [issue.code for issue in issues] == ["cannot-repair"]
        assert not len(batch)


def test_holes_and_repeated_points_stay_and_are_no_fault() -> None:
    wkt = "POLYGON ((0 0, 10 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))"
    batch, issues = through_steps(shapely.from_wkt(wkt))
    assert not issues
    assert shapely.area(batch.geometry[0]) == 96


def test_a_hole_without_corners_goes() -> None:
    for wkt in (
        "POLYGON ((0 0, 9 0, 9 9, 0 0), EMPTY)",
        "MULTIPOLYGON(((0 0,9 0,9 9,0 0),(4 1,5 1,5 2,4 1),EMPTY),((20 0,29 0,29 9,20 0)))",
    ):
        batch, issues = through_steps(shapely.from_wkt(wkt))
        assert not issues
        assert not shapely.is_empty(shapely.get_rings(batch.geometry)).any()
        assert _same(batch, shapely.from_wkt(wkt))
