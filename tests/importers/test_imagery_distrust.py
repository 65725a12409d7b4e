"""What a captured child could say or lay down instead of a scene: none of it is kept."""

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from importers.batch import Batch, object_array
from importers.imagery import kept, receive
from importers.imagery.refusals import NotOurPicture
from importers.imagery.structure import directories
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


def _longer(made: Path) -> None:
    """Packed bytes that do not unpack."""
    content = bytearray(made.read_bytes())
    first = directories(made)[0].blocks
    offset, count = (int(number) for number in first[first[:, 1].argmax()])
    content[offset : offset + count] = bytes(count)
    made.write_bytes(content)


CHANGES: dict[str, Change] = {
    "gone": Path.unlink,
    "a link": _link,
    "a pipe": _pipe,
    "words": lambda made: made.write_text("<VRTDataset/>"),
    "another picture": _foreign,
    "broken tiles": _longer,
}


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
