"""What a steward reads: labels, keys, what goes, what to do; nothing twice, no English."""

import csv
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from importers.models import ImportRun
from importers.report import render
from importers.run import run_import
from layers.models import Layer
from tests.importers.made import (
    EAST,
    NORTH,
    planner_layer,
    plot_rows,
    plots,
    plots_geojson,
    table,
    write,
)

pytestmark = pytest.mark.django_db


def command(path: Path, **options: object) -> tuple[str, str]:
    """What the command prints and the error it ends with."""
    out, end = StringIO(), ""
    try:
        call_command(
            "import_layer", path, layer="test-plots", stdout=out, stderr=StringIO(), **options
        )
    except CommandError as error:
        end = str(error)
    return out.getvalue(), end


def test_issues_name_label_column_and_key(tmp_path: Path) -> None:
    plots()
    rows = plot_rows(200)
    for row in rows[10:19]:
        row["area"] = "rộng"
    rows[50]["code"] = rows[40]["code"]
    file, listed = plots_geojson(tmp_path / "a.geojson", rows=rows), tmp_path / "issues.csv"
    text, _end = command(file, issues=listed)
    assert "[area (cột area)]" in text
    assert "dòng 11 (code: 00010): “rộng”" in text
    assert "… còn 4 dòng nữa" in text
    assert "--issues" in text
    assert "trùng với dòng 41" in text
    content = listed.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    cells = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert cells[0][:5] == ["Dòng", "Đối tượng", "Trường", "Cột của tệp", "Giá trị"]
    assert cells[1][:5] == ["11", "code: 00010", "area", "area", "rộng"]
    assert len(cells) == 1 + 9 + 1


def test_formulas_stay_text_in_the_list(tmp_path: Path) -> None:
    plots()
    rows = plot_rows(40)
    rows[0]["area"] = "=1+1"
    listed = tmp_path / "issues.csv"
    command(plots_geojson(tmp_path / "a.geojson", rows=rows), issues=listed)
    assert "'=1+1" in listed.read_text(encoding="utf-8-sig")


def test_what_goes_is_named_and_why(tmp_path: Path) -> None:
    layer = plots()
    run_import(plots_geojson(tmp_path / "a.geojson", 100), layer, publish=True)
    rows = plot_rows(98)
    for row in rows[3:7]:
        row["day"] = "31/02/2024"
    run = run_import(plots_geojson(tmp_path / "b.geojson", rows=rows), layer)
    assert (run.diff["removed"], run.diff["removed_refused"]) == (6, 4)
    text = render(run.report)
    assert "Mất: 00003; 00004; 00005; 00006; 00098 … còn 1 nữa" in text
    assert "trong đó 4 vì dòng" in text


def test_a_large_removal_needs_a_reason(tmp_path: Path) -> None:
    layer = plots()
    first = run_import(plots_geojson(tmp_path / "a.geojson", 20), layer, publish=True)
    fewer = plots_geojson(tmp_path / "b.geojson", 10)
    text, end = command(fewer)
    assert end == ""
    assert "CẢNH BÁO: mất 50,0 %, quá mức 20,0 %" in text
    text, end = command(fewer, publish=True)
    assert end.startswith("[too-many-removed]")
    layer.refresh_from_db()
    assert layer.live_version_id == first.version_id
    text, end = command(fewer, publish=True, allow_removals="Thu hồi đất")
    assert (end, "Lý do cho phép bỏ: Thu hồi đất" in text) == ("", True)
    assert ImportRun.objects.filter(report__removals__allowed="Thu hồi đất").count() == 1


def test_a_refusal_is_told_once_with_the_whole_path(tmp_path: Path) -> None:
    plots()
    text, end = command(tmp_path / "none.geojson")
    assert (text + end).count("none.geojson") == 2  # the file's line and the reason
    assert str(tmp_path / "none.geojson") in text
    assert "none.geojson" not in end


@pytest.mark.parametrize("day", ["22/11/2026", "2026-11-22"])
def test_the_day_is_read_as_people_write_it(day: str, tmp_path: Path) -> None:
    plots()
    command(plots_geojson(tmp_path / "a.geojson"), publish=True, data_date=day)
    version = ImportRun.objects.get().version
    assert version is not None
    assert str(version.data_date) == "2026-11-22"


def test_a_wrong_day_is_refused_in_vietnamese(tmp_path: Path) -> None:
    plots()
    _text, end = command(plots_geojson(tmp_path / "a.geojson"), data_date="31/02/2026")
    assert end.startswith("Ngày dữ liệu “31/02/2026” không đúng")


def points(extent: str = "any") -> Layer:
    fields = [{"name": "code", "type": "text"}]
    return planner_layer("test-plots", fields, geometry="point", extent=extent)


def test_degrees_in_x_and_y_without_a_system(tmp_path: Path) -> None:
    points()
    text, end = command(table(tmp_path / "a.csv", ["code", "X", "Y"], [["1", 107.1, 10.5]]))
    assert end.startswith("[crs-missing]")
    assert "Số liệu là kinh vĩ độ: chọn WGS 84" in text
    assert "Y là Bắc, X là Đông: 10,50000°B 107,10000°Đ" in text


def test_swapped_degrees_speak_of_degrees(tmp_path: Path) -> None:
    points()
    text, _end = command(table(tmp_path / "a.csv", ["code", "lon", "lat"], [["1", 10.5, 107.1]]))
    assert "Kinh độ và vĩ độ bị đổi chỗ" in text
    assert "10,50000°B 107,10000°Đ" in text
    assert "VN-2000" not in text.partition("LỖI")[2].partition("Định dạng")[0]


def test_a_table_keeps_one_order_of_x_and_y(tmp_path: Path) -> None:
    points(extent="province")
    file = table(tmp_path / "a.csv", ["code", "X", "Y"], [["1", NORTH, EAST]])
    missing, _end = command(file)
    wrong, end = command(file, crs="EPSG:9210")
    assert end.startswith("[wrong-meridian]")
    for text in (missing, wrong):
        assert "(EPSG:5899), X là Bắc, Y là Đông: 10,5" in text


def test_a_suspicious_zip_says_the_limit(tmp_path: Path) -> None:
    plots()
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.shp", bytes(50_000_000))
    text, _end = command(tmp_path / "a.zip")
    assert "Tỷ lệ nén của tệp đáng ngờ" in text
    assert "tối đa 200 lần" in text


def test_text_named_zip_is_no_zip(tmp_path: Path) -> None:
    plots()
    text, _end = command(write(tmp_path / "a.zip", "code,lon,lat\n1,107,10"))
    assert "không phải tệp zip" in text


def test_the_admin_shows_the_report_as_text(tmp_path: Path, client: Client) -> None:
    run = run_import(plots_geojson(tmp_path / "a.geojson"), plots())
    client.force_login(get_user_model().objects.create_superuser("root-of-test"))
    page = client.get(f"/admin/importers/importrun/{run.pk}/change/").content.decode()
    assert "Số dòng đọc: 20; nạp được: 20" in page
    assert "unused_columns" not in page
    assert "File sha256" not in page
    assert client.get("/admin/importers/importrun/").status_code == 200


def test_a_dgn_that_ends_too_early_is_said_to(tmp_path: Path) -> None:
    plots()
    text, _end = command(write(tmp_path / "a.dgn", b"\x08\x09\xfe\x02" + bytes(600)))
    assert "[broken-file]" in text
    assert "cắt cụt" in text


def test_a_choice_lists_all_without_dots(tmp_path: Path) -> None:
    kinds = [{"value": v, "label": {"vi": v}} for v in ("A", "B")]
    planner_layer(
        "test-plots",
        [{"name": "code", "type": "text"}, {"name": "kind", "type": "choice", "choices": kinds}],
        geometry="point",
    )
    rows = [[str(i), "A" if i else "C", 107.1, 10.5] for i in range(30)]
    text, _end = command(table(tmp_path / "a.csv", ["code", "kind", "lon", "lat"], rows))
    assert "Chọn một trong: A, B.\n" in text
