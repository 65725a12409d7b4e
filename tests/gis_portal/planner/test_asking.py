"""Asking by the API, and the queue: fair, bounded, and nothing half written when it is stopped."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gis_portal.planner.asking import computing, queue, watch
from gis_portal.planner.models import Analysis, Run
from importers.api.models import ApiKey
from layers import publish
from layers.errors import PortalError
from layers.models import Layer, LayerVersion
from layers.permissions import APPROVER, OFFICER, STEWARD
from tests.gis_portal.planner.engine import made
from tests.gis_portal.planner.test_document import BOX, planner

pytestmark = pytest.mark.django_db
Json = Any
COMPUTE = "gis_portal.planner.engine.run.run"


class Answer:
    """What an engine gives."""

    def as_json(self) -> dict[str, Json]:
        return {"rows": [{"count": 1}], "grid": "EPSG:5899"}


def fine(_document: Json, _versions: Json, **more: Any) -> Answer:
    more["progress"](0.5, "nửa đường")
    return Answer()


@pytest.fixture
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What computes is not asked here: an answer is there at once."""
    monkeypatch.setattr(COMPUTE, fine)
    monkeypatch.setattr("gis_portal.planner.results.overview.prepare", lambda _run: None)


@pytest.fixture
def layer() -> Layer:
    """A layer with a published version of one parcel."""
    found = made.layer("asked-parcels", "polygon", units=False)
    published(found)
    return found


def published(layer: Layer) -> LayerVersion:
    version = LayerVersion.objects.get(
        pk=made.version(layer, [made.Row(made.box(0, 0, 9, 9), "ODT")])
    )
    layer.refresh_from_db()
    version.base_version = layer.live_version
    version.save(update_fields=["base_version"])
    return publish.publish(version, as_operator=True)


def question(layer: str = "asked-parcels") -> Json:
    return {
        "analysis": "1.0",
        "title": {"vi": "Đất theo loại"},
        "inputs": {"parcels": {"layer": layer}},
        "result": {"of": "parcels", "group_by": [{"field": "parcels.kind"}]},
    }


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def sent(client: Client, address: str, body: Json, method: str = "post") -> Any:
    return getattr(client, method)(address, json.dumps(body), "application/json")


def kept(user: User) -> Analysis:
    answer = sent(client_of(user), "/api/analyses", {"document": question()})
    assert answer.status_code == 201, answer.content
    return Analysis.objects.get(pk=answer.json()["id"])


def test_a_question_is_kept_run_read_and_shared(layer: Layer) -> None:
    user = planner()
    client = client_of(user)
    assert client.get("/planner/schema.json").json()["$schema"].endswith("2020-12/schema")
    analysis = kept(user)
    here = f"/api/analyses/{analysis.pk}"
    started = sent(client, f"{here}/runs", {})
    assert started.status_code == 202
    run = started.headers["Location"]
    assert client.get(run).json()["versions"]["parcels"]["number"] == 1
    assert computing.compute_one() == "done"
    told = client.get(run).json()
    assert (told["state"], told["progress"], told["ended"]) == ("done", 1, True)
    assert told["summary"]["rows"]
    assert told["versions_kept"]
    assert sent(client, f"{here}/runs", {"versions": "stored"}).status_code == 202
    assert computing.compute_one() == "done"
    assert client.post(f"{run}/cancel").status_code == 409

    stranger, colleague = client_of(None), client_of(planner("colleague"))
    assert {c.get(at).status_code for c in (stranger, colleague) for at in (here, run)} == {404}
    token = sent(client, here, {"shared": "link"}, "put").json()["token"]
    assert stranger.get(f"{run}?token={token}").json()["summary"]
    assert stranger.get(f"{here}?token={token}").json()["is_mine"] is False
    assert stranger.get(f"{run}?token={token}x").status_code == 404
    assert sent(client, here, {"shared": "planners"}, "put").json().get("token") is None
    assert stranger.get(f"{run}?token={token}").status_code == 404
    assert colleague.get(run).json()["state"] == "done"
    assert [a["id"] for a in colleague.get("/api/analyses").json()["analyses"]] == [
        str(analysis.pk)
    ]
    sent(client, here, {"shared": "public"}, "put")
    assert stranger.get(run).status_code == 200
    # A layer that is not for everybody any more takes what was computed of it along.
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    assert stranger.get(run).status_code == 404
    assert colleague.get(run).status_code == 200
    for method in ("put", "delete"):
        assert sent(colleague, here, {"shared": "private"}, method).status_code == 404
    assert colleague.post(f"{run}/cancel").status_code == 404
    assert client.delete(here).status_code == 204
    assert client.get(run).status_code == 404
    assert not Run.objects.exists()


def test_who_may_ask(layer: Layer) -> None:
    asked = {"document": question()}
    expected = {None: 401, STEWARD: 404, OFFICER: 404, APPROVER: 404}
    for role, status in expected.items():
        client = client_of(None if role is None else planner(role, role))
        for address in (
            "/api/analyses",
            "/api/analyses/preview",
            f"/api/analyses/{uuid.uuid4()}/runs",
            "/api/areas",
            "/planner/areas/",
        ):
            assert sent(client, address, asked).status_code == status, (role, address)
        assert client.get("/api/analyses").status_code == status
    user = planner()
    _key, text = ApiKey.make(user, "mine", actions=["analyse"])
    _other, weaker = ApiKey.make(user, "weaker", actions=["read"])
    bearer = {"Authorization": f"Bearer {text}"}
    made = Client().post("/api/analyses", json.dumps(asked), "application/json", headers=bearer)
    assert made.status_code == 201
    weak = Client().get("/api/analyses", headers={"Authorization": f"Bearer {weaker}"})
    assert weak.json()["code"] == "key-not-allowed"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert sent(strict, "/api/analyses", asked).json()["code"] == "csrf-failed"


BODIES: list[tuple[bytes, int]] = [
    (b"", 400), (b"[]", 400), (b"null", 400), (b'"x"', 400), (b"{}", 400), (b"\xff\xfe", 400),
    (b'{"document": 1}', 400), (b'{"document": {"analysis": NaN}}', 400), (b"[" * 100_000, 400),
    (b"{" + b" " * (50 * 2**20) + b"}", 413), (b'{"document": "\\ud800"}', 400),
    (b'{"analysis": "1.0", "title": {"vi": "\\u0000"}, "inputs": {}, "result": {"of": "a"}}', 400),
]  # fmt: skip


def test_no_body_makes_an_answer_of_5xx(layer: Layer) -> None:
    user = planner()
    client, analysis = client_of(user), kept(user)
    for method, address in (
        ("post", "/api/analyses"), ("post", "/api/analyses/preview"), ("post", "/api/areas"),
        ("put", f"/api/analyses/{analysis.pk}"), ("post", f"/api/analyses/{analysis.pk}/runs"),
    ):  # fmt: skip
        for body, status in BODIES:
            answer = getattr(client, method)(address, body, "application/json")
            fits = {status, 202} if address.endswith("/runs") else {status}
            assert answer.status_code in fits, (address, body[:60], answer.content)
            if answer.status_code >= 400:
                assert answer.json()["code"] not in ("internal", "bad-filter")
        Run.objects.all().delete()
    for wrong in ("none", 5, None, {"a": 1}):
        assert (
            sent(client, f"/api/analyses/{analysis.pk}", {"shared": wrong}, "put").status_code
            == 400
        )
        assert (
            sent(client, f"/api/analyses/{analysis.pk}/runs", {"versions": wrong}).status_code
            == 400
        )


# --- The queue ------------------------------------------------------------------------------------


def asked(user: User, analysis: Analysis | None = None) -> Run:
    return queue.ask(analysis or kept(user), user)


def test_whoever_had_least_goes_first(layer: Layer) -> None:
    settings.PORTAL_RUNS_AT_ONCE = 2
    busy, rare = planner("busy"), planner("rare")
    analysis = kept(busy)
    done = asked(busy, analysis)
    now = timezone.now()
    spent = {"started_at": now - timedelta(minutes=9), "finished_at": now - timedelta(minutes=4)}
    Run.objects.filter(pk=done.pk).update(state=Run.DONE, **spent)
    waiting = [asked(busy, analysis), asked(busy, analysis), asked(rare)]
    first = queue.take_next()
    assert first is not None
    assert first.pk == waiting[2].pk
    second = queue.take_next()
    assert second is not None
    assert second.pk == waiting[0].pk
    settings.PORTAL_RUNS_AT_ONCE = 3
    # A place is free, but each planner has one that is computed already.
    assert queue.take_next() is None
    assert queue.end(second, Run.DONE)
    third = queue.take_next()
    assert third is not None
    assert third.pk == waiting[1].pk
    settings.PORTAL_RUNS_AT_ONCE = 1


def test_places_are_bounded(layer: Layer) -> None:
    user = planner()
    analysis = kept(user)
    for _ in range(settings.PORTAL_RUNS_WAITING_EACH):
        run = asked(user, analysis)
    answer = sent(client_of(user), f"/api/analyses/{analysis.pk}/runs", {})
    assert (answer.status_code, answer.json()["code"]) == (429, "analysis-too-many")
    assert client_of(user).post(f"/api/runs/{run.pk}/cancel").json()["state"] == "cancelled"
    assert sent(client_of(user), f"/api/analyses/{analysis.pk}/runs", {}).status_code == 202


def endless(_document: Json, _versions: Json, **_more: Any) -> Answer:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return Answer()


@pytest.mark.usefixtures("_no_engine")
def test_a_runaway_is_stopped_and_the_queue_goes_on(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(settings, "PORTAL_RUN_SECONDS", 0.2)
    monkeypatch.setattr(COMPUTE, endless)
    user = planner()
    runaway, next_one = asked(user), asked(user)
    assert computing.compute_one() == "run-too-long"
    runaway.refresh_from_db()
    assert (runaway.state, runaway.error_code) == (Run.FAILED, "run-too-long")
    monkeypatch.setattr(COMPUTE, fine)
    monkeypatch.setattr(settings, "PORTAL_RUN_SECONDS", 60)
    assert computing.compute_one() == "done"
    next_one.refresh_from_db()
    assert next_one.state == Run.DONE


def test_cancelled_stopped_and_failed_leave_nothing(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[uuid.UUID] = []
    monkeypatch.setattr(queue, "drop_result", dropped.append)
    monkeypatch.setattr(watch, "BEAT_SECONDS", 0.05)
    user = planner()

    def outcome(run: Run, reason: str) -> str:
        monkeypatch.setattr(watch.Watch, "_asked", lambda _watch: reason)
        monkeypatch.setattr(COMPUTE, endless)
        found = computing.compute_one()
        run.refresh_from_db()
        return f"{found} {run.state}"

    run = asked(user)
    assert outcome(run, watch.STOPPED) == "stopped queued"
    assert run.attempts == 0
    assert outcome(run, watch.CANCELLED) == "cancelled cancelled"
    monkeypatch.undo()

    def refused(*_all: Any, **_more: Any) -> Answer:
        raise PortalError("nothing")

    def broken(*_all: Any, **_more: Any) -> Answer:
        raise ZeroDivisionError

    run = asked(user)
    monkeypatch.setattr(COMPUTE, refused)
    assert computing.compute_one() == "internal"
    run = asked(user)
    monkeypatch.setattr(COMPUTE, broken)
    with pytest.raises(ZeroDivisionError):
        computing.compute_one()
    run.refresh_from_db()
    assert run.error_code == "run-not-computed"
    assert dropped


def test_a_killed_worker_s_run_is_taken_up_again_then_fails_by_name(layer: Layer) -> None:
    run = asked(planner())
    for _ in range(queue.MOST_ATTEMPTS):
        taken = queue.take_next()
        assert taken is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_planner_stage(%s, 0)", [str(run.pk)])
        queue.let_go(run.pk)  # as the end of its session does
        queue.sweep()
        run.refresh_from_db()
        with connection.cursor() as cursor:
            table = f"planner_result_r{run.pk.hex}"
            cursor.execute("SELECT to_regclass(%s) IS NULL", [table])
            assert cursor.fetchone() == (True,)
    assert (run.state, run.error_code) == (Run.FAILED, "run-interrupted")


@pytest.mark.usefixtures("_no_engine")
def test_versions_that_runs_stand_on_are_kept(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_KEPT_VERSIONS", 0)
    user = planner()
    first = layer.versions.get()
    run = asked(user)
    computing.compute_one()
    published(layer)
    published(layer)
    assert publish.drop_old_versions(layer) == 1
    first.refresh_from_db()
    assert first.state == LayerVersion.RETIRED
    monkeypatch.setattr(settings, "PORTAL_RUN_VERSIONS", 0)
    assert publish.drop_old_versions(layer) == 1
    client = client_of(user)
    assert client.get(f"/api/runs/{run.pk}").json()["versions_kept"] is False
    again = sent(client, f"/api/analyses/{run.analysis_id}/runs", {"versions": "stored"})
    assert again.json()["code"] == "analysis-version-not-kept"
    Run.objects.update(expires_at=timezone.now() - timedelta(days=1))
    queue.keep_house()
    assert not Run.objects.exists()


# --- Private areas --------------------------------------------------------------------------------

BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[107, 10], [107.1, 10.1], [107.1, 10], [107, 10.1], [107, 10]]],
}
AREAS: list[Json] = [
    {}, {"geometry": 5}, {"geometry": {"type": "Point", "coordinates": [107, 10]}},
    {"type": "Polygon"}, {"type": "Polygon", "coordinates": []}, BOWTIE,
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[1e300, 0], [1, 0], [1, 1], [1e300, 0]]]},
    {"type": "Polygon", "coordinates": [[["a", None], [1, 0], [1, 1], [0, 0]]]},
    {"type": "FeatureCollection", "features": [None]},
]  # fmt: skip


def test_areas_are_drawn_brought_and_private(tmp_path: Path) -> None:
    user = planner()
    client, other = client_of(user), client_of(planner("other"))
    for wrong in AREAS:
        assert sent(client, "/api/areas", wrong).json()["code"] in ("bad-area", "bad-document"), (
            wrong
        )
    drawn = sent(client, "/api/areas", {"name": "khu\x00 A", "geometry": BOX})
    assert drawn.status_code == 201
    assert drawn.json()["name"] == "khu A"
    feature = {"type": "Feature", "properties": {}, "geometry": BOX}
    collection = json.dumps({"type": "FeatureCollection", "features": [feature]})
    file = tmp_path / "vung.geojson"
    file.write_text(collection, encoding="utf-8")
    with file.open("rb") as stream:
        brought = client.post("/planner/areas/", {"name": "từ tệp", "file": stream})
    assert brought.status_code == 201, brought.content
    assert brought.json()["origin"] == "file"
    file.write_text("not a map", encoding="utf-8")
    with file.open("rb") as stream:
        told = client.post("/planner/areas/", {"file": stream}).json()
    # By its owner's name; no format that an area cannot come in.
    assert (told["code"], "“vung.geojson”" in told["detail"]) == ("unsupported-format", True)
    assert "XLSX" not in told["hint"]
    assert client.post("/planner/areas/", {"name": "x"}).status_code == 400
    assert len(client.get("/api/areas").json()["areas"]) == 2
    assert other.get("/api/areas").json() == {"areas": []}
    here = drawn.headers["Location"]
    assert client.get(here).json()["geometry"]["type"] == "MultiPolygon"
    assert {other.get(here).status_code, other.delete(here).status_code} == {404}
    assert client.delete(here).status_code == 204
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_SRID(geom_source) FROM planner_plannerarea")
        assert cursor.fetchall() == [(4326,)]
