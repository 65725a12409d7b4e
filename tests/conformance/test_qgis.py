"""QGIS of the system (3.22 on Debian 12), headless, reads every public collection.

By its OAPIF provider in CRS84, which is all that 3.22's provider knows; in the province's grid by
the export that the portal makes of the same collection. Skipped in words where PyQGIS is missing:
`make conformance` installs it.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.crs import WGS84
from tests.conformance.reading import DEFINITIONS, EPSG, GRID, JUDGED, Api, Held

SCRIPT = Path(__file__).parent / "qgis_reads.py"


def python_of_the_system() -> str | None:
    """A Python that has PyQGIS; the project's own environment has none."""
    for python in dict.fromkeys(["/usr/bin/python3", shutil.which("python3") or ""]):
        if python and Path(python).exists():
            test = [python, "-c", "import qgis.core"]
            if subprocess.run(test, capture_output=True, check=False).returncode == 0:
                return python
    return None


@pytest.fixture(scope="module")
def qgis(
    api: Api, database: Callable[[str], Held], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What QGIS says of each collection; one start of QGIS for all."""
    python = python_of_the_system()
    if python is None:
        pytest.skip("PyQGIS is not installed: `make conformance` installs it and runs this")
    folder = tmp_path_factory.mktemp("exports")
    layers = {slug: wanted(api, database(slug), folder) for slug in JUDGED}
    done = subprocess.run(
        [python, str(SCRIPT), json.dumps({"url": f"{api.url}/", "layers": layers})],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert sorted(found["layers"]) == sorted(JUDGED)
    return found["layers"]  # type: ignore[no-any-return]


def wanted(api: Api, held: Held, folder: Path) -> dict[str, Any]:
    """What QGIS is asked of a collection."""
    asked: dict[str, Any] = {"box": held.west_half}
    if held.usual:
        name, value = held.usual
        asked["where"] = f"\"{name}\" = '{value.replace(chr(39), chr(39) * 2)}'"
    if moment := moment_filter(held):
        asked["days"] = moment[0]
    path = f"/collections/{held.slug}/export.gpkg"
    file = folder / f"{held.slug}.gpkg"
    file.write_bytes(api.get(path, crs=f"{EPSG}5899").body)
    return asked | {"export": f"{file}|layername={held.slug}"}


def moment_filter(held: Held) -> tuple[str, set[str]] | None:
    """A filter on a day or moment that QGIS can see as one, and what it must find."""
    for field in DEFINITIONS[held.slug].public_fields:
        if field.type.name in ("date", "datetime") and held.properties[0].get(field.name):
            days = sorted(filter(None, (p.get(field.name) for p in held.properties)))
            day = days[len(days) // 2][:10]
            later = held.where(lambda p, n=field.name, d=day: (p.get(n) or "")[:10] >= d)
            return f"\"{field.name}\" >= '{day}'", later
    return None


@pytest.mark.parametrize("slug", JUDGED)
def test_qgis_reads_it_whole(
    slug: str, qgis: dict[str, Any], database: Callable[[str], Held]
) -> None:
    found, held = qgis[slug], database(slug)
    assert "error" not in found, found
    assert found["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert found["counted"] == held.uids.size
    assert sorted(found["ids"]) == sorted(held.uids)
    assert tuple(found["extent"]) == pytest.approx(held.bounds_in(WGS84), abs=2e-7, rel=0)


@pytest.mark.parametrize("slug", JUDGED)
def test_qgis_filters(slug: str, qgis: dict[str, Any], database: Callable[[str], Held]) -> None:
    found, held = qgis[slug], database(slug)
    assert set(found["in_box"]) == held.inside(held.west_half)
    if held.usual:
        name, value = held.usual
        assert set(found["where"]) == held.where(lambda p: p.get(name) == value)
    if moment := moment_filter(held):
        assert set(found["days"]) == moment[1], moment[0]


@pytest.mark.parametrize("slug", JUDGED)
def test_qgis_reads_it_in_the_grid(
    slug: str, qgis: dict[str, Any], database: Callable[[str], Held]
) -> None:
    found, held = qgis[slug]["export"], database(slug)
    # The system carries its way to WGS 84 in itself, so it is named for its code, not by it.
    assert "EPSG:5899" in found["crs"]
    assert "-191.90441429" in found["crs"]
    assert found["count"] == held.uids.size
    assert tuple(found["extent"]) == pytest.approx(held.bounds_in(GRID), abs=0.002, rel=0)
