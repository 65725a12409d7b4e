"""Packages and tilesets from outside, on a running portal: a worker that is killed, a download that
breaks, programs that are not ours.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from pmtiles.reader import Reader
from pyproj import Transformer

from tests.running_portal import Portal

LAYER = "public-land-parcels"
SECONDS = 120


def ask(portal: Portal, **wish: Any) -> dict[str, Any]:
    address = f"{portal.url}/api/collections/{LAYER}/packages"
    request = urllib.request.Request(
        address, json.dumps(wish).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def until(portal: Portal, number: str, *states: str) -> dict[str, Any]:
    """The package when it is in one of these states."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found: dict[str, Any] = json.loads(portal.get(f"/api/packages/{number}")[2])
        if found["state"] in states:
            return found
        time.sleep(0.1)
    pytest.fail(f"not {states} within {SECONDS} s: {found}")


def worker_of_the_package(portal: Portal) -> int:
    """The process that makes it, as the queue knows it."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT worker_ids ->> -1 FROM django_tasks_database_dbtaskresult "
            "WHERE status = 'RUNNING' AND task_path LIKE '%make_package'"
        )
        (name,) = cursor.fetchone() or ("",)
    return int(name.rpartition(":")[2])


@pytest.fixture(scope="module")
def package(portal: Portal) -> dict[str, Any]:
    """A package that is ready: where the first test ran, that one's."""
    return until(portal, ask(portal, max_zoom=15)["id"], "ready", "failed")


def path_of(portal: Portal, package: dict[str, Any]) -> str:
    (href,) = (link["href"] for link in package["links"] if link["rel"] == "enclosure")
    return str(href).removeprefix(portal.url)


@pytest.mark.long
def test_a_killed_worker_loses_nothing(portal: Portal) -> None:
    number = ask(portal, max_zoom=15)["id"]
    until(portal, number, "building")
    os.kill(worker_of_the_package(portal), signal.SIGKILL)
    package = until(portal, number, "ready", "failed")
    assert package["state"] == "ready"
    folder = Path(portal.local) / "files" / "packages"
    # The killed worker's part is gone; other tests may have packages of their own.
    assert [path.name for path in folder.glob(f"{package['id']}*")] == [f"{package['id']}.pmtiles"]
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT attempts FROM tiles_package WHERE id = %s", [package["id"]])
        assert cursor.fetchone() == (2,)


def test_its_tiles_are_those_of_the_server(portal: Portal, package: dict[str, Any]) -> None:
    path = path_of(portal, package)

    def get_bytes(offset: int, length: int) -> bytes:
        status, _headers, body = portal.get(path, Range=f"bytes={offset}-{offset + length - 1}")
        assert status == 206
        return body

    reader = Reader(get_bytes)
    tilejson = json.loads(portal.get(f"/tiles/{LAYER}/tilejson.json")[2])
    template = tilejson["tiles"][0].removeprefix(portal.url)
    lon, lat, _zoom = tilejson["center"]
    compared = 0
    for zoom in range(5, 16):
        side = 2**zoom
        x, y = int((lon + 180) / 360 * side), int((0.5 - lat / 360) * side)
        place = template.format(z=zoom, x=x, y=y)
        _status, headers, body = portal.get(place, **{"Accept-Encoding": "gzip"})
        assert (reader.get(zoom, x, y) or b"") == body, headers
        compared += bool(body)
    assert compared


def test_a_broken_download_goes_on(portal: Portal, package: dict[str, Any]) -> None:
    path = path_of(portal, package)
    _status, headers, whole = portal.get(path)
    assert len(whole) == package["size"]
    first = portal.get(path, Range="bytes=0-9999")[2]
    rest = portal.get(path, **{"Range": "bytes=10000-", "If-Range": headers["etag"]})
    assert (rest[0], first + rest[2]) == (206, whole)


def gdal_reads(source: str, **options: Any) -> dict[str, Any]:
    """What GDAL finds, in a process of its own: in ours the importer has taken its network away."""
    script = (
        "import json, sys, pyogrio; "
        "found = pyogrio.read_info(sys.argv[1], force_feature_count=True, "
        "**json.loads(sys.argv[2])); "
        "print(json.dumps([found['features'], list(found['fields'])]))"
    )
    command = [sys.executable, "-c", script, source, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    features, fields = json.loads(done.stdout)
    return {"features": features, "fields": fields}


def test_gdal_reads_the_package_by_ranges(portal: Portal, package: dict[str, Any]) -> None:
    source = f"/vsicurl/{portal.url}{path_of(portal, package)}"
    found = gdal_reads(source, layer=LAYER, ZOOM_LEVEL="14")
    assert found["features"] > 1000
    assert "uid" in found["fields"]
    assert gdal_reads(source, layer=f"{LAYER}.cells", ZOOM_LEVEL="9")["features"] > 0


def test_gdal_reads_the_tileset_of_the_standard(portal: Portal) -> None:
    west, south, east, north = json.loads(portal.get(f"/tiles/{LAYER}/tilejson.json")[2])["bounds"]
    metres = Transformer.from_crs(4326, 3857, always_xy=True)
    low, high = metres.transform(west, south), metres.transform(east, north)
    box = dict(zip(("MINX", "MINY", "MAXX", "MAXY"), (*low, *high), strict=True))
    source = f"OGCAPI:{portal.url}/api/collections/{LAYER}"
    found = gdal_reads(source, layer="Zoom level 9", API="TILES", **box)
    assert found["features"] > 0
    # GDAL takes its fields from the tile that it sees first.
    assert "land_use_current" in found["fields"]
