"""A steward sends a picture: the day is asked for, the page shows what came, another approves."""

import datetime as dt
from pathlib import Path

import pytest

from gis_portal.steward.forms import UploadForm
from importers import jobs
from importers.models import ImportRun
from importers.request import Request
from importers.run import run_import
from layers.imagery import scene_path
from layers.models import Feature
from layers.permissions import APPROVER, STEWARD
from tests.gis_portal.steward.test_pages import person, text, user_of
from tests.importers.pictures import geotiff, imagery_layer

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 2)


def test_a_picture_without_a_day_may_be_sent_other_files_may_not() -> None:
    imagery_layer()
    assert "data_date" not in UploadForm({"layer": "test-imagery"}).errors
    assert "data_date" in UploadForm({"layer": "public-land-parcels"}).errors


def test_the_day_is_asked_for_with_the_file_s_own_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = geotiff(tmp_path / "a.tif", tags={"TIFFTAG_DATETIME": "2025:03:01 09:30:00"})
    run = run_import(file, imagery_layer())
    assert run.error_code == "acquired-missing"
    steward, address = person("steward", STEWARD), f"/steward/imports/{run.pk}/"
    monkeypatch.setattr("gis_portal.steward.choices.has_file", lambda _run: True)
    monkeypatch.setattr(jobs, "file_of", lambda _run: file)
    page = text(steward, address)
    assert "Chờ ngày chụp ảnh" in page
    assert 'name="data_date" value="2025-03-01"' in page
    asked: list[Request] = []

    def submit(one: Request, **_how: object) -> ImportRun:
        asked.append(one)
        return run

    monkeypatch.setattr(jobs, "submit", submit)
    assert steward.post(f"{address}again/", {"data_date": "2025-03-02"}).status_code == 302
    assert asked[0].data_date == DAY


def test_the_page_shows_the_scene_and_another_person_publishes_it(tmp_path: Path) -> None:
    steward, approver = person("steward", STEWARD), person("approver", APPROVER)
    file = geotiff(tmp_path / "a.tif", tags={"TIFFTAG_DATETIME": "2025:03:01 09:30:00"})
    run = run_import(file, imagery_layer(), dry_run=False, data_date=DAY, user=user_of("steward"))
    address = f"/steward/imports/{run.pk}/"
    page = text(steward, address)
    for words in ("200 × 160", "2,00 m", "02/03/2025", "tệp ghi 01/03/2025", "EPSG:5899"):
        assert words in page
    assert 'src="data:image/webp;base64,' in page
    assert "chưa có số quyết định" not in page, "a picture is no parcel"
    assert '<path class="outline-new"' in page
    assert approver.post(f"{address}approve/").status_code == 302
    assert approver.post(f"{address}publish/").status_code == 302
    run.refresh_from_db()
    assert run.version is not None
    scene = Feature.objects.get(version_id=run.version.pk)
    assert scene_path(scene.properties["file"]).is_file()
    assert text(approver, "/steward/layers/test-imagery/")
    assert ImportRun.objects.count() == 1
