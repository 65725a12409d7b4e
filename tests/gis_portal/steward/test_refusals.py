"""After a refusal the page offers what can help, and nothing where only another file can."""

import json
from pathlib import Path

import pytest

from gis_portal.steward.candidate_maps import candidate_cards
from importers.models import ImportRun
from importers.request import Request
from importers.run import run_import
from layers.models import Layer
from layers.permissions import STEWARD
from tests.gis_portal.steward.test_pages import person, text
from tests.importers.made import geojson, plot_rows, plots, squares

pytestmark = pytest.mark.django_db
OTHER_CHOICE = "Nạp lại tệp này với lựa chọn khác"


def refused(code: str, **extra: object) -> ImportRun:
    """A run that was refused with this code, its file still kept."""
    return ImportRun.objects.create(
        layer=Layer.objects.first() or plots(),
        file_name="a.zip",
        file_sha256="",
        state=ImportRun.REFUSED,
        error_code=code,
        report={"error": {"code": code, "title": "Từ chối", "detail": "", "hint": "", **extra}},
    )


@pytest.fixture(autouse=True)
def _file_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_portal.steward.choices.has_file", lambda _run: True)


@pytest.mark.parametrize("code", ["unsupported-format", "broken-file", "empty-file", "unsafe-zip"])
def test_hopeless_files_offer_nothing(code: str) -> None:
    page = text(person("steward", STEWARD), f"/steward/imports/{refused(code).pk}/")
    assert OTHER_CHOICE not in page
    assert "/again/" not in page


def test_sheets_are_buttons_and_levels_are_boxes() -> None:
    steward = person("steward", STEWARD)
    sheets = refused("choice-needed", layers=["To1", "To2"])
    page = text(steward, f"/steward/imports/{sheets.pk}/")
    assert '<button class="button button-quiet" name="sheet" value="To2">' in page
    assert "Chờ chọn phần của tệp" in page
    rows = [{"level": "10", "what": "3 đường", "role": "boundary"}, {"level": "13", "what": "chữ"}]
    page = text(steward, f"/steward/imports/{refused('levels-needed', levels=rows).pk}/")
    assert '<option value="boundary" selected>' in page
    assert 'name="level" value="13"' in page


def test_levels_chosen_go_with_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steward, run = person("steward", STEWARD), refused("levels-needed")
    file = tmp_path / "a.dxf"
    file.write_text("0")
    asked: list[Request] = []

    def submit(request: Request, **_upload: Path) -> ImportRun:
        asked.append(request)
        return run

    monkeypatch.setattr("importers.jobs.file_of", lambda _run: file)
    monkeypatch.setattr("importers.jobs.submit", submit)
    said = {"level": ["10", "13", "23"], "role": ["boundary", "", "boundary"], "values": "a = b"}
    assert steward.post(f"/steward/imports/{run.pk}/again/", said).status_code == 302
    assert asked[0].levels == {"boundary": ["10", "23"]}
    assert asked[0].values == {"a": "b"}


def test_missing_columns_in_words_with_a_box_for_values(tmp_path: Path) -> None:
    rows = plot_rows(3)
    for row in rows:
        row.pop("code")
    pairs = list(zip(squares(3), rows, strict=True))
    run = run_import(geojson(tmp_path / "a.geojson", pairs, "EPSG:5899"), plots())
    assert run.error_code == "missing-columns"
    assert json.dumps(run.report["error"]["missing"])
    page = text(person("steward", STEWARD), f"/steward/imports/{run.pk}/")
    assert "tên cột được nhận:" in page
    assert 'id="other-values"' in page
    assert 'id="other-crs"' not in page


@pytest.mark.parametrize("code", ["datum-shift", "wrong-meridian", "outside-province"])
def test_status_and_task_agree_about_the_system(code: str) -> None:
    page = text(person("steward", STEWARD), f"/steward/imports/{refused(code).pk}/")
    assert "Chờ chọn hệ tọa độ" in page
    assert 'id="other-crs"' in page


def test_no_system_is_offered_where_none_fits() -> None:
    run = refused("outside-province", candidates=[])
    page = text(person("steward", STEWARD), f"/steward/imports/{run.pk}/")
    assert "Chờ tệp khác" in page
    assert 'id="other-crs"' not in page


def test_readings_200_m_apart_share_a_close_map_and_name_the_shift() -> None:
    plain = {
        "code": "EPSG:5899",
        "title": "VN-2000",
        "choice": "EPSG:5899;confirmed",
        "inside": True,
        "lon": 107.2,
        "lat": 10.5,
        "points": [[107.2, 10.5], [107.24, 10.5]],
    }
    moved = {
        **plain,
        "choice": "EPSG:5899;shift=-192.4,111.6;confirmed",
        "shift": [-192.4, 111.6],
        "lon": 107.19824,
        "lat": 10.501,
        "points": [[107.19824, 10.501], [107.23824, 10.501]],
    }
    run = refused("crs-datum-unclear", candidates=[plain, moved])
    first, second = candidate_cards(run)
    assert first.dots[0] == second.others[0]
    (x, y), (other_x, other_y) = first.dots[0], first.others[0]
    assert abs(x - other_x) > 40
    assert abs(y - other_y) > 20
    assert second.moved == "dời 112 m lên Bắc, 192 m sang Tây"
    page = text(person("steward", STEWARD), f"/steward/imports/{run.pk}/")
    assert "Dùng hệ này, dời 112 m lên Bắc, 192 m sang Tây" in page


def test_a_cancel_is_acknowledged_until_it_ended() -> None:
    run = refused("")
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.RUNNING, cancel_requested=True)
    page = text(person("steward", STEWARD), f"/steward/imports/{run.pk}/")
    assert page.count("Đang hủy…") >= 2
