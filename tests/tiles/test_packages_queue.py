"""The queue of packages: workers that stop, die, or find something else than was asked for."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult

from layers.models import Layer, LayerVersion
from layers.ondemand.making import Stopped
from tests.layers.rows import plots_layer, published
from tests.tiles.packages_asked import ask, made, state, work
from tiles import mvt
from tiles.packages import building, queue
from tiles.packages.model import Package, folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style={"min_zoom": 7, "working_zoom": 14})


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, [f"A{number}" for number in range(30)])


def test_a_worker_that_is_told_to_stop_puts_the_package_back(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status, found = ask(client)

    def told(self: building.Build, _writer: object) -> None:
        self.stop.set()
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(building.Build, "_beat", told)
        assert building.make_next() == "put back"
    package = Package.objects.get()
    assert (package.state, package.attempts) == (Package.WAITING, 0)
    assert list(folder().iterdir()) == []
    work()
    assert state(client, found)["state"] == "ready"


def test_a_killed_worker_loses_nothing(client: Client, version: LayerVersion) -> None:
    """As a worker leaves it that is killed in the middle: BUILDING, a part of a file, a task that
    says RUNNING, and no session that holds the lock."""
    _status, found = ask(client)
    Package.objects.update(state=Package.BUILDING, attempts=1)
    DBTaskResult.objects.update(status="RUNNING", started_at="2026-01-01T00:00:00Z")
    folder().mkdir(parents=True)
    part = folder() / f"{found['id']}.1.part"
    part.write_bytes(b"half")
    queue.sweep()
    assert not part.exists()
    assert state(client, found)["state"] == "waiting"
    work()
    assert state(client, found)["state"] == "ready"


def test_after_three_deaths_it_is_given_up_and_may_be_asked_for_again(
    client: Client, version: LayerVersion
) -> None:
    _status, found = ask(client)
    Package.objects.update(state=Package.BUILDING, attempts=3)
    queue.sweep()
    assert state(client, found)["error"]["code"] == "package-interrupted"
    assert made(client)["state"] == "ready"


def test_a_living_builder_is_left_alone(client: Client, version: LayerVersion) -> None:
    ask(client)
    Package.objects.update(state=Package.BUILDING, attempts=1)
    with AnotherSession() as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [queue.MAKING])
        queue.sweep()
        assert Package.objects.get().state == Package.BUILDING
        assert building.make_next() == "busy"


class AnotherSession:
    """A cursor of a connection of its own."""

    def __enter__(self) -> Any:
        self.connection = connection.copy()
        return self.connection.cursor()

    def __exit__(self, *_error: object) -> None:
        self.connection.close()


def test_a_version_replaced_while_it_is_packed(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    _status, found = ask(client)
    published(layer, ["B1"])
    work()
    assert state(client, found)["error"]["code"] == "version-retired"


def test_an_area_without_features_is_named(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mvt, "make_tile", lambda *_: b"")
    _status, found = ask(client)
    work()
    assert state(client, found)["error"]["code"] == "package-empty"
