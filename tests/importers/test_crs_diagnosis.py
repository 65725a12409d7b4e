"""Files in the wrong system are refused by name with the readings, and the choice is followed."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon
from pyproj import CRS, Transformer

from importers.crs_choice import parse_choice
from importers.models import ImportRun
from importers.run import run_import
from layers.crs import VN2000, WGS84, transform_geometries
from layers.errors import UnknownCrs
from layers.models import AdminUnit, Feature, Layer, UnitSuccession
from tests.importers.made import (
    EAST,
    NORTH,
    geojson,
    planner_layer,
    plot_rows,
    plots,
    shapefile,
    squares,
    table,
)

pytestmark = pytest.mark.django_db
GRID = VN2000[5899]
MERGED = dt.date(2025, 7, 1)
UNIT_FIELDS: list[dict[str, Any]] = [
    {"name": "commune", "type": "unit"},
    {"name": "no", "type": "text", "required": True},
]


def commune(code: str, name: str, east: float, *, size: float = 3000.0) -> AdminUnit:
    """A square commune whose south-west corner lies `east` metres east of the test plots'."""
    box = shapely.box(EAST + east, NORTH, EAST + east + size, NORTH + size)
    shape = transform_geometries(np.array([box]), GRID, WGS84)[0]
    geom = MultiPolygon.from_ewkt(shapely.MultiPolygon([shape]).wkt)
    assert isinstance(geom, MultiPolygon)
    names = {"kind": "Xã", "name": f"Xã {name}", "short_name": name, "name_en": name}
    return AdminUnit.objects.create(
        code=code, level=AdminUnit.COMMUNE, valid_from=MERGED, geom=geom, **names
    )


@pytest.fixture
def communes() -> list[AdminUnit]:
    """The commune of the plots, and those where a wrong meridian puts them (27 km a quarter)."""
    found = [commune("90001", "Hòa Bình", 0), commune("90002", "Phước Lộc", 3000)]
    far = {"90003": -28_900.0, "90004": 25_900.0}
    return found + [commune(code, f"Xa {code}", east) for code, east in far.items()]


def layer_of_parcels() -> Layer:
    return planner_layer("unit-plots", UNIT_FIELDS, key=("commune", "no"), extent="province")


def claimed(shapes: np.ndarray, **values: Any) -> list[tuple[Any, dict[str, Any]]]:
    return [(shape, {"no": str(n), **values}) for n, shape in enumerate(shapes)]


def error_of(run: ImportRun) -> dict[str, Any]:
    error: dict[str, Any] = run.report["error"]
    return error


def read_in(shapes: np.ndarray, epsg: int) -> np.ndarray:
    """The same ground in another zone."""
    return transform_geometries(shapes, GRID, VN2000[epsg])


# --- What a choice is written like ----------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["EPSG:5899", "EPSG:5899;swap", "EPSG:9210;shift=-196.81,111.5", "EPSG:4326;swap;confirmed"],
)
def test_a_choice_is_one_text(text: str) -> None:
    assert str(parse_choice(text)) == text


@pytest.mark.parametrize("text", ["EPSG:5899;turn", "EPSG:5899;shift=1", "EPSG:1;shift=1e9,0"])
def test_words_that_are_no_choice(text: str) -> None:
    with pytest.raises(UnknownCrs):
        parse_choice(text)


# --- The communes that rows claim -----------------------------------------------------------------
def test_the_meridian_is_judged_by_the_communes_that_rows_name(
    communes: list[AdminUnit], tmp_path: Path
) -> None:
    """Surveyed in 107°45′, said to be 107°30′: still inside the province, in another commune."""
    layer = layer_of_parcels()
    file = geojson(tmp_path / "a.geojson", claimed(squares(20), commune="90001"), "EPSG:9216")
    run = run_import(file, layer)
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "wrong-meridian")
    best = error_of(run)["candidates"][0]
    assert (best["code"], best["swapped"], best["share_in_claimed_units"]) == (
        "EPSG:5899",
        False,
        1.0,
    )
    assert "EPSG:5899" in run.error_detail
    assert "100 % số dòng nằm đúng xã" in run.error_detail
    chosen = run_import(file, layer, crs=best["choice"], dry_run=False)
    assert chosen.version is not None
    assert chosen.version.crs_origin == "chosen"
    assert "khác với tệp ghi" in chosen.version.crs_note


def test_names_of_old_communes_judge_too(communes: list[AdminUnit], tmp_path: Path) -> None:
    old = AdminUnit.objects.create(
        code="90099",
        level=AdminUnit.COMMUNE,
        kind="Xã",
        name="Xã Tân Hưng",
        valid_from=dt.date(2004, 1, 1),
        valid_to=MERGED,
    )
    UnitSuccession.objects.create(old=old, new=communes[0])
    layer = planner_layer("named-plots", UNIT_FIELDS[1:], key=("no",), extent="province")
    rows = claimed(squares(5), TENXA="TAN HUNG")
    run = run_import(geojson(tmp_path / "a.geojson", rows, "EPSG:9216"), layer)
    assert run.error_code == "wrong-meridian"
    assert run_import(geojson(tmp_path / "b.geojson", rows, "EPSG:5899"), layer).error_code == ""


def test_an_old_code_means_the_new_commune(communes: list[AdminUnit], tmp_path: Path) -> None:
    old = AdminUnit.objects.create(
        code="90099",
        level=AdminUnit.COMMUNE,
        name="Xã cũ",
        valid_from="2004-01-01",
        valid_to=MERGED,
    )
    UnitSuccession.objects.create(old=old, new=communes[0])
    file = geojson(tmp_path / "a.geojson", claimed(squares(5), commune="90099"), "EPSG:9216")
    assert run_import(file, layer_of_parcels()).error_code == "wrong-meridian"


def test_wrong_codes_are_no_wrong_meridian(communes: list[AdminUnit], tmp_path: Path) -> None:
    """No system puts the rows where they say: that is a matter of each row."""
    file = geojson(tmp_path / "a.geojson", claimed(squares(5), commune="90002"), "EPSG:5899")
    run = run_import(file, layer_of_parcels())
    assert run.state == ImportRun.CHECKED
    assert run.issues.filter(code="outside-commune").count() == 5
    assert any("0 trên 5 dòng" in note for note in run.report["source"]["notes"])


def test_zones_of_six_degrees_are_among_the_readings(
    communes: list[AdminUnit], tmp_path: Path
) -> None:
    file = geojson(
        tmp_path / "a.geojson", claimed(read_in(squares(5), 3405), commune="90001"), "EPSG:9209"
    )
    run = run_import(file, layer_of_parcels())
    assert error_of(run)["candidates"][0]["code"] == "EPSG:3405"


def test_a_choice_made_on_the_map_is_not_questioned(
    communes: list[AdminUnit], tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", claimed(squares(5), commune="90001"))
    layer = layer_of_parcels()
    assert run_import(file, layer, crs="EPSG:9216").error_code == "wrong-meridian"
    assert run_import(file, layer, crs="EPSG:9216;confirmed").state == ImportRun.CHECKED


# --- Two numbers in each other's place ------------------------------------------------------------
def swapped(shapes: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]))


def test_swapped_numbers_are_refused_and_may_be_turned(tmp_path: Path) -> None:
    layer = plots()
    rows = list(zip(swapped(squares(3)), plot_rows(3), strict=True))
    file = geojson(tmp_path / "a.geojson", rows, "EPSG:5899")
    run = run_import(file, layer)
    assert run.error_code == "axes-swapped"
    turned = [c for c in error_of(run)["candidates"] if c["code"] == "EPSG:5899" and c["swapped"]]
    assert turned[0]["choice"] == "EPSG:5899;swap;confirmed"
    chosen = run_import(file, layer, crs=turned[0]["choice"], publish=True)
    assert chosen.state == ImportRun.PUBLISHED
    assert chosen.version is not None
    assert "đổi chỗ" in chosen.version.crs_note
    assert chosen.version_id is not None
    first = Feature.objects.filter(version_id=chosen.version_id).order_by("key").first()
    assert first is not None
    assert first.geom_source is not None
    assert first.geom_source.extent[0] == pytest.approx(EAST)


def test_swapped_columns_of_a_table_may_be_turned(tmp_path: Path) -> None:
    layer = plots(geometry="point")
    file = table(tmp_path / "a.csv", ["code", "X", "Y"], [["1", EAST, NORTH]])
    run = run_import(file, layer, crs="EPSG:5899")
    assert run.error_code == "axes-swapped"
    assert any(c["swapped"] and c["code"] == "EPSG:5899" for c in error_of(run)["candidates"])
    chosen = run_import(file, layer, crs="EPSG:5899;swap")
    assert chosen.state == ImportRun.CHECKED
    assert chosen.report["source"]["first_point"]["north"] == pytest.approx(NORTH)


@pytest.mark.parametrize(
    ("box", "crs", "code"),
    [
        ((107.16, 10.49, 107.17, 10.5), "EPSG:5899", "degrees-in-projected"),
        ((10.49, 107.16, 10.5, 107.17), "", "axes-swapped"),
        ((EAST, NORTH, EAST + 9, NORTH + 9), "EPSG:4326", "metres-in-geographic"),
        ((EAST, NORTH, EAST + 9, NORTH + 9), "EPSG:2154", "outside-crs-area"),
    ],
)
def test_every_refusal_carries_readings_with_points(
    box: tuple[float, float, float, float], crs: str, code: str, tmp_path: Path
) -> None:
    plots()
    file = geojson(tmp_path / "a.geojson", [(shapely.box(*box), plot_rows(1)[0])], crs)
    run = run_import(file, "test-plots")
    assert run.error_code == code
    found = error_of(run)["candidates"]
    assert found
    assert all(c["choice"] and c["points"] for c in found)
    assert found[0]["inside"]
    assert run_import(file, "test-plots", crs=found[0]["choice"]).error_code == ""


# --- With or without the datum shift --------------------------------------------------------------
def plain_tm(meridian: float) -> CRS:
    """VN-2000's numbers on WGS 84: what many offices' .prj say."""
    return CRS.from_proj4(
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=0.9999 +x_0=500000 +datum=WGS84 +units=m"
    )


def on_plain_tm(shapes: np.ndarray) -> np.ndarray:
    """The same ground, computed on WGS 84 without the seven parameters."""
    change = Transformer.from_crs(WGS84.pyproj, plain_tm(107.75), always_xy=True)
    lonlat = transform_geometries(shapes, GRID, WGS84)
    return np.asarray(
        shapely.transform(lonlat, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    )


def test_an_unclear_datum_offers_both_readings(tmp_path: Path) -> None:
    plots()
    columns = {"code": ["1", "2"], "name": ["Bà Rịa", "Vũng Tàu"]}
    file = shapefile(
        tmp_path, on_plain_tm(squares(2)), columns, prj=plain_tm(107.75).to_wkt("WKT1_ESRI")
    )
    run = run_import(file, "test-plots")
    assert run.error_code == "crs-datum-unclear"
    vn2000, plain = error_of(run)["candidates"][:2]
    assert (vn2000["choice"], plain["code"]) == ("EPSG:5899;confirmed", "EPSG:5899")
    # Published: ΔE −196.8, ΔN +111.5 m between the two at this place.
    assert list(plain["shift"]) == pytest.approx([-196.8, 111.5], abs=2.5)
    chosen = run_import(file, "test-plots", crs=plain["choice"], publish=True)
    assert chosen.version_id is not None
    first = Feature.objects.filter(version_id=chosen.version_id).order_by("key").first()
    assert first is not None
    assert first.geom_source is not None
    assert first.geom_source.extent[:2] == pytest.approx((EAST, NORTH), abs=0.02)


@pytest.mark.parametrize("shift", [(-196.8, 111.5), (150.0, 120.0)])
def test_a_constant_way_to_the_live_version_is_a_lost_datum(
    shift: tuple[float, float], tmp_path: Path
) -> None:
    layer = plots()
    rows = plot_rows(30)
    good = geojson(tmp_path / "a.geojson", list(zip(squares(30), rows, strict=True)), "EPSG:5899")
    run_import(good, layer, publish=True)
    beside = squares(30, EAST - shift[0], NORTH - shift[1])
    file = geojson(tmp_path / "b.geojson", list(zip(beside, rows, strict=True)), "EPSG:5899")
    run = run_import(file, layer)
    assert run.error_code == "datum-shift"
    offered = next(c for c in error_of(run)["candidates"] if c["shift"])
    assert offered["shift"] == pytest.approx(list(shift), abs=0.05)
    chosen = run_import(file, layer, crs=offered["choice"], dry_run=False)
    assert chosen.version is not None
    assert "dời" in chosen.version.crs_note
    assert chosen.diff["removed"] == 0
    assert chosen.diff["added"] == 0


def test_degrees_of_vn2000_called_wgs84(tmp_path: Path) -> None:
    """No shift in metres for a file in degrees: the system itself is the candidate."""
    layer = plots()
    rows = plot_rows(12)
    good = geojson(tmp_path / "a.geojson", list(zip(squares(12), rows, strict=True)), "EPSG:5899")
    run_import(good, layer, publish=True)
    degrees = transform_geometries(squares(12), GRID, VN2000[4756])
    file = geojson(tmp_path / "b.geojson", list(zip(degrees, rows, strict=True)))
    run = run_import(file, layer)
    assert run.error_code == "datum-shift"
    assert error_of(run)["candidates"][0]["choice"] == "EPSG:4756;confirmed"


def test_a_small_way_is_said_and_a_survey_again_is_not(tmp_path: Path) -> None:
    layer = plots()
    rows = plot_rows(12)
    good = geojson(tmp_path / "a.geojson", list(zip(squares(12), rows, strict=True)), "EPSG:5899")
    run_import(good, layer, publish=True)
    for east, said in ((0.8, True), (0.05, False)):
        moved = list(zip(squares(12, EAST + east), rows, strict=True))
        run = run_import(geojson(tmp_path / "b.geojson", moved, "EPSG:5899"), layer)
        assert run.state == ImportRun.CHECKED
        assert any("cần dời" in note for note in run.report["source"]["notes"]) is said


def test_parcels_over_the_border_of_their_commune_tell_a_lost_datum(
    communes: list[AdminUnit], tmp_path: Path
) -> None:
    """Nothing is published yet: the rows near the border decide, when there are many."""
    inside = squares(2400, EAST + 2, NORTH + 2, side=40.0)  # 1.6 × 2.4 km beside the west border
    file = geojson(
        tmp_path / "a.geojson", claimed(on_plain_tm(inside), commune="90001"), "EPSG:5899"
    )
    run = run_import(file, layer_of_parcels())
    assert run.error_code == "datum-shift"
    assert error_of(run)["candidates"][0]["shift"] is not None


def test_places_of_issues_stay_in_the_files_own_numbers(tmp_path: Path) -> None:
    layer = plots()
    bow = shapely.Polygon(
        [(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]
    )
    rows = list(zip([*squares(30), bow], plot_rows(31), strict=True))
    run = run_import(
        geojson(tmp_path / "a.geojson", rows), layer, crs="EPSG:5899;shift=-196.8,111.5"
    )
    issue = run.issues.get(code="cannot-repair")
    assert (issue.x, issue.y) == pytest.approx((EAST + 4.5, NORTH + 4.5))
