"""QGIS of the system reads a private result at an address of its planner's, until it is revoked."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread, _StaticFilesHandler

from tests.conformance.test_qgis import SCRIPT, python_of_the_system
from tests.gis_portal.planner.engine.made import box, commune
from tests.gis_portal.planner.results.made import done, layers, planner

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def server(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The portal in a thread of this process, inside the test's own transaction."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    # The thread would end the transaction with its first answer.
    monkeypatch.setattr(connection, "close", lambda: None)
    thread = LiveServerThread("127.0.0.1", _StaticFilesHandler, {"default": connection})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    thread.join()
    connection.dec_thread_sharing()


def asked(address: str, box: list[float]) -> dict[str, Any]:
    """What QGIS says of the collection at that address, in pages of 50."""
    python = python_of_the_system()
    if python is None:
        pytest.skip("PyQGIS is not installed: `make conformance` installs it")
    wish = {"url": address, "layers": {"result": {"box": box, "key": "seq", "page": 50}}}
    done = subprocess.run(
        [python, str(SCRIPT), json.dumps(wish)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["layers"]["result"]
    return found


def shown(page: str, mark: str, server: str) -> str:
    """The address that the page shows in the element with that id."""
    text = page.split(f'id="{mark}"')[1].split("<", maxsplit=1)[0]
    return f"{server}/planner/{text.split('/planner/')[1]}"


def test_qgis_reads_it_until_it_is_revoked(server: str) -> None:
    unit = commune("90113", box(0, 0, 400, 400)).pk
    run = done(layers(unit, 105.0), planner("results-qgis"))
    west, south, east, north = run.summary["extent"]  # type: ignore[index]
    near = [west, south, west + (east - west) / 20, north]
    client, stranger = Client(), Client()
    client.force_login(run.analysis.owner)
    page = client.post(f"/planner/runs/{run.pk}/qgis/", {"name": "QGIS"}).content.decode()
    address = shown(page, "made-address", server)

    found = asked(address, near)
    assert "error" not in found, found
    total = run.summary["totals"]["count"]  # type: ignore[index]
    assert len(found["ids"]) == len(set(found["ids"])) == found["counted"] == total
    assert found["extent"] == pytest.approx([west, south, east, north], abs=1e-6)
    # East of them there is one parcel far away.
    assert 0 < len(found["in_box"]) < total

    answer = client.put(
        f"/api/analyses/{run.analysis_id}", {"shared": "link"}, content_type="application/json"
    )
    by_link = stranger.get(f"/planner/runs/{run.pk}/qgis/?token={answer.json()['token']}")
    link = shown(by_link.content.decode(), "open-address", server)
    assert asked(link, near)["ids"] == found["ids"]
    assert asked(link.replace("/by/", "/by/x"), near)["error"] is not None

    number = run.addresses.get().pk
    client.post(f"/planner/runs/{run.pk}/qgis/{number}/revoke/")
    assert "error" in asked(address, near)
