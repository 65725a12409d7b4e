"""A report with 175 photos over a line that fails one request in four, to a server that is killed
meanwhile: all of them arrive, once, byte for byte.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.faulty_proxy import ANSWER_LOST, NONE, REQUEST_TWICE, Faults, Line, faulty
from tests.gis_portal.officer.field.sending import observation, operation, proposal, sha256
from tests.running_portal import ROOT, Portal, free_port, manage, wait_until_ready

PHOTOS = 175
PIECE = 256 * 1024
TRIES = 60
PARCELS = 6
LAYER = "public-land-parcels"
_OFFICER = f"""
import json
from django.contrib.auth.models import User
from gis_portal.officer.devices.sessions import make_device
from gis_portal.officer.jurisdiction import features_in
from layers.models import Layer
user = User.objects.get(username="officer")
# Other tests of this portal are done with theirs.
user.devices.all().delete()
version = Layer.objects.get(slug={LAYER!r}).live_version
rows = features_in(user, version).order_by("id")[:{PARCELS}]
place = rows[0].geom.point_on_surface
print(json.dumps({{
    "cookies": [make_device(user, name, "test")[1] for name in ("175", "176")],
    "place": {{"lon": place.x, "lat": place.y}},
    "parcels": [[str(row.uid), row.properties.get("status")] for row in rows],
    "version": version.pk,
}}))
"""


def pictures() -> list[bytes]:
    """JPEGs by their beginning, each another; some in several pieces."""
    dice = random.Random(175)
    sizes = [dice.randrange(400, 900) for _ in range(PHOTOS)]
    sizes[3], sizes[90] = 2 * PIECE + 7, PIECE
    return [b"\xff\xd8\xff\xe0" + dice.randbytes(size - 4) for size in sizes]


@contextmanager
def killable(environment: dict[str, str]) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A server of its own over the same data, to be killed with all its processes."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "gis_portal.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", server)
        yield f"127.0.0.1:{port}", server
    finally:
        kill(server)


def kill(server: "subprocess.Popen[bytes]") -> None:
    """With its workers, as the power goes."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=20)


class Phone:
    """What the app does, over a bad line: again, until there is a receipt."""

    def __init__(self, line: Line, cookie: str) -> None:
        self.line, self.cookie = line, cookie

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes] | None:
        """None: the line failed."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said |= {"X-Officer": "1", "Cookie": f"officer_device={self.cookie}"}
        request = urllib.request.Request(
            f"{self.line.url}/officer/api/{path}", body, said, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()
        except (OSError, HTTPException):
            return None

    def send(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The receipts, at last."""
        body = json.dumps({"operations": items}).encode()
        for _ in range(TRIES):
            answer = self.ask("POST", "operations", body, Content_Type="application/json")
            if answer and answer[0] == 200:
                found: list[dict[str, Any]] = json.loads(answer[2])["receipts"]
                return found
        raise AssertionError("no receipts")

    def photo(self, number: str, index: int, content: bytes) -> dict[str, Any]:
        """Its receipt, at last."""
        path, offset = f"photos/{number}/{index}", 0
        for _ in range(TRIES):
            answer = self.ask(
                "PATCH",
                path,
                content[offset : offset + PIECE],
                Upload_Offset=str(offset),
                Upload_Length=str(len(content)),
                X_Sha256=sha256(content),
                X_Count=str(PHOTOS),
            )
            if answer and answer[0] == 201:
                found: dict[str, Any] = json.loads(answer[2])
                return found
            if answer is None or answer[0] in (204, 409):
                offset = self.offset(path, answer, offset)
        raise AssertionError(f"photo {index} has no receipt")

    def offset(self, path: str, answer: tuple[int, dict[str, str], bytes] | None, now: int) -> int:
        """Where the server is."""
        told = answer or self.ask("HEAD", path)
        found = {k.lower(): v for k, v in told[1].items()}.get("upload-offset") if told else None
        return int(found) if found else now


@pytest.fixture(scope="module")
def officer(portal: Portal) -> dict[str, Any]:
    """Two devices of the demo's officer, a place and some parcels in their units."""
    found: dict[str, Any] = json.loads(
        manage(portal.environment, "shell", "-v0", "-c", _OFFICER).splitlines()[-1]
    )
    return found


@pytest.mark.long
def test_175_photos_arrive(portal: Portal, officer: dict[str, Any]) -> None:
    photos = pictures()
    item = operation(observation(*photos, note="175 ảnh", place=officer["place"]))
    number = item["id"]
    faults = Faults(share=0.25, late_seconds=0.01, only=("/officer/",))
    receipts: dict[int, dict[str, Any]] = {}
    with faulty(portal.url, faults, seed=7) as line, ThreadPoolExecutor(4) as threads:
        phone, good = Phone(line, officer["cookies"][0]), line.upstream
        # Several at once, as when two windows and a retry meet: one operation, one receipt.
        same = list(threads.map(phone.send, [[item]] * 4))
        assert all(one == same[0] for one in same)
        assert (same[0][0]["state"], same[0][0]["photos"]) == ("received", PHOTOS)

        def sent(index: int) -> tuple[int, dict[str, Any]]:
            return index, phone.photo(number, index, photos[index])

        with killable(portal.environment) as (address, server):
            host, _, port = address.partition(":")
            line.upstream = (host, int(port))
            first = [threads.submit(sent, index) for index in range(60)]
            receipts |= dict(one.result() for one in first[:30])
            kill(server)
            line.upstream = good
            receipts |= dict(one.result() for one in first[30:])
        receipts |= dict(threads.map(sent, range(60, PHOTOS)))
        last = json.loads(phone_head(phone, f"photos/{number}/0"))
        failed = sum(line.happened.values())
        assert failed / (failed + line.passed) > 0.15
        assert {ANSWER_LOST, REQUEST_TWICE} <= set(line.happened)

    assert sorted(receipts) == list(range(PHOTOS))
    assert (last["have"], last["count"]) == (PHOTOS, PHOTOS)
    folder = portal.local / "files" / "field"
    for index, receipt in receipts.items():
        digest = receipt["sha256"]
        stored = (folder / "originals" / digest[:2] / digest).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == digest == sha256(photos[index])
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT sha256) FROM officer_field_photo "
            "WHERE operation_id = %s",
            [number],
        )
        assert cursor.fetchone() == (PHOTOS, PHOTOS)
        cursor.execute("SELECT count(*) FROM officer_field_fieldreport WHERE note = '175 ảnh'")
        assert cursor.fetchone() == (1,)


def phone_head(phone: Phone, path: str) -> str:
    """The receipt as HEAD tells it."""
    for _ in range(TRIES):
        answer = phone.ask("HEAD", path)
        headers = {name.lower(): value for name, value in answer[1].items()} if answer else {}
        if "x-receipt" in headers:
            return headers["x-receipt"]
    raise AssertionError("no receipt by HEAD")


def test_two_devices_at_the_same_moment(portal: Portal, officer: dict[str, Any]) -> None:
    """Neither is lost, neither is twice, and none misses the other: one conflict a parcel."""
    wishes = ("thử một", "thử hai")
    with faulty(portal.url, NONE) as line, ThreadPoolExecutor(8) as threads:
        phones = [Phone(line, cookie) for cookie in officer["cookies"]]
        sent = []
        for uid, status in officer["parcels"]:
            base = {"layer": LAYER, "uid": uid, "version": officer["version"]}
            for phone, wish in zip(phones, wishes, strict=True):
                item = proposal(base, "status", status, wish)
                # Each from two windows at once.
                sent += [(item, threads.submit(phone.send, [item])) for _ in range(2)]
        receipts = [(item["id"], one.result()[0]) for item, one in sent]
    states: dict[str, set[str]] = {}
    for number, receipt in receipts:
        states.setdefault(number, set()).add(receipt["state"])
    assert len(states) == 2 * PARCELS
    assert all(len(found) == 1 for found in states.values()), "two windows, two receipts"
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT first_id), count(DISTINCT second_id) "
            "FROM officer_field_conflict WHERE first_id = ANY(%s::uuid[])",
            [list(states)],
        )
        assert cursor.fetchone() == (PARCELS, PARCELS, PARCELS)
    assert Counter(state for (state,) in states.values()) == {
        "received": PARCELS,
        "conflict": PARCELS,
    }
