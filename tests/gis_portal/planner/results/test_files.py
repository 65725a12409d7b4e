"""All pieces of a result as files: small ones at once, large ones by a worker, told on their page;
by keys of programs; how much room results take.
"""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from django.conf import settings
from django.test import Client

from gis_portal.planner.asking import computing, queue
from gis_portal.planner.engine import store
from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.results import quota
from gis_portal.planner.results.files import making
from gis_portal.planner.results.files import queue as files_queue
from importers.api.models import ANALYSE, READ, ApiKey
from layers.models import LayerVersion
from layers.ondemand import growing
from layers.ondemand.making import Stopped
from tests.gis_portal.planner.engine.made import box, commune
from tests.gis_portal.planner.results.made import done, layers, planner

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of 157 pieces, which are too many to be written at once."""
    monkeypatch.setattr(settings, "PORTAL_RUN_FILE_DIRECT", 100)
    unit = commune("90114", box(0, 0, 400, 400)).pk
    return done(layers(unit, 105.0), planner("files-owner"))


def reader(run: Run) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(run.analysis.owner)
    return client


def whole(answer: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_large_file_is_asked_for_made_and_told(run: Run, tmp_path: Path) -> None:
    client, file = reader(run), f"/planner/runs/{run.pk}/table.gpkg"
    page = f"/planner/runs/{run.pk}/files/gpkg/"
    assert client.get(file).headers["Location"] == page
    assert "Làm tệp ở nền" in client.get(page).content.decode()
    assert client.post(page).headers["Location"] == page
    waiting = client.get(page)
    assert "Đang chờ đến lượt" in waiting.content.decode()
    assert waiting.headers["Refresh"]
    client.post(page)
    assert RunFile.objects.count() == 1

    assert making.make_next() == "made"
    ready, home = client.get(page), client.get("/planner/").content.decode()
    assert page in home
    assert "tệp đã xong" in home
    assert "tệp đã xong" in client.get(f"/planner/runs/{run.pk}/").content.decode()
    assert "Tệp đã xong" in ready.content.decode()
    assert "Refresh" not in ready.headers
    answer = client.get(file)
    path = tmp_path / "result.gpkg"
    path.write_bytes(whole(answer))
    assert len(pyogrio.read_dataframe(path, layer="result")) == run.summary["totals"]["count"]  # type: ignore[index]
    about = pyogrio.read_dataframe(path, layer="about")
    assert f"http://testserver/planner/runs/{run.pk}/" in set(about["value"])
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(file, headers={"range": "bytes=0-14"}).content == b"SQLite format 3"
    for address in (file, page):
        assert Client().get(address).status_code == 404
    # Of a run that is not shared any more its reader's home tells nothing.
    RunFile.objects.update(asked_by=planner("files-other"))
    other = Client()
    other.force_login(planner("files-other"))
    assert page not in other.get("/planner/").content.decode()
    assert "/planner/keys/" in other.get("/accounts/").content.decode()

    queue.forget(run)
    kept = RunFile.objects.filter(run=run.pk)
    assert (kept.exists(), client.get(file).status_code) == (False, 404)
    files_queue.keep_house()
    assert not list((Path(settings.MEDIA_ROOT) / "planner-files").iterdir())


def test_a_program_asks_with_its_key(run: Run) -> None:
    address = f"/api/runs/{run.pk}/files"
    page = reader(run).post("/planner/keys/", {"name": "files", "days": "30"}).content.decode()
    text = page.split('id="made-key"')[1].split(">", 1)[1].split("<", 1)[0]
    program = Client(headers={"authorization": f"Bearer {text}"})
    refused = program.get(f"/planner/runs/{run.pk}/table.xlsx")
    assert (refused.status_code, refused.json()["code"]) == (422, "result-too-large")
    assert refused.json()["links"][0]["href"] == f"http://testserver{address}"
    wish = {"format": "xlsx"}
    asked = program.post(address, wish, content_type="application/json")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert program.get(f"/planner/runs/{run.pk}/table.xlsx").json()["code"] == "run-file-not-ready"
    assert making.make_next() == "made"
    found = {file["format"]: file for file in program.get(address).json()["files"]}
    assert (found["xlsx"]["state"], found["gpkg"]["state"]) == ("ready", "none")
    book = openpyxl.load_workbook(
        io.BytesIO(whole(program.get(found["xlsx"]["links"]["file"]))), read_only=True
    )
    assert len(list(book["Các phần"].rows)) == 1 + run.summary["totals"]["count"]  # type: ignore[index]
    assert program.get(f"/planner/runs/{run.pk}/table.csv").status_code == 200
    bad = program.post(address, {"format": "shp"}, content_type="application/json")
    assert bad.json()["code"] == "unknown-run-format"
    key = ApiKey.objects.get(name="files")
    assert (key.actions, key.every_layer) == ([ANALYSE], True)
    others = Client()
    others.force_login(planner("files-other"))
    assert "files" not in others.get("/planner/keys/").content.decode().split("<form")[-1]
    others.post(f"/planner/keys/{key.pk}/revoke/")
    assert program.get(address).status_code == 200
    reader(run).post(f"/planner/keys/{key.pk}/revoke/")
    assert program.get(address).json()["code"] == "bad-key"
    # A key for other work opens no result.
    _key, other = ApiKey.make(run.analysis.owner, "imports", actions=[READ])
    for name in (address, f"/planner/runs/{run.pk}/table.csv", f"/planner/runs/{run.pk}/ogc/"):
        answer = Client().get(name, headers={"authorization": f"Bearer {other}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "key-not-allowed")


@pytest.mark.long
def test_what_stops_the_making_of_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    client, page = reader(run), f"/planner/runs/{run.pk}/files/gpkg/"
    monkeypatch.setattr(growing, "BEAT_SECONDS", 0)

    def asked() -> RunFile:
        client.post(page)
        return RunFile.objects.get()

    file = asked()
    with monkeypatch.context() as stopped:
        stopped.setattr(making.Making, "beat", lambda *_all: (_ for _ in ()).throw(Stopped))
        assert making.make_next() == "put back"
    file.refresh_from_db()
    assert (file.state, file.attempts) == (RunFile.WAITING, 0)
    with monkeypatch.context() as small:
        small.setattr(settings, "PORTAL_RUN_FILE_MB", 0.01)
        assert making.make_next() == "run-file-too-large"
    assert "lớn quá mức" in client.get(page).content.decode()
    file = asked()
    with monkeypatch.context() as full:
        full.setattr(settings, "PORTAL_RUN_FILES_MB", 0)
        assert making.make_next() == "run-files-full"
        refused = client.post(page)
        assert (refused.status_code, RunFile.objects.count()) == (503, 1)
    # A worker that is gone: once more, three times at most.
    file = asked()
    for attempts, state in ((1, RunFile.WAITING), (3, RunFile.FAILED)):
        RunFile.objects.update(state=RunFile.BUILDING, attempts=attempts)
        files_queue.sweep()
        file.refresh_from_db()
        assert file.state == state
    assert file.error_code == "run-file-interrupted"
    monkeypatch.setattr(settings, "PORTAL_RUN_FILES_WAITING", 0)
    RunFile.objects.all().delete()
    assert client.post(page).status_code == 429
    assert not list((Path(settings.MEDIA_ROOT) / "planner-files").iterdir())


@pytest.mark.long
def test_workbooks_go_on_in_another_sheet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_portal.planner.results import workbook

    monkeypatch.setattr(settings, "PORTAL_RUN_FILE_DIRECT", 1_000)
    monkeypatch.setattr(workbook, "MOST_IN_SHEET", 100)
    answer = reader(run).get(f"/planner/runs/{run.pk}/table.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    assert [len(list(book[name].rows)) for name in ("Các phần", "Các phần 2")] == [101, 58]


@pytest.mark.long
def test_room_is_bounded_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = run.analysis.owner
    assert store.size(run.pk) > 50_000
    Run.objects.filter(pk=run.pk).update(result_bytes=store.size(run.pk))
    LayerVersion.objects.filter(pk__in=run.versions.values()).update(state=LayerVersion.RETIRED)
    client = reader(run)

    def ask() -> Any:
        """On the versions of the run: the layers are not published."""
        address = f"/api/analyses/{run.analysis_id}/runs"
        return client.post(address, {"versions": "stored"}, content_type="application/json")

    with monkeypatch.context() as full:
        full.setattr(settings, "PORTAL_RUNS_MB_EACH", 0)
        refused = ask()
        assert (refused.status_code, refused.json()["code"]) == (429, "planner-room-taken")
    with monkeypatch.context() as small:
        small.setattr(settings, "PORTAL_RUN_MB", 0.01)
        small.setattr(quota, "LOOK_SECONDS", 0)
        asked = ask().json()["id"]
        assert computing.compute_one() == "run-too-much-room"
        page = client.get(f"/planner/runs/{asked}/").content.decode()
        assert "chiếm quá nhiều chỗ" in page
        assert not store.exists(asked)
    asked = ask().json()["id"]
    assert computing.compute_one() == "done"
    kept = Run.objects.get(pk=asked)
    assert kept.result_bytes == store.size(kept.pk) > 0
    assert quota.used_by(owner) == kept.result_bytes + store.size(run.pk)
