"""The examples of `/api/docs/examples`, run as the page shows them against a running portal.

An example whose program is not on this machine is skipped, loudly.
"""

import html
import http.server
import importlib.util
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from layers.api.examples import FOLDER
from tests.browser import ARGUMENTS, CHROMIUM
from tests.running_portal import ROOT, Portal

pytestmark = pytest.mark.xdist_group("portal")
BLOCK = re.compile(r'<code id="[^"]+" data-example="([^"]+)">(.*?)</code>', re.DOTALL)
MAPLIBRE = ROOT / "gis_portal" / "frontend" / "node_modules" / "maplibre-gl" / "dist"
LOTS = 60
SECONDS = 240


@pytest.fixture(scope="module")
def shown(portal: Portal) -> dict[str, str]:
    """Name → text of every example, as a reader copies it from the page."""
    status, _headers, body = portal.get("/api/docs/examples")
    assert status == 200
    return {name: html.unescape(text) for name, text in BLOCK.findall(body.decode())}


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needed(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"NO {', '.join(missing).upper()}: this example was not run")


def test_every_example_is_on_the_page(shown: dict[str, str], portal: Portal) -> None:
    assert set(shown) == {path.name.removesuffix(".txt") for path in FOLDER.glob("*.txt")}
    for name, text in shown.items():
        assert f"{portal.url}/api/" in text, name
        assert not re.search(r"\{(api|portal|slug|style)\}", text), name


def test_curl(shown: dict[str, str], tmp_path: Path) -> None:
    needed("curl", "bash")
    said = run(["bash", "-e", "-c", shown["curl.sh"]], tmp_path)
    assert said.splitlines()[-1] == "304"
    assert (tmp_path / "ten.geojson").read_text().count('"type":"Feature"') == 10
    assert '"type":"FeatureCollection"' in (tmp_path / "large.geojson").read_text()


def test_gdal(shown: dict[str, str], tmp_path: Path) -> None:
    needed("ogrinfo", "ogr2ogr", "bash")
    said = run(["bash", "-e", "-c", shown["gdal.sh"]], tmp_path)
    assert f"Feature Count: {LOTS}" in said


def test_geopandas(shown: dict[str, str], tmp_path: Path) -> None:
    assert importlib.util.find_spec("geopandas"), "geopandas is a tool of the tests"
    said = run([sys.executable, "-c", shown["geopandas.py"]], tmp_path)
    assert said.startswith(f"{LOTS} features, ")


def test_r(shown: dict[str, str], tmp_path: Path) -> None:
    needed("Rscript")
    probe = ["Rscript", "-e", "library(sf)"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("NO SF FOR R: this example was not run")
    assert f"[1] {LOTS}" in run(["Rscript", "-e", shown["sf.R"]], tmp_path)


def test_qgis(shown: dict[str, str], tmp_path: Path) -> None:
    python = "/usr/bin/python3"
    probe = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("NO QGIS: this example was not run (`make conformance` installs it)")
    # Within QGIS this is there already.
    start = (
        "from qgis.core import QgsApplication\napp = QgsApplication([], False)\napp.initQgis()\n"
    )
    command = ["env", "QT_QPA_PLATFORM=offscreen", f"HOME={tmp_path}", python, "-c"]
    said = run([*command, start + shown["qgis.py"]], tmp_path)
    assert said.split()[-2:] == ["True", str(LOTS)]


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """A web server that is not the portal: the page of somebody else."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_maplibre(shown: dict[str, str], tmp_path: Path) -> None:
    """On a page of another site: also shows that public reads are open to it."""
    if CHROMIUM is None or not MAPLIBRE.exists():
        pytest.skip("NO BROWSER OR NO MAPLIBRE: this example was not run")
    for file in MAPLIBRE.glob("maplibre-gl*"):
        if file.suffix in (".mjs", ".css"):
            shutil.copy(file, tmp_path)
    (tmp_path / "index.html").write_text(shown["maplibre.html"], encoding="utf-8")
    with other_site(tmp_path) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("requestfailed", lambda asked: failed.append(asked.url))
        page.goto(f"{site}/index.html")
        page.wait_for_function("document.title === 'ready'", timeout=60_000)
        assert not [text for text in failed if "favicon" not in text]
        browser.close()
