"""A picture through a whole import: what is kept of it, and what the version holds."""

import datetime as dt
import json
import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from django.core.management import call_command
from rio_cogeo.cogeo import cog_validate
from shapely import wkb

from importers.imagery import kept
from importers.models import ImportRun
from importers.run import run_import
from layers.crs import VN2000, WEB_MERCATOR, WGS84, Crs, transform_point
from layers.imagery import scene_path, scenes_folder
from layers.models import Feature, LayerVersion
from layers.publish import roll_back
from tests.importers.made import EAST, NORTH
from tests.importers.pictures import (
    HEIGHT,
    SIZE,
    WIDTH,
    field_pixels,
    geotiff,
    imagery_layer,
)

pytestmark = pytest.mark.django_db
DAY, LATER = dt.date(2025, 3, 2), dt.date(2026, 3, 5)


def scenes(version: LayerVersion | None) -> dict[str, dict[str, object]]:
    assert version is not None
    return {f.key: f.properties for f in Feature.objects.filter(version_id=version.pk)}


def published(path: Path, **more: object) -> ImportRun:
    given: dict[str, object] = {"publish": True, "data_date": DAY, **more}
    layer = given.pop("layer", None) or imagery_layer()
    run = run_import(path, layer, **given)  # type: ignore[arg-type]
    assert (run.error_code, run.error_detail) == ("", "")
    return run


def feature_of(run: ImportRun) -> Feature:
    assert run.version is not None
    return Feature.objects.get(version_id=run.version.pk)


def picture_of(run: ImportRun) -> Path:
    (scene,) = scenes(run.version).values()
    return scene_path(str(scene["file"]))


def test_a_picture_becomes_a_scene(tmp_path: Path) -> None:
    run = published(geotiff(tmp_path / "bay-1.tif"))
    row = scenes(run.version)["2025-03-02/bay-1"]
    assert (row["acquired"], row["scene"], row["bands"]) == ("2025-03-02", "bay-1", 3)
    assert row["resolution_m"] == pytest.approx(SIZE, abs=0.01)
    ranges = json.loads(str(row["stretch"]))
    assert len(ranges) == 3
    assert all(0 <= low < high <= 255 for low, high in ranges)
    path = scene_path(str(row["file"]))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert cog_validate(path, strict=True)[0]
    with rasterio.open(path) as picture:
        assert picture.crs.to_epsg() == 3857
        assert picture.nodata is None
        assert picture.block_shapes == [(512, 512)] * 3
    assert not list(scenes_folder().glob("new-*"))


def test_the_outline_is_the_frame_of_a_whole_picture(tmp_path: Path) -> None:
    run = published(geotiff(tmp_path / "a.tif"))
    feature = feature_of(run)
    assert feature.geom_source is not None
    found = wkb.loads(bytes(feature.geom_source.wkb))
    frame = shapely.box(EAST, NORTH - HEIGHT * SIZE, EAST + WIDTH * SIZE, NORTH)
    assert found.normalize() == frame.normalize()
    assert feature.area_m2 == pytest.approx(frame.area)
    assert feature.unit_id is None


@pytest.mark.parametrize("crs", VN2000.values(), ids=lambda crs: crs.code)
def test_every_vn2000_system_lands_by_the_pinned_shift(crs: Crs, tmp_path: Path) -> None:
    """A white spot of 3 pixels in the dark: where it is in the kept picture against pyproj."""
    meridian = crs.central_meridian or 107.0
    x, y = transform_point(meridian + 0.1, 10.5, WGS84, crs)
    size = 2e-5 if crs.is_geographic else SIZE
    transform = Affine(size, 0, x, 0, -size, y)
    pixels = np.full((3, HEIGHT, WIDTH), 20, np.uint8)
    pixels[:, 79:82, 99:102] = 255
    run = published(geotiff(tmp_path / "a.tif", pixels, crs=crs, transform=transform))
    with rasterio.open(picture_of(run)) as picture:
        bright = picture.read(1).astype(float).clip(60) - 60
        rows, columns = np.indices(bright.shape)
        middle = [(np.sum(axis * bright) / bright.sum()) + 0.5 for axis in (columns, rows)]
        found = picture.transform @ tuple(middle)
    spot = transform @ (100.5, 80.5)
    expected = transform_point(*spot, crs, WEB_MERCATOR)
    assert np.hypot(*np.subtract(found, expected)) < 0.3


def test_16_bit_stays_16_bit(tmp_path: Path) -> None:
    pixels = field_pixels(4, "uint16")
    run = published(geotiff(tmp_path / "a.tif", pixels))
    (row,) = scenes(run.version).values()
    assert (row["bands"], row["dtype"]) == (4, "uint16")
    with rasterio.open(picture_of(run)) as picture:
        assert picture.dtypes == ("uint16",) * 4
        assert picture.read(1).max() > 255
    expected = np.percentile(pixels[0], [2, 98])
    assert json.loads(str(row["stretch"]))[0] == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(("bands", "dtype"), [(1, "uint8"), (1, "int16"), (5, "uint8")])
def test_other_bands_and_depths(bands: int, dtype: str, tmp_path: Path) -> None:
    run = published(geotiff(tmp_path / "a.tif", field_pixels(bands, dtype)))
    (row,) = scenes(run.version).values()
    assert (row["bands"], row["dtype"]) == (bands, dtype)


def invalid_corner() -> np.ndarray:
    """True where the picture is valid: all but a triangle in the north-west."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    return np.asarray(rows + columns > 80)


@pytest.mark.parametrize("how", ["nodata", "mask", "alpha", "colours"])
def test_what_is_missing_is_missing(how: str, tmp_path: Path) -> None:
    pixels, valid = field_pixels().clip(1), invalid_corner()
    path = tmp_path / "a.tif"
    if how == "nodata":
        geotiff(path, np.where(valid, pixels, 0).astype(np.uint8), nodata=0)
    elif how == "mask":
        geotiff(path, pixels, mask=valid)
    elif how == "alpha":
        with_alpha = np.concatenate([pixels, valid[None] * np.uint8(255)])
        geotiff(path, with_alpha, photometric="RGB", alpha="YES")
    else:
        classes = np.where(valid, 1 + pixels[:1] // 64, 0).astype(np.uint8)
        table = {i: (40 * i, 250 - 40 * i, 9, 255) for i in range(6)}
        geotiff(path, classes, colours=table, nodata=0)
    run = published(path)
    (row,) = scenes(run.version).values()
    assert (row["bands"], row["dtype"]) == (3, "uint8")
    feature = feature_of(run)
    assert feature.area_m2 == pytest.approx(valid.sum() * SIZE**2, rel=0.03)
    with rasterio.open(picture_of(run)) as picture:
        seen = picture.dataset_mask() > 0
        size = picture.transform.a
        assert picture.count == 3
    # Web Mercator stretches by the secant of the latitude.
    assert seen.sum() * (size / 1.017) ** 2 == pytest.approx(valid.sum() * SIZE**2, rel=0.03)


def test_a_turned_picture_is_warped(tmp_path: Path) -> None:
    turned = Affine.translation(EAST, NORTH) @ Affine.rotation(30) @ Affine.scale(SIZE, -SIZE)
    run = published(geotiff(tmp_path / "a.tif", transform=turned))
    feature = feature_of(run)
    assert feature.area_m2 == pytest.approx(WIDTH * HEIGHT * SIZE**2, rel=1e-6)
    assert cog_validate(picture_of(run), strict=True)[0]


def test_the_same_picture_twice_changes_nothing(tmp_path: Path) -> None:
    layer, path = imagery_layer(), geotiff(tmp_path / "a.tif")
    first = published(path, layer=layer)
    again = published(path, layer=layer)
    assert scenes(first.version) == scenes(again.version)
    assert (again.diff["unchanged"], again.diff["added"], again.diff["changed"]) == (1, 0, 0)


def test_scenes_join_are_replaced_and_come_back(tmp_path: Path) -> None:
    layer = imagery_layer()
    first = published(geotiff(tmp_path / "a.tif"), layer=layer)
    other = geotiff(tmp_path / "b.tif", field_pixels(seed=2), crs="EPSG:9210", transform=WEST)
    second = published(other, layer=layer, data_date=LATER)
    assert set(scenes(second.version)) == {"2025-03-02/a", "2026-03-05/b"}
    counts = [second.diff[name] for name in ("added", "changed", "removed", "unchanged")]
    assert counts == [1, 0, 0, 1]
    assert second.report["scene"]["carried"] == 1
    # The file is one row, whatever is carried over.
    assert (second.rows_read, second.rows_loaded) == (1, 1)
    third = published(geotiff(tmp_path / "a.tif", field_pixels(seed=3)), layer=layer)
    counts = [third.diff[name] for name in ("added", "changed", "removed", "unchanged")]
    assert counts == [0, 1, 0, 1]
    before, after = (scenes(run.version)["2025-03-02/a"]["file"] for run in (second, third))
    assert before != after
    assert second.version is not None
    roll_back(layer, to=second.version, as_operator=True)
    layer.refresh_from_db()
    assert layer.live_version == second.version
    assert scene_path(str(before)).is_file()
    assert first.version is not None


# The other meridian of the province: the same land lies 200 km further east.
WEST = Affine(SIZE, 0, 655_000, 0, -SIZE, 1_161_000)


def test_a_name_and_clouds_may_be_said(tmp_path: Path) -> None:
    said = {"Tên cảnh": "Phường Bà Rịa", "cloud": "12,5"}
    layer = imagery_layer()
    run = published(geotiff(tmp_path / "a.tif"), layer=layer, values=said)
    row = scenes(run.version)["2025-03-02/Phường Bà Rịa"]
    assert row["cloud"] == 12.5
    second = published(geotiff(tmp_path / "b.tif"), layer=layer, data_date=LATER)
    assert "cloud" not in scenes(second.version)["2026-03-05/b"]
    assert scenes(second.version)["2025-03-02/Phường Bà Rịa"] == row


def test_a_check_and_a_refusal_keep_no_picture(tmp_path: Path) -> None:
    layer = imagery_layer()
    run = run_import(geotiff(tmp_path / "a.tif"), layer, data_date=DAY)
    assert run.state == ImportRun.CHECKED
    assert run.report["scene"]["width"] == WIDTH
    assert run_import(geotiff(tmp_path / "b.tif"), layer).error_code == "acquired-missing"
    assert not [path for path in scenes_folder().rglob("*") if path.is_file()]


def test_pictures_that_no_kept_version_has_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = imagery_layer()
    first = published(geotiff(tmp_path / "a.tif"), layer=layer)
    second = published(geotiff(tmp_path / "a.tif", field_pixels(seed=2)), layer=layer)
    old, new = (str(scenes(run.version)["2025-03-02/a"]["file"]) for run in (first, second))
    (scenes_folder() / "new-left.tif").write_bytes(b"x")
    assert kept.drop_unneeded() == 0, "a picture of today may be an import's that is running"
    monkeypatch.setattr(kept, "_YOUNG_SECONDS", -1)
    assert kept.needed_files() == {old, new}
    assert kept.drop_unneeded() == 1
    assert first.version is not None
    LayerVersion.objects.filter(pk=first.version.pk).update(state=LayerVersion.DISCARDED)
    assert kept.drop_unneeded() == 1
    assert not scene_path(old).exists()
    assert scene_path(new).is_file()


def test_a_picture_that_was_just_imported_again_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question which pictures are needed and the deleting, an import ends."""
    (tmp_path / "made.tif").write_bytes(b"a picture")
    with kept.aside(tmp_path / "made.tif") as first:
        kept.keep(first)
    place = scene_path(first.sha256)
    os.utime(place, (0, 0))

    def needed() -> set[str]:
        with kept.aside(tmp_path / "made.tif") as again:
            kept.keep(again)
        return set()

    monkeypatch.setattr(kept, "needed_files", needed)
    assert kept.drop_unneeded() == 0
    assert place.is_file()
    monkeypatch.setattr(kept, "needed_files", set)
    os.utime(place, (0, 0))
    assert kept.drop_unneeded() == 1


def test_a_copy_that_is_gone_stops_no_housekeeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_files", lambda: [tmp_path / "new-gone.tif"])
    assert kept.drop_unneeded() == 0


def test_the_command_line_takes_a_picture(tmp_path: Path) -> None:
    imagery_layer()
    file = str(geotiff(tmp_path / "a.tif"))
    call_command("import_layer", file, layer="test-imagery", publish=True, data_date="02/03/2025")
    assert Feature.objects.filter(key="2025-03-02/a").exists()


def test_a_scene_keeps_its_source_and_its_mark(tmp_path: Path) -> None:
    layer = imagery_layer()
    invented = {"source_org": "Bộ dữ liệu minh họa", "illustrative": True, "data_date": LATER}
    published(geotiff(tmp_path / "a.tif"), layer=layer, **invented)
    real = published(geotiff(tmp_path / "b.tif"), layer=layer, source_org="Trung tâm Viễn thám")
    said = {k: (p["source"], p["illustrative"]) for k, p in scenes(real.version).items()}
    assert said == {
        "2026-03-05/a": ("Bộ dữ liệu minh họa", True),
        "2025-03-02/b": ("Trung tâm Viễn thám", False),
    }
    assert real.version is not None
    # As old as its newest scene, illustrative as long as any scene is.
    assert (real.version.data_date, real.version.is_illustrative) == (LATER, True)
    last = published(geotiff(tmp_path / "a.tif"), layer=layer, data_date=LATER)
    assert last.version is not None
    assert last.version.is_illustrative is False
