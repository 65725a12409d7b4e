"""Asking for packages as programs do; the worker's part in the same transaction."""

import json
from typing import Any

from django.test import Client
from django_tasks_db.models import DBTaskResult
from pmtiles.reader import MemorySource, Reader

from tiles.packages import queue
from tiles.packages.tasks import make_package

PACKAGES = "/api/collections/test-plots/packages"


def ask(client: Client, **wish: Any) -> tuple[int, dict[str, Any]]:
    response = client.post(PACKAGES, json.dumps(wish), content_type="application/json")
    found: dict[str, Any] = json.loads(response.content)
    return response.status_code, found


def work() -> None:
    """What a worker does with the tasks that wait. A real one: tests/portal/test_packages.py."""
    waiting = DBTaskResult.objects.ready().filter(task_path=queue.TASK)
    assert waiting.exists()
    while waiting.exists():
        waiting.update(status="SUCCESSFUL")
        make_package.call()


def state(client: Client, found: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/packages/{found['id']}").json()
    return body


def made(client: Client, **wish: Any) -> dict[str, Any]:
    """A package that is ready."""
    status, found = ask(client, **wish)
    assert status == 202, found
    work()
    found = state(client, found)
    assert found["state"] == "ready", found
    return found


def address(found: dict[str, Any]) -> str:
    (href,) = (link["href"] for link in found["links"] if link["rel"] == "enclosure")
    return str(href).removeprefix("http://testserver")


def body_of(client: Client, path: str, **headers: str) -> tuple[Any, bytes]:
    response = client.get(path, headers=headers)
    return response, b"".join(response) if response.streaming else response.content


def reader(body: bytes) -> Reader:
    return Reader(MemorySource(body))
