"""Pictures of all kinds through a whole import: real ones of other makers, hostile ones, zips.

Hostile ones are read in the confined child, as the portal reads what people send.
"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from importers.models import ImportRun
from importers.run import run_import
from layers.imagery import scenes_folder
from layers.models import Feature
from tests.importers import made
from tests.importers.canaries import MARK, Bait, bait
from tests.importers.hostile_pictures import PICTURES
from tests.importers.pictures import PLACE, geotiff, imagery_layer
from tests.importers.test_hostile import imported, processes_that_name

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 2)
# File → refusal, or bands, type and metres a pixel.
REAL: dict[str, str | tuple[int, str, float]] = {
    "RGB.byte.tif": (3, "uint8", 300),
    "cog_dateline.tif": "image-dateline",
    "cog_gcps.tif": "image-control-points",
    "corrupt.tif": "image-broken",
    "nocog.tif": (1, "uint16", 100),
    "nz_aerial_2193.tif": (3, "uint8", 2),
    "rotated.tif": "crs-missing",
    "sentinel2_tci_32634.tif": (3, "uint8", 100),
}


def scene_of(run: ImportRun) -> Feature:
    assert run.version is not None
    return Feature.objects.get(version_id=run.version.pk)


def kept_pictures() -> list[Path]:
    return [path for path in scenes_folder().rglob("*") if path.is_file()]


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_each_real_picture_has_its_outcome(name: str, shared: Path) -> None:
    path = shared / "data" / "raster" / name
    run = run_import(path, imagery_layer(), data_date=DAY, publish=True)
    expected = REAL[name]
    if isinstance(expected, str):
        assert (run.error_code, kept_pictures()) == (expected, [])
        assert run.report["error"]["hint"]
        return
    assert (run.error_code, run.error_detail) == ("", "")
    scene = scene_of(run)
    bands, dtype, metres = expected
    assert (scene.properties["bands"], scene.properties["dtype"]) == (bands, dtype)
    assert scene.properties["resolution_m"] == pytest.approx(metres, rel=0.01)


@pytest.mark.shared
def test_the_table_has_every_real_picture(shared: Path) -> None:
    assert {path.name for path in (shared / "data" / "raster").iterdir()} == set(REAL)


@pytest.mark.shared
def test_a_rotated_picture_is_warped_once_its_system_is_said(shared: Path) -> None:
    path = shared / "data" / "raster" / "rotated.tif"
    run = run_import(path, imagery_layer(), data_date=DAY, crs="EPSG:32618")
    assert (run.error_code, run.state) == ("", ImportRun.CHECKED)


@pytest.fixture
def laid(tmp_path: Path) -> Iterator[Bait]:
    with bait(tmp_path) as found:
        yield found


@pytest.mark.confined
@pytest.mark.parametrize("case", PICTURES)
def test_a_hostile_picture_does_nothing(
    case: str, laid: Bait, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    layer, before = imagery_layer(), made.written()
    folder = tmp_path / "in"
    folder.mkdir()
    make, expected = PICTURES[case]
    path = make(folder, laid)
    laid.openings()
    told = imported(path, layer, caplog, data_date=DAY)
    assert (told.run.error_code, told.run.state) == (expected, ImportRun.REFUSED)
    assert told.run.report["error"]["hint"]
    assert (laid.openings(), laid.heard) == (0, [])
    assert MARK not in told.words
    assert 0 < told.peak <= 512 * 2**20
    assert told.cpu <= 5
    assert not list(Path(settings.MEDIA_ROOT, "importing").iterdir())
    assert not processes_that_name(tmp_path)
    assert (made.written(), kept_pictures()) == (before, [])


@pytest.mark.confined
def test_a_picture_is_made_and_checked_in_confined_children(
    tmp_path: Path, settings: Settings
) -> None:
    settings.PORTAL_SANDBOX = "required"
    path = geotiff(tmp_path / "a.tif", nodata=0)
    run = run_import(path, imagery_layer(), data_date=DAY, publish=True)
    assert (run.error_code, run.error_detail) == ("", "")
    assert len(kept_pictures()) == 1
    assert not list(Path(settings.MEDIA_ROOT, "importing").iterdir())


def world_file(pixel: float = PLACE.a) -> str:
    return f"{pixel}\n0\n0\n{-pixel}\n{PLACE.c + pixel / 2}\n{PLACE.f - pixel / 2}\n"


def zipped(path: Path, **parts: bytes | str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("_", "."), content)
    return path


def test_a_world_file_in_the_zip_places_the_picture(tmp_path: Path) -> None:
    picture = geotiff(tmp_path / "bay.tif", crs=None, transform=None).read_bytes()
    path = zipped(tmp_path / "anh.zip", bay_tif=picture, BAY_TFW=world_file(), bay_tif_ovr=b"x")
    run = run_import(path, imagery_layer(), data_date=DAY, crs="EPSG:5899", publish=True)
    assert (run.error_code, run.error_detail) == ("", "")
    notes = " ".join(run.report["source"]["notes"])
    assert "BAY.TFW" in notes
    assert "bay.tif.ovr" in notes
    scene = scene_of(run)
    west, _south, _east, north = scene.geom_source.extent if scene.geom_source else (0, 0, 0, 0)
    assert (west, north) == pytest.approx((PLACE.c, PLACE.f))


def test_the_picture_s_own_place_counts_more(tmp_path: Path) -> None:
    picture = geotiff(tmp_path / "bay.tif").read_bytes()
    path = zipped(tmp_path / "anh.zip", bay_tif=picture, bay_tfw=world_file(7.0))
    run = run_import(path, imagery_layer(), data_date=DAY)
    assert (run.error_code, run.report["scene"]["resolution_m"]) == ("", pytest.approx(2, abs=0.01))
    assert any("bay.tfw" in note for note in run.report["source"]["notes"])


def test_of_several_pictures_one_is_chosen(tmp_path: Path) -> None:
    picture = geotiff(tmp_path / "a.tif").read_bytes()
    path = zipped(tmp_path / "anh.zip", a_tif=picture, b_tif=picture, doc_txt="x")
    run = run_import(path, imagery_layer(), data_date=DAY)
    assert (run.error_code, run.report["error"]["layers"]) == ("choice-needed", ["a", "b"])
    assert run_import(path, imagery_layer(), data_date=DAY, sheet="b").error_code == ""


def test_a_broken_world_file_is_named(tmp_path: Path) -> None:
    picture = geotiff(tmp_path / "a.tif", crs=None, transform=None).read_bytes()
    path = zipped(tmp_path / "anh.zip", a_tif=picture, a_tfw="2 0 0 -2")
    assert run_import(path, imagery_layer(), data_date=DAY).error_code == "image-placement"


def test_pictures_and_features_keep_to_their_layers(tmp_path: Path) -> None:
    picture = geotiff(tmp_path / "a.tif")
    assert run_import(picture, made.plots()).error_code == "unsupported-format"
    plots = made.plots_geojson(tmp_path / "a.geojson")
    vector = run_import(plots, imagery_layer(), data_date=DAY)
    assert vector.error_code == "picture-needed"
    assert vector.report["error"]["hint"].startswith("Chọn đúng lớp")
    jpeg = tmp_path / "b.jpg"
    jpeg.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    assert run_import(jpeg, imagery_layer(), data_date=DAY).error_code == "picture-needed"


def test_a_system_that_moves_pixels_is_refused(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", crs=None)
    run = run_import(path, imagery_layer(), data_date=DAY, crs="EPSG:5899;swap")
    assert run.error_code == "image-crs-choice"
    missing = run_import(path, imagery_layer(), data_date=DAY)
    assert missing.error_code == "crs-missing"
    offered = missing.report["error"]["candidates"]
    assert offered
    assert not any(one.get("swapped") or one.get("shift") for one in offered)


def test_a_picture_outside_the_province_is_named(tmp_path: Path) -> None:
    layer = imagery_layer(extent="province")
    far = geotiff(
        tmp_path / "a.tif", transform=PLACE.translation(600_000, 1_900_000) @ PLACE.scale(2, -2)
    )
    assert run_import(far, layer, data_date=DAY).error_code == "outside-province"
    wide = geotiff(
        tmp_path / "b.tif",
        transform=PLACE.translation(100_000, 1_500_000) @ PLACE.scale(3000, -3000),
    )
    assert run_import(wide, layer, data_date=DAY).error_code == "", (
        "it covers the province and more"
    )
