"""The steward's pages without a browser: who may, what they say, what their buttons do."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from openpyxl import load_workbook
from shapely import Polygon

from importers.models import ImportRun
from importers.run import run_import
from layers.models import LayerVersion
from layers.permissions import APPROVER, PLANNER, RESTRICTED_READER, STEWARD
from tests.importers.made import geojson, plot_rows, plots, plots_geojson, squares

pytestmark = pytest.mark.django_db


def person(name: str, *roles: str) -> Client:
    """A browser in which this person is signed in."""
    user = User.objects.create_user(name)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    client = Client()
    client.force_login(user)
    return client


def user_of(name: str) -> User:
    return User.objects.get(username=name)


def staged(path: Path, by: str | None = None, count: int = 20) -> ImportRun:
    """An import that waits for approval, made by that person."""
    layer = plots()
    return run_import(
        plots_geojson(path / "a.geojson", count),
        layer,
        dry_run=False,
        user=user_of(by) if by else None,
    )


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


def test_who_may_come_in() -> None:
    asked = Client().get("/steward/upload/")
    assert asked.status_code == 302
    assert asked.headers["Location"] == "/accounts/login/?next=/steward/upload/"
    assert person("planner", PLANNER).get("/steward/").status_code == 404
    approver = person("approver", APPROVER)
    assert approver.get("/steward/").status_code == 200
    assert approver.get("/steward/upload/").status_code == 404
    assert person("steward", STEWARD).get("/steward/upload/").status_code == 200
    assert "/steward/" not in text(Client(), "/layers/")


def test_the_empty_list_teaches_and_says_that_nobody_works() -> None:
    page = text(person("steward", STEWARD), "/steward/")
    assert "Chưa có lần nạp nào" in page
    assert "Máy nạp đang nghỉ" in page


def test_a_form_names_each_error_beside_its_box() -> None:
    plots()
    steward = person("steward", STEWARD)
    answer = steward.post("/steward/upload/", {"layer": "test-plots", "data_date": "hôm qua"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="error-file"' in page
    assert page.count('aria-invalid="true"') == 2
    told = steward.post("/steward/upload/", {}, headers={"X-Requested-With": "portal"}).json()
    assert {"layer", "file", "data_date"} <= set(told["errors"])


def test_uploads_need_the_form_s_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("admin"))
    assert client.post("/steward/upload/", {}).status_code == 403


def test_a_file_without_a_system_shows_a_map_of_each_candidate(tmp_path: Path) -> None:
    rows = plot_rows(3)
    # Metres without the old crs member: GeoJSON then means degrees, which they cannot be.
    path = geojson(tmp_path / "a.geojson", list(zip(squares(3), rows, strict=True)))
    run = run_import(path, plots())
    assert run.state == ImportRun.REFUSED
    page = text(person("steward", STEWARD), f"/steward/imports/{run.pk}/")
    assert run.report["error"]["title"] in page
    if run.report["error"].get("candidates"):
        assert "<circle" in page


def test_four_eyes_on_the_page(tmp_path: Path) -> None:
    both = person("both", STEWARD, APPROVER)
    run = staged(tmp_path, by="both")
    address = f"/steward/imports/{run.pk}/"
    page = text(both, address)
    assert "Người nạp không tự duyệt" in page
    assert "Duyệt bản này" not in page
    refused = both.post(f"{address}approve/")
    assert refused.status_code == 403
    assert 'role="alert"' in refused.content.decode()
    approver = person("approver", APPROVER)
    early = approver.post(f"{address}publish/")
    assert early.status_code in (403, 409)
    assert approver.post(f"{address}approve/", {"note": "Đúng hồ sơ."}).status_code == 302
    assert "Đúng hồ sơ." in text(approver, address)
    assert approver.post(f"{address}publish/").status_code == 302
    run.refresh_from_db()
    assert run.version is not None
    assert run.version.state == LayerVersion.PUBLISHED


def test_much_that_goes_needs_a_reason_first(tmp_path: Path) -> None:
    layer = plots()
    run_import(plots_geojson(tmp_path / "a.geojson"), layer, publish=True)
    person("steward", STEWARD)
    run = run_import(
        plots_geojson(tmp_path / "b.geojson", 10), layer, dry_run=False, user=user_of("steward")
    )
    approver = person("approver", APPROVER)
    address = f"/steward/imports/{run.pk}/"
    page = text(approver, address)
    assert "Ghi lý do" in page
    assert "Duyệt bản này" not in page
    approver.post(f"{address}reason/", {"reason": "Thu hẹp dự án."})
    assert "Duyệt bản này" in text(approver, address)
    listed = text(approver, f"{address}changes/?what=removed")
    assert "00015" in listed
    shapes = approver.get(f"{address}changes.geojson").json()
    assert {f["properties"]["side"] for f in shapes["features"]} == {"before"}


def test_going_back_from_the_history(tmp_path: Path) -> None:
    layer = plots()
    for count in (20, 19):
        run_import(plots_geojson(tmp_path / f"{count}.geojson", count), layer, publish=True)
    steward, approver = person("steward", STEWARD), person("approver", APPROVER)
    back = "/steward/layers/test-plots/roll-back/"
    assert steward.post(back, {"version": "1"}).status_code == 404
    assert approver.post(back, {"version": "1"}).status_code == 302
    layer.refresh_from_db()
    assert layer.live_version is not None
    assert layer.live_version.number == 1
    reader = person("reader", STEWARD, RESTRICTED_READER)
    file = reader.get("/steward/layers/test-plots/1/file/")
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert b"".join(file).startswith(b"{")


def test_the_workbook_masks_names_and_holds_no_formula(tmp_path: Path) -> None:
    rows, shapes = plot_rows(80), squares(80)
    rows[4]["area"] = "=1+1"
    rows[7]["code"] = None
    west, south, east, north = shapes[9].bounds
    shapes[9] = Polygon([(west, south), (east, north), (east, south), (west, north)])
    pairs = list(zip(shapes, rows, strict=True))
    run = run_import(geojson(tmp_path / "@cmd.geojson", pairs, "EPSG:5899"), plots())
    steward = person("steward", STEWARD)
    answer = steward.get(f"/steward/imports/{run.pk}/issues.xlsx")
    book = load_workbook(BytesIO(answer.content))
    about, listed = book.worksheets
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    assert not [c.value for c in cells if "Nguyễn Văn" in str(c.value)]
    assert listed.freeze_panes == "C2"
    assert listed.auto_filter.ref
    by_row = {line[0]: line for line in listed.iter_rows(min_row=2, values_only=True)}
    assert {5, 8, 10} <= set(by_row)
    assert by_row[5][4] == "'=1+1"
    assert run.file_sha256 in [c.value for line in about.iter_rows() for c in line]
    lines = steward.get(f"/steward/imports/{run.pk}/issues.csv").content.decode("utf-8-sig")
    assert "'=1+1" in lines
    page = text(steward, f"/steward/imports/{run.pk}/issues/")
    assert "Nguyễn Văn" not in page
    points = steward.get(f"/steward/imports/{run.pk}/issues.geojson").json()
    lon, lat = points["features"][0]["geometry"]["coordinates"]
    assert 107 < lon < 108
    assert 10 < lat < 11


def test_every_page_in_english_too(tmp_path: Path) -> None:
    run = staged(tmp_path)
    steward = person("steward", STEWARD)
    for address in ("", "upload/", "keys/", f"imports/{run.pk}/", "layers/test-plots/"):
        page = text(steward, f"/steward/{address}?lang=en")
        assert 'lang="en"' in page
        assert "Nạp dữ liệu" not in page


def test_the_list_begins_with_the_ten_newest() -> None:
    layer = plots()
    for number in range(12):
        ImportRun.objects.create(layer=layer, file_name=f"t{number}.zip", state=ImportRun.CHECKED)
    steward = person("steward", STEWARD)
    page = text(steward, "/steward/")
    assert page.count('class="run-row"') == 10
    assert "Xem tất cả 12 lần nạp" in page
    assert text(steward, "/steward/?all").count('class="run-row"') == 12


def test_the_form_names_the_size_before_sending(settings: Any) -> None:
    settings.PORTAL_UPLOAD_MB = 7
    page = text(person("steward", STEWARD), "/steward/upload/")
    assert "Tệp lớn nhất được nhận: 7,0 MB." in page.replace("\xa0", " ")


def test_an_approver_is_told_of_parcels_without_papers(tmp_path: Path) -> None:
    run = staged(tmp_path)
    page = text(person("approver", APPROVER), f"/steward/imports/{run.pk}/")
    assert ("Chưa ghi số quyết định." in page) == (len(run.layer.parsed.key) > 1)
