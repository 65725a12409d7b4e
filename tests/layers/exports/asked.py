"""Asking for exports as programs do; the worker's part in the same transaction."""

import json
from typing import Any

from django.test import Client
from django_tasks_db.models import DBTaskResult

from layers.exports import queue
from layers.exports.tasks import make_export
from tests.layers.exports.files import EXPORTS


def ask(client: Client, **wish: Any) -> tuple[int, dict[str, Any]]:
    response = client.post(EXPORTS, json.dumps(wish), content_type="application/json")
    return response.status_code, json.loads(response.content)


def state(client: Client, found: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/api/exports/{found['id']}").json()
    return told


def work() -> None:
    """What a worker does with the tasks that wait."""
    waiting = DBTaskResult.objects.ready().filter(task_path=queue.TASK)
    assert waiting.exists()
    while waiting.exists():
        waiting.update(status="SUCCESSFUL")
        make_export.call()


def made(client: Client, **wish: Any) -> dict[str, Any]:
    status, found = ask(client, **wish)
    assert status == 202, found
    work()
    found = state(client, found)
    assert found["state"] == "ready", found
    return found


def address(found: dict[str, Any]) -> str:
    (href,) = (at["href"] for at in found["links"] if at["rel"] == "enclosure")
    return str(href).removeprefix("http://testserver")


def django_on_commit() -> Any:
    """What a transaction would do at its end, at once."""
    from django.test import TestCase

    return TestCase.captureOnCommitCallbacks(execute=True)
