"""The whole way of a good file, as a steward sees it: report, rows, versions."""

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from importers.models import ImportIssue, ImportRun
from importers.report import render
from importers.run import run_import
from layers.crs import VN2000, WGS84, transform_geometries
from layers.models import Feature, LayerVersion, PrivateValue
from layers.permissions import private_context
from layers.publish import roll_back
from tests.importers import made
from tests.importers.made import EAST, NORTH, plot_rows, plots, plots_geojson, prj, squares

pytestmark = pytest.mark.django_db
GRID = VN2000[5899]


def features(run: ImportRun, order: str = "key") -> list[Any]:
    assert run.version_id is not None
    return list(Feature.objects.filter(version_id=run.version_id).order_by(order))


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path) -> None:
    plots()
    before = made.written()
    out = StringIO()
    call_command(
        "import_layer", plots_geojson(tmp_path / "a.geojson"), layer="test-plots", stdout=out
    )
    assert made.written() == before
    assert "Số dòng đọc: 20; nạp được: 20" in out.getvalue()
    assert "VN-2000 kinh tuyến trục 107°45′" in out.getvalue()
    assert "chưa ghi gì" in out.getvalue()
    run = ImportRun.objects.get()
    assert (run.state, run.version, run.diff["added"]) == (ImportRun.CHECKED, None, 20)


def test_a_published_file(tmp_path: Path) -> None:
    layer = plots()
    run = run_import(
        plots_geojson(tmp_path / "a.geojson"),
        layer,
        publish=True,
        data_date=dt.date(2026, 1, 2),
        decision_no="12/QĐ-UBND",
        source_org="Sở",
        illustrative=True,
    )
    layer.refresh_from_db()
    version = layer.live_version
    assert version is not None
    assert version == run.version
    assert (version.feature_count, version.source_srid) == (20, GRID.srid)
    assert (version.decision_no, version.is_illustrative) == ("12/QĐ-UBND", True)
    assert len(version.source_sha256) == 64
    assert version.area_m2 == pytest.approx(20 * 400)
    first = features(run)[0]
    assert first.key == "00000"
    assert first.properties == {
        "code": "00000",
        "name": "Khu đất Phước Thắng 0",
        "area": 400,
        "day": "2024-12-25",
        "fenced": False,
    }
    assert first.search == "khu dat phuoc thang 0"
    assert first.area_m2 == pytest.approx(400)
    assert first.geom_source.srid == GRID.srid
    assert first.geom.srid == 4326


def test_source_shape_is_kept_and_moved_by_the_pinned_operation(tmp_path: Path) -> None:
    layer = plots()
    run = run_import(plots_geojson(tmp_path / "a.geojson", 1), layer, publish=True)
    feature = features(run)[0]
    source = squares(1)[0]
    assert shapely.from_wkb(bytes(feature.geom_source.wkb)).equals_exact(source)
    expected = transform_geometries(np.array([source]), GRID, WGS84)[0]
    assert shapely.from_wkb(bytes(feature.geom.wkb)).equals_exact(expected, 1e-12)


def test_private_values_stay_behind_the_wall(tmp_path: Path) -> None:
    layer = plots()
    run = run_import(plots_geojson(tmp_path / "a.geojson"), layer, publish=True)
    assert not any({"owner", "paper"} & set(f.properties) for f in features(run))
    hidden = PrivateValue.objects.filter(version_id=features(run)[0].version_id)
    assert hidden.count() == 0
    admin = get_user_model().objects.create_superuser("root-of-test")
    with private_context(admin):
        values = {(v.visibility, *v.values) for v in hidden}
        assert hidden.count() == 40
    assert values == {("restricted", "owner"), ("officer", "paper")}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    layer = plots()
    file = plots_geojson(tmp_path / "a.geojson")
    first = run_import(file, layer, publish=True)
    second = run_import(file, layer, publish=True)
    assert second.version_id != first.version_id
    assert {k: second.diff[k] for k in ("added", "changed", "removed", "unchanged")} == {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 20,
    }
    assert [f.uid for f in features(first)] == [f.uid for f in features(second)]


def test_the_difference_tells_shape_value_and_private_value(tmp_path: Path) -> None:
    layer = plots()
    run_import(plots_geojson(tmp_path / "a.geojson", 6), layer, publish=True)
    rows = plot_rows(7)
    shapes = squares(7)
    rows[0]["name"] = "Tên mới"
    rows[1]["owner"] = "Người khác"
    shapes[2] = shapely.box(EAST + 40, NORTH, EAST + 60, NORTH + 21)
    del rows[5]
    kept = [s for i, s in enumerate(shapes) if i != 5]
    file = made.geojson(tmp_path / "b.geojson", list(zip(kept, rows, strict=True)), "EPSG:5899")
    diff = run_import(file, layer).diff
    assert (diff["added"], diff["removed"], diff["unchanged"]) == (1, 1, 2)
    assert (diff["changed_values"], diff["changed_shape"]) == (2, 1)
    assert diff["examples"]["removed"] == ["00005"]
    assert diff["area_delta_m2"] == pytest.approx(20)


def test_rolling_back_after_an_import(tmp_path: Path) -> None:
    layer = plots()
    first = run_import(plots_geojson(tmp_path / "a.geojson", 3), layer, publish=True)
    run_import(plots_geojson(tmp_path / "b.geojson", 4), layer, publish=True)
    assert roll_back(layer, as_operator=True).pk == first.version_id


def test_staging_waits_for_somebody_to_publish(tmp_path: Path) -> None:
    layer = plots()
    run = run_import(plots_geojson(tmp_path / "a.geojson"), layer, dry_run=False)
    layer.refresh_from_db()
    assert run.version is not None
    assert (run.state, run.version.state) == (ImportRun.STAGED, LayerVersion.STAGED)
    assert layer.live_version is None


def test_a_failure_while_loading_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    layer = plots()
    before = made.written()

    def broken(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("importers.staging.Measured.save", broken)
    with pytest.raises(OSError, match="disk full"):
        run_import(plots_geojson(tmp_path / "a.geojson"), layer, publish=True)
    assert made.written() == before
    run = ImportRun.objects.get()
    assert (run.state, run.error_code, run.version) == (ImportRun.FAILED, "internal", None)
    # What went wrong is the log's; people get a number to ask with.
    assert "disk full" not in f"{run.error_detail} {run.report}"
    assert f"NAP-{run.pk}-0" in run.error_detail
    assert f"Import NAP-{run.pk}-0 failed" in caplog.text
    assert "disk full" in caplog.text


@pytest.mark.parametrize("cpg", [None, "right", "UTF-8"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1258", "tcvn3", "vni"])
def test_a_shapefile_in_every_encoding(encoding: str, cpg: str | None, tmp_path: Path) -> None:
    layer = plots()
    names = ["Phường Phước Thắng", "Xã Hòa Hiệp", "Đặc khu Côn Đảo", "Phường Rạch Dừa"]
    columns = {"code": ["001", "002", "003", "004"], "TENKHU": names}
    layer.definition["field"][1]["aliases"] = ["TENKHU"]
    layer.save()
    file = made.shapefile(
        tmp_path,
        squares(4),
        columns,
        encoding=encoding,
        prj=prj(5899),
        cpg={"utf-8": "UTF-8", "cp1258": "1258"}.get(encoding) if cpg == "right" else cpg,
    )
    run = run_import(file, layer, publish=True)
    assert [f.properties["name"] for f in features(run)] == names
    assert [f.properties["code"] for f in features(run)] == columns["code"]
    assert run.crs_code == "EPSG:5899"


def test_a_prj_without_datum_shift_is_said(tmp_path: Path) -> None:
    file = made.shapefile(tmp_path, squares(2), {"code": ["1", "2"]}, prj=prj(5899))
    run = run_import(file, plots())
    assert "EPSG:6960" in render(run.report)


def test_points_of_a_table_with_decimal_commas(tmp_path: Path) -> None:
    layer = plots(geometry="point")
    rows = [["01", f"{NORTH}".replace(".", ","), f"{EAST}".replace(".", ","), "12,5"]]
    file = made.table(tmp_path / "a.csv", ["code", "X (m)", "Y (m)", "area"], rows, delimiter=";")
    run = run_import(file, layer, crs="EPSG:5899", publish=True)
    feature = features(run)[0]
    assert (feature.geom_source.x, feature.geom_source.y) == (EAST, NORTH)
    assert feature.properties == {"code": "01", "area": 12.5}
    assert "X (hướng Bắc)" in render(run.report)


def test_lon_and_lat_of_a_table_are_wgs84(tmp_path: Path) -> None:
    layer = plots(geometry="point")
    file = made.table(tmp_path / "a.csv", ["code", "Kinh độ", "Vĩ độ"], [["1", 107.17, 10.5]])
    run = run_import(file, layer, publish=True)
    feature = features(run)[0]
    assert (feature.geom.x, feature.geom.y, feature.geom_source) == (107.17, 10.5, None)


def test_a_table_in_metres_without_crs_is_not_guessed(tmp_path: Path) -> None:
    file = made.table(tmp_path / "a.csv", ["code", "X", "Y"], [["1", NORTH, EAST]])
    assert run_import(file, plots(geometry="point")).error_code == "crs-missing"


def corner_rows(*, repeat: bool) -> list[list[object]]:
    """Two lots; the second has a hole. Title and unit lines above the header, as in real sheets."""
    rows: list[list[object]] = [
        ["BẢNG LIỆT KÊ TỌA ĐỘ GÓC RANH"],
        [],
        ["code", "Tên khu", "Số hiệu điểm", "X", "Y"],
    ]
    lots = {
        ("L01", "Lô một"): [(0, 0), (0, 10), (10, 10), (10, 0)],
        ("L02", "Lô hai"): [
            (0, 20),
            (0, 40),
            (20, 40),
            (20, 20),
            (0, 20),
            (5, 25),
            (5, 30),
            (10, 30),
            (5, 25),
        ],
    }
    for (code, name), corners in lots.items():
        for number, (north, east) in enumerate(corners, start=1):
            shown = [code, name] if repeat or number == 1 else [None, None]
            rows.append([*shown, number, NORTH + north, EAST + east])
    return rows


@pytest.mark.parametrize("repeat", [True, False])
def test_corner_lists_become_polygons(repeat: bool, tmp_path: Path) -> None:
    layer = plots()
    file = made.workbook(
        tmp_path / "a.xlsx", {"Ghi chú": [["đọc trước"]], "Tọa độ": corner_rows(repeat=repeat)}
    )
    run = run_import(file, layer, crs="VN-2000 107°45′", publish=True)
    found = features(run)
    assert [f.key for f in found] == ["L01", "L02"]
    assert [f.properties["name"] for f in found] == ["Lô một", "Lô hai"]
    assert [f.area_m2 for f in found] == pytest.approx([100, 400 - 12.5])


def test_a_corner_without_a_number_is_listed(tmp_path: Path) -> None:
    rows = corner_rows(repeat=True)
    rows[4][3] = "?"
    file = made.workbook(tmp_path / "a.xlsx", {"Tọa độ": rows})
    run_import(file, plots(), crs="EPSG:5899")
    issue = ImportIssue.objects.get()
    assert (issue.code, issue.row) == ("bad-coordinate", 5)


def test_a_polygon_across_the_seam_is_not_torn(tmp_path: Path) -> None:
    """PROJ alone would move the two sides of lon 107.1111 by different operations, 0.8 m apart."""
    layer = plots()
    seam = transform_geometries(np.array([shapely.Point(107.1111, 10.5)]), WGS84, GRID)[0]
    shapes = [
        shapely.box(seam.x - 50 + i * 50, seam.y, seam.x + i * 50, seam.y + 50) for i in range(2)
    ]
    rows = plot_rows(2)
    file = made.geojson(tmp_path / "a.geojson", list(zip(shapes, rows, strict=True)), "EPSG:5899")
    run = run_import(file, layer, publish=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(ST_Union(geom)::geography), ST_NumGeometries(ST_Multi(ST_Union(geom))) "
            "FROM layers_feature WHERE version_id = %s",
            [run.version_id],
        )
        area, parts = cursor.fetchone()
    assert parts == 1
    # 5,000 m² on the grid; a tear of 0.8 m along 50 m would show as 40 m².
    assert area == pytest.approx(5000 / 0.9999**2, abs=3)


def test_a_small_crossing_is_repaired_and_a_bow_tie_refused(tmp_path: Path) -> None:
    layer = plots()
    shapes = list(squares(60))
    spike = [(0, 0), (20, 0), (20, 20), (20, 20.01), (20, 20), (0, 20), (0, 0)]
    bow_tie = [(0, 0), (20, 20), (20, 0), (0, 20), (0, 0)]
    for index, corners in ((3, spike), (7, bow_tie)):
        shapes[index] = shapely.Polygon([(EAST + x, NORTH + 100 + y) for x, y in corners])
    file = made.geojson(
        tmp_path / "a.geojson", list(zip(shapes, plot_rows(60), strict=True)), "EPSG:5899"
    )
    run = run_import(file, layer, publish=True)
    assert run.rows_loaded == 59
    refused = ImportIssue.objects.get(run=run, severity="error")
    assert (refused.code, refused.row) == ("cannot-repair", 8)
    assert (refused.x, refused.y) == pytest.approx((EAST + 10, NORTH + 110))
    assert ImportIssue.objects.get(run=run, code="repaired").row == 4


def test_duplicates_of_the_key_are_listed_and_loaded(tmp_path: Path) -> None:
    layer = plots()
    rows = plot_rows(4)
    rows[3]["code"] = rows[1]["code"]
    run = run_import(plots_geojson(tmp_path / "a.geojson", rows=rows), layer, publish=True)
    assert [f.key for f in features(run)] == ["00000", "00001", "00001#2", "00002"]
    issue = ImportIssue.objects.get(run=run)
    assert (issue.code, issue.row, issue.severity) == ("duplicate-key", 4, "warning")


def test_rows_are_stored_along_the_curve(tmp_path: Path) -> None:
    """Neighbours in id are neighbours on the ground, whatever the file's order."""
    layer = plots()
    order = np.random.default_rng(1).permutation(400)
    rows = [{"code": str(i)} for i in order]
    file = made.geojson(
        tmp_path / "a.geojson", list(zip(squares(400)[order], rows, strict=True)), "EPSG:5899"
    )
    run = run_import(file, layer, publish=True)
    centres = np.array([f.geom_source.centroid.coords for f in features(run, "id")])
    steps = np.hypot(*np.diff(centres, axis=0).T)
    assert np.mean(steps) < 40


def test_heights_are_dropped_and_said(tmp_path: Path) -> None:
    layer = plots(geometry="point")
    file = made.geojson(tmp_path / "a.geojson", [(shapely.Point(107.1, 10.4, 5.0), {"code": "1"})])
    run = run_import(file, layer, publish=True)
    assert not features(run)[0].geom.hasz
    assert "đã bỏ độ cao" in render(run.report)


def test_personal_values_are_no_examples_in_the_report(tmp_path: Path) -> None:
    columns = {"code": ["1", "2"], "owner": ["Trần Thị Ánh", "Lê Đức"], "name": ["Đất", "Đồi"]}
    file = made.shapefile(tmp_path, squares(2), columns, encoding="tcvn3", prj=prj(5899))
    run = run_import(file, plots())
    shown = {guess["column"]: guess["preview"] for guess in run.report["source"]["encodings"]}
    assert shown["owner"] == []
    assert shown["name"]
    assert "Ánh" not in render(run.report)


def test_the_report_of_a_refusal_tells_what_was_read(tmp_path: Path) -> None:
    """A refused file still tells its system, so that one round of mending is enough."""
    rows = [{**row, "area": "?"} for row in plot_rows(3)]
    run = run_import(plots_geojson(tmp_path / "a.geojson", rows=rows), plots())
    text = render(run.report)
    assert "EPSG:5899" in text
    assert "LỖI [nothing-left]" in text
    assert "dòng 1 (code: 00000): “?”" in text
