"""Whatever is typed into an address or a box is answered by name, never by a failure of ours."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from importers.models import ImportRun
from importers.run import run_import
from tests.importers.made import plots, plots_geojson

pytestmark = pytest.mark.django_db
STRANGE = {
    "digits": "9" * 5000,
    "bigint": "9" * 19,
    "other digits": "٣²",
    "nul": "\x00",
    "nul within": "EPSG:58\x0099",
    "json nul": '{"boundary": ["\\u0000"], "\\u0000": "1"}',
    "surrogate": '{"boundary": ["\\ud800"]}',
    "deep": "[" * 3900,
    "deep whole": '{"a":' + "[" * 900 + "]" * 900 + "}",
    "number": '{"a": ' + "9" * 3900 + "}",
    "line": "a = \x00",
    "exponent": "EPSG:5899;shift=1e999,nan",
    "mark": "\ud7ff\uffff%s{0}'\"",
}
LOOKS = {
    "/api/imports/{run}/issues": ("after",),
    "/steward/upload/": ("layer",),
    "/steward/imports/{run}/issues/": ("code", "field", "page"),
    "/steward/imports/{run}/changes/": ("what", "page"),
    "/steward/imports/{run}/progress/": ("seen",),
    "/steward/imports/{run}/": ("lang",),
}
SENDS = {
    "/steward/imports/{run}/again/": ("crs", "sheet", "mode", "values", "level", "role"),
    "/steward/imports/{run}/approve/": ("note", "seen"),
    "/steward/imports/{run}/reason/": ("reason",),
    "/steward/keys/": ("name",),
    "/steward/layers/test-plots/roll-back/": ("version",),
}
BOXES = (
    "layer", "mode", "data_date", "decision_no", "source_org", "illustrative", "crs", "sheet",
    "checks", "levels", "values", "gaps", "level_boundary",
)  # fmt: skip


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("importers.sandbox.available", lambda: True)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.fixture
def run(tmp_path: Path) -> ImportRun:
    return run_import(plots_geojson(tmp_path / "a.geojson", 2), plots(), dry_run=False)


@pytest.mark.parametrize("kind", sorted(STRANGE))
def test_no_text_is_a_failure_of_ours(client: Client, run: ImportRun, kind: str) -> None:
    text = STRANGE[kind]
    failed: list[tuple[str, str]] = []
    for address, names in LOOKS.items():
        failed += [
            (address, name)
            for name in names
            if client.get(address.format(run=run.pk), {name: text}).status_code >= 500
        ]
    for address, names in SENDS.items():
        failed += [
            (address, name)
            for name in names
            if client.post(address.format(run=run.pk), {name: text}).status_code >= 500
        ]
    for address in ("/api/imports", "/steward/upload/"):
        failed += [(address, name) for name in BOXES if _sent(client, address, name, text) >= 500]
    assert not failed


def _sent(client: Client, address: str, name: str, text: str) -> int:
    file = SimpleUploadedFile("a.geojson", b"{}")
    said = {"layer": "test-plots", "data_date": "2026-06-30", "file": file, name: text}
    return client.post(address, said).status_code


def test_what_cannot_be_read_is_refused_by_name(client: Client, run: ImportRun) -> None:
    issues = client.get(f"/api/imports/{run.pk}/issues", {"after": "9" * 5000})
    assert (issues.status_code, issues.json()["code"]) == (400, "bad-page")
    again = client.post(f"/steward/imports/{run.pk}/again/", {"crs": "\x00"})
    assert again.status_code == 400
    assert "Ô chữ có nội dung không dùng được" in again.content.decode()
    back = client.post("/steward/layers/test-plots/roll-back/", {"version": "9" * 5000})
    assert back.status_code == 404


def test_a_session_without_its_token_is_told_so() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("admin"))
    answer = client.post("/api/imports", {"layer": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf-failed")
