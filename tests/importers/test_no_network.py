"""A file cannot make the importer fetch an address: a listener on this machine hears nothing."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import Point

from importers.models import ImportRun
from importers.readers import sniff as sniffing
from importers.readers.gdal import DRIVERS, registered_drivers
from importers.readers.linked_crs import has_linked_crs
from importers.readers.sniff import Kind, sniff
from importers.refusals import UnsafeFile
from importers.run import run_import
from tests.importers.made import plots

POINT = {"type": "Point", "coordinates": [107.2, 10.5]}
# What a program without our guard does with the file in its arguments.
UNGUARDED = """
import pyogrio.raw, sys
try:
    pyogrio.raw.read_arrow(sys.argv[1])
except Exception as error:
    print(error)
"""


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """(address, paths that were asked for) of a web server on this machine."""
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/canary", heard
    server.shutdown()
    server.server_close()


def collection(address: str, place: str, kind: str = "link") -> dict[str, Any]:
    """A collection with two features; the `crs` hangs on the named member."""
    crs = {"type": kind, "properties": {"href": address, "url": address}}
    geometry: dict[str, Any] = dict(POINT)
    feature: dict[str, Any] = {"type": "Feature", "properties": {"code": "1"}}
    first: dict[str, Any] = {"type": "FeatureCollection"}
    last: dict[str, Any] = {}
    {"top": first, "feature": feature, "geometry": geometry, "end": last}[place]["crs"] = crs
    feature["geometry"] = geometry
    plain = {"type": "Feature", "properties": {"code": "0"}, "geometry": POINT}
    return {**first, "features": [plain, feature], **last}


def algorithm(address: str) -> dict[str, Any]:
    return {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {address}"}


def vrt(address: str) -> str:
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/'
        f"{address}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def escaped(address: str) -> str:
    text = json.dumps(collection(address, "geometry"))
    return text.replace('"crs"', '"\\u0063Rs"').replace('"link"', '"\\u006cink"')


HOSTILE: dict[str, Callable[[str], Any]] = {
    "crs of the collection": lambda a: collection(a, "top"),
    "crs of a feature": lambda a: collection(a, "feature"),
    "crs of a geometry": lambda a: collection(a, "geometry"),
    "crs at the end": lambda a: collection(a, "end"),
    "crs of type url": lambda a: collection(a, "geometry", "url"),
    "crs in escapes": escaped,
    "streamed algorithm": algorithm,
    "virtual source": vrt,
}
# GDAL itself does not look at a feature's own crs.
HARMLESS_TO_GDAL = {"crs of a feature"}


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize("case", [c for c in HOSTILE if c not in HARMLESS_TO_GDAL])
def test_the_canary_hears_an_unguarded_program(
    case: str, canary: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, heard = canary
    file = write(tmp_path / "a.geojson", HOSTILE[case](address))
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    subprocess.run(
        [sys.executable, "-c", UNGUARDED, str(file)],
        env=environment,
        timeout=60,
        check=True,
        capture_output=True,
    )
    assert heard


@pytest.mark.django_db
@pytest.mark.parametrize("parsed_up_to", [8 * 2**20, 100], ids=["small", "large"])
@pytest.mark.parametrize("case", HOSTILE)
def test_an_import_fetches_nothing(
    case: str,
    parsed_up_to: int,
    canary: tuple[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, heard = canary
    monkeypatch.setattr(sniffing, "JSON_PARSED", parsed_up_to)
    file = write(tmp_path / "a.geojson", HOSTILE[case](address))
    run = run_import(file, plots(geometry="point"))
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "unsafe-file")
    assert not heard


@pytest.mark.parametrize("case", HOSTILE)
def test_gdal_fetches_nothing_when_it_is_asked_directly(
    case: str, canary: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second belt holds alone, also where the environment exempts this machine from proxies."""
    address, heard = canary
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    file = write(tmp_path / "a.geojson", HOSTILE[case](address))
    with suppress(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        pyogrio.raw.read_arrow(file)
    assert not heard


def test_only_our_drivers_are_there() -> None:
    assert registered_drivers() == DRIVERS


def test_djangos_gdal_still_moves_points() -> None:
    move = CoordTransform(SpatialReference(4326), SpatialReference(3857))
    point = Point(107.2, 10.5, srid=4326)
    point.transform(move)
    assert point.x == pytest.approx(11_933_449, abs=1)


def test_a_late_crs_in_a_large_file_is_found_quickly(tmp_path: Path) -> None:
    """64 MiB of features in escapes and quotes, and the link across the edge of two chunks."""
    feature = json.dumps({"type": "Feature", "properties": {"n": "Đất ở"}, "geometry": POINT})
    head = '{"type":"FeatureCollection","features":['
    body = head + (feature + ",") * (64 * 2**20 // len(feature))
    body += " " * (2**20 - len(body) % 2**20 - 4) + feature
    file = tmp_path / "a.geojson"
    file.write_text(body + "]}")
    start = time.perf_counter()
    assert sniff(file) is Kind.GEOJSON
    took = time.perf_counter() - start
    file.write_text(body + '],"crs":{"type":"link","properties":{"href":"http://127.0.0.1:9"}}}')
    with pytest.raises(UnsafeFile):
        sniff(file)
    assert took < 1.5  # 0.2 s alone on a free processor


@pytest.mark.parametrize("gap", range(-40, 8, 3))
def test_a_crs_on_the_edge_of_a_chunk(gap: int, tmp_path: Path) -> None:
    for kind, linked in (("link", True), ("name", False)):
        text = '{"a":"' + "x" * (2**20 + gap - 8) + '","crs":{"type":"' + kind + '"}}'
        assert has_linked_crs(write(tmp_path / "a.json", text)) is linked


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ('{"crs":null}', False),
        ('{"crs":{"type":"name","properties":{"name":"EPSG:5899"}}}', False),
        ('{"crs" : {"properties":{"code":5899},"type":"EPSG"}}', False),
        ('{"properties":{"crs":"VN-2000","CRS":5899,"x":"crs"}}', False),
        ('["crs","crs"]', False),
        ('{"note":"\\"crs\\":{\\"type\\":\\"link\\"}"}', False),
        ('{"CRS":{"type":"Link"}}', True),
        ('{"crs":{"Type":"link"}}', True),
        ('{"crs":{"type":"link","type":"name"}}', True),
        ('{"crs":{"type":"name","type":"link"}}', True),
        ("{'crs':{'type':'link'}}", True),
        ('{"crs"/**/:{"type":"link"}}', True),
        ('{"crs"' + " " * 5000 + ':{"type":"link"}}', True),
        ('{"crs":{"a":"' + "x" * 5000 + '","type":"link"}}', True),
    ],
)
def test_which_crs_members_are_refused(text: str, linked: bool, tmp_path: Path) -> None:
    assert has_linked_crs(write(tmp_path / "a.json", text)) is linked
