"""Hostile files for a private area, each through the confined reader, as the portal reads them.

Refused by name; nothing is opened but the file, nobody is asked for anything, nothing stays.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from gis_portal.planner.models import PlannerArea
from importers import sandbox
from tests.gis_portal.planner.test_document import BOX, planner
from tests.importers.canaries import MARK, Bait, bait
from tests.importers.hostile_archives import ARCHIVES
from tests.importers.hostile_binaries import BINARIES
from tests.importers.hostile_texts import TEXTS

pytestmark = [pytest.mark.django_db, pytest.mark.confined]
FILES = {**TEXTS, **ARCHIVES, **BINARIES}
# All the others are of `make long`.
USUAL = {"zip with a VRT"}


@pytest.fixture
def laid(tmp_path: Path) -> Iterator[Bait]:
    with bait(tmp_path) as found:
        yield found


@pytest.fixture
def client() -> Client:
    found = Client(raise_request_exception=True)
    found.force_login(planner())
    return found


def cases() -> list[object]:
    return [
        pytest.param(name, marks=() if name in USUAL else pytest.mark.long, id=name)
        for name in FILES
    ]


@pytest.mark.skipif(not sandbox.available(), reason="this host cannot confine")
@pytest.mark.parametrize("case", cases())
def test_a_hostile_file_is_no_area(case: str, laid: Bait, tmp_path: Path, client: Client) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = FILES[case](folder, laid)
    laid.openings()
    too_large = path.stat().st_size > settings.PORTAL_AREA_MB * 2**20
    with path.open("rb") as stream:
        answer = client.post("/planner/areas/", {"name": "x", "file": stream, "crs": "EPSG:4326"})
    # Some are only odd: what is a polygon in them may be kept.
    assert answer.status_code in ((413,) if too_large else (201, 400, 413, 415, 422)), (
        answer.content
    )
    if answer.status_code != 201:
        assert answer.json()["code"] not in ("internal", "")
        assert (answer.status_code == 415) == (answer.json()["code"] == "unsupported-format")
        assert not PlannerArea.objects.exists()
    assert (laid.openings(), laid.heard) == (0, [])
    assert MARK not in answer.text
    assert "Traceback" not in answer.text


def test_a_zip_of_a_polygon_is_an_area(tmp_path: Path, client: Client) -> None:
    """The same way as hostile ones: otherwise refusing all would do."""
    with zipfile.ZipFile(tmp_path / "vung.zip", "w") as archive:
        feature = {"type": "Feature", "properties": {}, "geometry": BOX}
        whole = {"type": "FeatureCollection", "features": [feature]}
        archive.writestr("vung.geojson", json.dumps(whole))
    with (tmp_path / "vung.zip").open("rb") as stream:
        answer = client.post("/planner/areas/", {"file": stream})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["name"], answer.json()["origin"]) == ("vung", "file")
    assert User.objects.get().pk == PlannerArea.objects.get().owner_id


VN2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5899"}}
FIELD = [[436514, 1161102], [438514, 1161102], [438514, 1162102], [436514, 1162102]]


def test_files_of_areas_are_read_as_importers_do(tmp_path: Path, client: Client) -> None:
    """A system that the file names, or that its sender chooses; what is wrong names the way out."""
    page = "/planner/my-areas/"
    ring = {"type": "Polygon", "coordinates": [[*FIELD, FIELD[0]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": ring}
    plain: dict[str, object] = {"type": "FeatureCollection", "features": [feature]}

    def bring(whole: object, **said: str) -> Any:
        file = tmp_path / "khu đất.geojson"
        file.write_text(json.dumps(whole), encoding="utf-8")
        with file.open("rb") as stream:
            return client.post(page, {"file": stream, "name": "Bãi Dài", **said})

    for whole, said in (({"crs": VN2000} | plain, {}), (plain, {"crs": "EPSG:5899;confirmed"})):
        assert bring(whole, **said).status_code == 302
    kept = list(PlannerArea.objects.all())
    assert [area.source_srid for area in kept] == [995899, 995899]
    assert all(107.17 < area.geom.centroid.x < 107.19 for area in kept)
    shown = client.get(page).content.decode()
    # 2 km by 1 km on the grid.
    assert shown.count("200,00 ha</strong>, 1 vùng khép kín") == 2
    assert shown.count('<path class="outline-new"') == 2

    # The system is missing: what was typed stays, and the systems that fit are to be chosen.
    refused = bring(plain).content.decode()
    assert 'value="Bãi Dài"' in refused
    assert "thường ở VN-2000 kinh tuyến trục 107°45′, múi 3° (EPSG:5899)" in refused
    fitting = refused.partition("Các hệ đặt tệp này vào địa bàn")[2].partition("</optgroup>")[0]
    assert '<option value="EPSG:5899;confirmed"' in fitting
    assert "khu đất.geojson" in refused
    asked = client.get(f"/planner/new/?area={kept[0].pk}")
    assert asked.context["document"]["inputs"]["area1"] == {"area": str(kept[0].pk)}
    assert "Trong vùng “Bãi Dài” có gì" in asked.content.decode()
    client.force_login(planner("other"))
    other = client.get(f"/planner/new/?area={kept[0].pk}")
    assert "Bãi Dài" not in other.content.decode()
