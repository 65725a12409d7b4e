"""`POST /api/imports` and what follows, by key and by session."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from importers import queued
from importers.api.models import ApiKey
from importers.models import ImportRun
from importers.upload_handler import BoundedToDisk, UnexpectedPart
from layers.permissions import APPROVER, STEWARD
from tests.importers.made import plots, plots_geojson

pytestmark = pytest.mark.django_db
IMPORTS = "/api/imports"


@pytest.fixture(autouse=True)
def _confined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether this host can confine readers is tried elsewhere."""
    monkeypatch.setattr("importers.sandbox.available", lambda: True)


@pytest.fixture
def steward() -> User:
    user = User.objects.create_user("steward")
    user.groups.add(Group.objects.get(name=STEWARD))
    return user


@pytest.fixture
def key(steward: User) -> dict[str, str]:
    """The header that a program of the steward sends."""
    return {"Authorization": f"Bearer {ApiKey.make(steward, 'thử')[1]}"}


def send(path: Path, headers: dict[str, str], **said: str) -> Any:
    with path.open("rb") as file:
        return Client().post(
            IMPORTS, {"layer": "test-plots", "file": file, **said}, headers=headers
        )


def test_nobody_in_particular_gets_401_and_others_404(steward: User) -> None:
    run = ImportRun.objects.create(layer=plots(), file_name="a")
    for address in (f"{IMPORTS}/{run.pk}", f"{IMPORTS}/{run.pk}/issues"):
        answer = Client().get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "sign-in-needed"
    approver = User.objects.create_user("approver")
    approver.groups.add(Group.objects.get(name=APPROVER))
    client = Client()
    client.force_login(approver)
    assert client.get(f"{IMPORTS}/{run.pk}").status_code == 404
    client.force_login(steward)
    assert client.get(f"{IMPORTS}/{run.pk}").status_code == 200
    assert client.get(f"{IMPORTS}/999999").json()["code"] == "unknown-import"


def test_a_file_by_key_from_sending_to_report(key: dict[str, str], tmp_path: Path) -> None:
    plots()
    sent = send(plots_geojson(tmp_path / "a.geojson"), key, mode="check", data_date="2026-06-30")
    assert sent.status_code == 202
    address = sent.headers["Location"]
    assert sent.json()["state"] == "queued"
    run = ImportRun.objects.get(pk=sent.json()["id"])
    assert run.options["data_date"] == "2026-06-30"
    queued.work_on(run.pk)
    done = Client().get(address, headers=key).json()
    assert (done["ended"], done["layer"], done["file"]) == (True, "test-plots", "a.geojson")
    issues = Client().get(f"{address}/issues", headers=key).json()
    assert issues["next"] is None
    late = Client().post(f"{address}/cancel", headers=key)
    assert (late.status_code, late.json()["code"]) == (409, "cannot-cancel")


def test_what_is_wrong_with_a_request_has_a_name(key: dict[str, str], tmp_path: Path) -> None:
    plots()
    path = plots_geojson(tmp_path / "a.geojson")
    wrong = send(path, key, crs="kinh tuyến trục nào đó", data_date="30/06/2026")
    assert wrong.status_code == 400
    assert set(wrong.json()["fields"]) == {"crs", "data_date"}
    with override_settings(PORTAL_UPLOAD_MB=0):
        large = send(path, key)
    assert (large.status_code, large.json()["code"]) == (413, "upload-too-large")
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("second", ["file", "another"])
def test_a_request_brings_one_file(key: dict[str, str], tmp_path: Path, second: str) -> None:
    plots()
    taken = SimpleUploadedFile("a.csv", b"a")
    files = [taken, SimpleUploadedFile("b.csv", b"b")] if second == "file" else taken
    more = {} if second == "file" else {second: SimpleUploadedFile("b.csv", b"b")}
    answer = Client().post(IMPORTS, {"layer": "test-plots", "file": files, **more}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "unexpected-part")
    assert answer.json()["detail"] == second
    assert not ImportRun.objects.exists()


def test_no_more_than_the_limit_reaches_the_disk() -> None:
    handler = BoundedToDisk()
    with override_settings(PORTAL_UPLOAD_MB=1):
        for name in ("file", "file", "more"):
            handler.new_file(name, f"{name}.csv", "text/csv", None)
            for start in range(0, 3 * 2**20, 2**16):
                handler.receive_data_chunk(b"a" * 2**16, start)
            handler.file_complete(3 * 2**20)
    assert Path(handler.file.temporary_file_path()).stat().st_size == 2**20
    assert handler.file.size == 3 * 2**20
    with pytest.raises(UnexpectedPart):
        handler.upload_complete()


@pytest.mark.parametrize("name", ["字" * 100 + ".csv", "a." + "字" * 100])
def test_a_long_name_is_no_hindrance(key: dict[str, str], name: str) -> None:
    plots()
    file = SimpleUploadedFile(name, b"code,X,Y\n1,2,3\n")
    answer = Client().post(IMPORTS, {"layer": "test-plots", "file": file}, headers=key)
    assert answer.status_code == 202


def test_files_sent_to_other_addresses_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", None)
    monkeypatch.setattr("django.core.files.uploadhandler.BytesIO", None)
    file = SimpleUploadedFile("a.csv", b"a" * 3 * 2**20)
    answer = Client().post("/accounts/login/", {"login": "a", "file": file})
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES


def test_a_person_s_waiting_imports_are_counted(
    steward: User, key: dict[str, str], tmp_path: Path
) -> None:
    plots()
    path = plots_geojson(tmp_path / "a.geojson")
    with override_settings(PORTAL_MAX_QUEUED=1):
        assert send(path, key).status_code == 202
        refused = send(path, key)
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-queued")
        ImportRun.objects.update(state=ImportRun.CANCELLED)
        assert send(path, key).status_code == 202
        ImportRun.objects.update(started_by=None)
        assert send(path, key).status_code == 202


def test_a_revoked_key_opens_nothing(steward: User, key: dict[str, str], tmp_path: Path) -> None:
    plots()
    assert "nap_" not in json.dumps(list(ApiKey.objects.values()), default=str)
    for own in steward.api_keys.all():
        own.revoke()
    answer = send(plots_geojson(tmp_path / "a.geojson"), key)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-key")


def test_a_session_needs_the_form_s_token(steward: User, tmp_path: Path) -> None:
    plots()
    client = Client(enforce_csrf_checks=True)
    client.force_login(steward)
    with plots_geojson(tmp_path / "a.geojson").open("rb") as file:
        answer = client.post(IMPORTS, {"layer": "test-plots", "file": file})
    assert answer.status_code in (400, 403)
    assert not ImportRun.objects.exists()


def test_the_document_describes_it() -> None:
    paths = Client().get("/api/openapi.json").json()["paths"]
    form = paths["/api/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert set(form["schema"]["required"]) == {"layer", "file"}
    assert "/api/imports/{number}/issues" in paths
