"""What a captured child could say or lay down instead of a scene: none of it is kept."""

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from importers.batch import Batch, object_array
from importers.imagery import kept, receive
from importers.imagery.plain import Bands
from importers.imagery.refusals import NotOurPicture
from importers.imagery.structure import directories
from importers.imagery.warp import write_kept
from importers.readers import kept_picture
from importers.readers.raster import environment
from importers.readers.source import Wanted
from importers.run import run_import
from layers.crs import VN2000
from layers.imagery import scenes_folder
from tests.importers.made import EAST, NORTH
from tests.importers.pictures import geotiff, imagery_layer

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 2)
Change = Callable[[Path], object]


def _link(made: Path) -> None:
    made.rename(made.with_suffix(".other"))
    made.symlink_to(made.with_suffix(".other"))


def _pipe(made: Path) -> None:
    made.unlink()
    os.mkfifo(made)


def _foreign(made: Path) -> None:
    """A good GeoTIFF that is not of our making."""
    geotiff(made)


def _broken(part: int) -> Change:
    """Packed bytes that do not unpack, in one directory of the file."""

    def change(made: Path) -> None:
        content = bytearray(made.read_bytes())
        blocks = directories(made)[part].blocks
        offset, count = (int(number) for number in blocks[blocks[:, 1].argmax()])
        content[offset : offset + count] = bytes(count)
        made.write_bytes(content)

    return change


CHANGES: dict[str, Change] = {
    "gone": Path.unlink,
    "a link": _link,
    "a pipe": _pipe,
    "words": lambda made: made.write_text("<VRTDataset/>"),
    "another picture": _foreign,
    "broken tiles": _broken(0),
}
# Directories of a kept picture of 1,100 pixels: itself, two overviews, and the mask of each.
PARTS = 6


@pytest.mark.parametrize("case", CHANGES)
def test_what_lies_there_instead_is_not_kept(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = kept.aside

    def aside(made: Path) -> Any:
        CHANGES[case](made)
        return real(made)

    monkeypatch.setattr(receive, "aside", aside)
    run = run_import(geotiff(tmp_path / "a.tif"), imagery_layer(), data_date=DAY, publish=True)
    assert run.error_code == "image-not-made"
    assert not [path for path in scenes_folder().rglob("*") if path.is_file()]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_part_of_the_picture_is_looked_at(part: int, tmp_path: Path) -> None:
    picture = tmp_path / "kept.tif"
    valid = np.indices((1100, 1100)).sum(axis=0) > 500
    grain = np.random.default_rng(0).integers(1, 255, (3, 1100, 1100), np.uint8)
    rough = tmp_path / "rough.tif"
    settings = {"width": 1100, "height": 1100, "count": 3, "dtype": "uint8", "tiled": True}
    with environment():
        with rasterio.open(
            rough, "w", crs="EPSG:3857", transform=Affine(4, 0, 0, 0, -4, 0), **settings
        ) as target:
            target.write(np.where(valid, grain, 0).astype(np.uint8))
            target.write_mask(valid)
        write_kept(rough, Bands((1, 2, 3), "uint8", None), picture)
    assert len(directories(picture)) == PARTS
    kept_picture.open_kept(picture, Wanted(geometry="polygon"), tmp_path)
    _broken(part)(picture)
    with pytest.raises(NotOurPicture):
        kept_picture.open_kept(picture, Wanted(geometry="polygon"), tmp_path)


def test_a_picture_beyond_the_bound_is_not_copied(tmp_path: Path, settings: Any) -> None:
    made = tmp_path / "made.tif"
    made.write_bytes(bytes(5000))
    settings.PORTAL_IMPORT_LIMITS = {"unpacked_bytes": 4000}
    with pytest.raises(NotOurPicture), kept.aside(made):
        pass
    assert not list(scenes_folder().iterdir())


def told(**changed: object) -> Batch:
    """The row of a child, with some of its words changed."""
    row: dict[str, object] = {
        "scene": "a",
        "resolution_m": 2.0,
        "bands": 3,
        "dtype": "uint8",
        "stretch": json.dumps([[0, 9]] * 3),
        "picture_width": 20,
        "picture_height": 20,
        "picture_date": "",
        "picture_preview": "",
        **changed,
    }
    columns = {name: object_array([value]) for name, value in row.items()}
    shape = object_array([shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)])
    return Batch(columns, shape, np.array([1], np.int64), VN2000[5899])


@pytest.mark.parametrize(
    "changed",
    [
        {"bands": 4},
        {"bands": "3"},
        {"dtype": "float64"},
        {"resolution_m": float("nan")},
        {"resolution_m": None},
        {"stretch": "[[0, 9]]"},
        {"stretch": "[[9, 0], [0, 9], [0, 9]]"},
        {"stretch": "[[0, NaN], [0, 9], [0, 9]]"},
        {"stretch": "[" * 100_000},
        {"stretch": 7},
        {"stretch": f"[[0, {10**400}], [0, 9], [0, 9]]"},
        {"stretch": "[[0, 300], [0, 9], [0, 9]]"},
        {"stretch": "[[-1, 9], [0, 9], [0, 9]]"},
        {"resolution_m": 10**400},
        {"resolution_m": 0.0},
        {"resolution_m": -2.0},
        {"resolution_m": float("inf")},
        {"picture_width": -1},
        {"picture_height": "20"},
    ],
)
def test_words_that_no_reader_says_are_not_believed(
    changed: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "_made", lambda *_given: told(**changed))
    monkeypatch.setattr(receive, "_check", lambda *_given, **_more: 3)
    monkeypatch.setattr(receive, "aside", lambda _made: kept.aside(tmp_path / "a.tif"))
    run = run_import(geotiff(tmp_path / "a.tif"), imagery_layer(), data_date=DAY)
    assert run.error_code == "image-not-made"


@pytest.mark.parametrize("preview", ["<svg onload=alert(1)>", "PHN2Zz4=", "!", "A" * 300_000, 7])
def test_only_a_small_webp_is_shown(preview: object) -> None:
    assert receive._preview(preview) == ""
