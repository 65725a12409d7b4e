"""The queue of exports: bounds, workers that stop or die, files that expire."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from layers import heavy
from layers.exports import building, queue, sending
from layers.exports.rows import Source
from layers.models import Export, Layer, LayerVersion
from layers.models.export import folder
from layers.ondemand import growing
from layers.ondemand.making import Stopped
from tests.layers.exports.asked import address, ask, django_on_commit, made, state, work
from tests.layers.exports.files import (
    EXPORT,
    exports_layer,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer() -> Layer:
    return exports_layer()


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer)


def test_links_expire(client: Client, version: LayerVersion) -> None:
    found = made(client, format="csv")
    until = dt.datetime.fromisoformat(found["expires_at"])
    assert dt.timedelta(days=1) < until - timezone.now() <= dt.timedelta(days=2)
    path = Export.objects.get().path
    assert path.is_file()
    Export.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(address(found)).json()["code"] == "unknown-export"
    assert client.get(f"/api/exports/{found['id']}").json()["code"] == "unknown-export"
    with django_on_commit():
        queue.keep_house()
    assert not path.exists()
    assert ask(client, format="csv")[0] == 202


def test_one_caller_may_have_few_at_a_time(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_EXPORTS_EACH", 2)
    for code in ("0012", "0013"):
        assert ask(client, format="csv", code=code)[0] == 202
    status, told = ask(client, format="csv", code="0014")
    assert (status, told["code"]) == (429, "too-many-exports")
    # A whole layer is everybody's, but nobody fills the queue with them.
    for ending in ("csv", "kml"):
        assert ask(client, format=ending)[0] == 202
    assert ask(client, format="xlsx")[1]["code"] == "too-many-exports"
    Export.objects.filter(format="kml").delete()
    monkeypatch.setattr(settings, "PORTAL_EXPORTS_WAITING", 3)
    assert ask(client, format="gpkg")[1]["code"] == "too-many-exports"


def test_the_room_is_bounded(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(client, format="gpkg")
    monkeypatch.setattr(settings, "PORTAL_EXPORTS_MB", 0)
    assert ask(client, format="csv")[1]["code"] == "exports-full"
    monkeypatch.setattr(settings, "PORTAL_EXPORTS_MB", 100)
    monkeypatch.setattr(settings, "PORTAL_EXPORT_MB", 0)
    monkeypatch.setattr(growing, "BEAT_SECONDS", -1)
    _status, found = ask(client, format="csv")
    work()
    assert state(client, found)["error"]["code"] == "export-impossible"
    assert not list(folder().glob("*.part*"))
    monkeypatch.setattr(settings, "PORTAL_EXPORT_MB", 100)
    monkeypatch.setattr(settings, "PORTAL_EXPORT_MINUTES", 0)
    _status, found = ask(client, format="kml")
    work()
    assert state(client, found)["error"]["detail"] == "> 0 min"


def test_a_session_without_its_token_asks_for_nothing(version: LayerVersion) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("staff"))
    status, told = ask(client, format="csv")
    assert (status, told["code"]) == (403, "token-missing")


def test_a_worker_that_is_told_to_stop_puts_it_back(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status, found = ask(client, format="gpkg")

    def told(self: building.Build, _done: int) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(building.Build, "beat", told)
        assert building.make_next() == "put back"
    assert list(folder().iterdir()) == []
    assert state(client, found)["state"] == "waiting"
    work()
    assert state(client, found)["state"] == "ready"


def test_a_killed_worker_loses_nothing(client: Client, version: LayerVersion) -> None:
    _status, found = ask(client, format="shp.zip")
    Export.objects.update(state=Export.BUILDING, attempts=1)
    DBTaskResult.objects.update(status="RUNNING", started_at="2026-01-01T00:00:00Z")
    left = folder() / f"{found['id']}.1.part.shp.zip.x.part"
    left.mkdir(parents=True)
    (left / "half.shp").write_bytes(b"half")
    queue.sweep()
    assert not left.exists()
    work()
    assert state(client, found)["state"] == "ready"
    Export.objects.update(state=Export.BUILDING, attempts=3)
    queue.sweep()
    assert state(client, found)["error"]["code"] == "export-interrupted"


def test_what_fails_halfway_is_no_half_file(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDAL reads from Python: what goes wrong there keeps its name."""
    from layers.errors import ServiceBusy

    def fails(*_args: Any, **_more: Any) -> Any:
        raise ServiceBusy

    monkeypatch.setattr(Source, "batches", fails)
    for ending in ("gpkg", "fgb", "csv", "shp.zip"):
        response = client.get(f"{EXPORT}{ending}")
        assert (response.status_code, response.json()["code"]) == (503, "service-busy"), ending
    assert list(sending.folder().iterdir()) == []


def test_two_at_a_time_are_made_in_a_process(client: Client, version: LayerVersion) -> None:
    with heavy.PLACES, heavy.PLACES:
        assert client.get(f"{EXPORT}csv").json()["code"] == "service-busy"
    assert client.get(f"{EXPORT}csv").status_code == 200
    assert list(sending.folder().iterdir()) == []
