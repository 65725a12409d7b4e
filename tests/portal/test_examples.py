"""The examples of `/api/docs/examples`, run as the page shows them against a running portal.

An example whose program is not on this machine is skipped, loudly. The one for MapLibre runs in the
browser's lane (`tests/e2e/test_api_example_map.py`).
"""

import html
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from layers.api.examples import FOLDER
from tests.running_portal import Portal

BLOCK = re.compile(r'<code id="[^"]+" data-example="([^"]+)">(.*?)</code>', re.DOTALL)
LOTS = 60
SECONDS = 240


@pytest.fixture(scope="module")
def shown(portal: Portal) -> dict[str, str]:
    """Name → text of every example, as a reader copies it from the page."""
    return examples_on(portal)


def examples_on(portal: Portal) -> dict[str, str]:
    """Name → text of what the page of a portal shows."""
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
    assert 0 < (tmp_path / "box.json").read_text().count('"type":"Feature"') < LOTS
    assert (tmp_path / "auction-lots-all.gpkg").read_bytes().startswith(b"SQLite")


def test_gdal(shown: dict[str, str], tmp_path: Path) -> None:
    needed("ogrinfo", "ogr2ogr", "bash")
    said = run(["bash", "-e", "-c", shown["gdal.sh"]], tmp_path)
    assert said.count(f"Feature Count: {LOTS}") == 2


def test_geopandas(shown: dict[str, str], tmp_path: Path) -> None:
    assert importlib.util.find_spec("geopandas"), "geopandas is a tool of the tests"
    said = run([sys.executable, "-c", shown["geopandas.py"]], tmp_path)
    assert said.startswith(f"{LOTS} features, ")


def test_land_by_commune(shown: dict[str, str], tmp_path: Path) -> None:
    said = run([sys.executable, "-c", shown["by-commune.py"]], tmp_path)
    hectares = [float(line.split()[-1]) for line in said.splitlines()[1:]]
    assert len(hectares) == 30
    assert hectares == sorted(hectares, reverse=True)
    assert sum(hectares) == pytest.approx(1.4, abs=0.05)
    assert (tmp_path / "by-commune.gpkg").exists()


def test_a_copy_is_kept(shown: dict[str, str], tmp_path: Path) -> None:
    """Whole at first; then nothing has changed."""
    program = [sys.executable, "-c", shown["sync.py"]]
    for _night in range(2):
        assert run(program, tmp_path) == f"version 1 with {LOTS} features\n"
    # An old copy gets what has come since, and loses what has gone.
    old = {"version": "2000-01-01", "features": {}}
    (tmp_path / "auction-lots.json").write_text(json.dumps(old))
    assert run(program, tmp_path) == f"version 1 with {LOTS} features\n"


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
