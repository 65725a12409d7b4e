"""The two painted pictures: the same ground on two days, with something built between them."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from gis_portal.demo.province import SCENES, SEED, write_province
from tests.gis_portal.demo.conftest import TODAY


def test_the_settlement_grows_on_the_same_ground(folder: Path) -> None:
    before, after = (rasterio.open(folder / scene.name) for scene in SCENES)
    with before, after:
        assert before.transform == after.transform
        assert (before.crs.to_epsg(), before.nodata) == (5899, 0)
        assert before.tags()["TIFFTAG_DATETIME"].startswith("2024:02:20")
        old, new = before.read().astype(int), after.read().astype(int)
    # Roofs and asphalt are grey or red, fields are green: fewer of those where houses came.
    green = [(p[1] - np.maximum(p[0], p[2]) > 8).mean() for p in (old, new)]
    assert 0.3 < green[1] < 0.8
    red = [((p[0] - p[1] > 45) & (p[0] - p[2] > 45)).sum() for p in (old, new)]
    assert red[1] > 1.2 * red[0] > 0
    assert 0.01 < (old.max(axis=0) == 0).mean() < 0.2, "the corners that were not flown"


@pytest.mark.long
def test_the_same_seed_gives_the_same_pictures(folder: Path, tmp_path: Path) -> None:
    write_province(tmp_path, SEED, TODAY)
    for scene in SCENES:
        assert (tmp_path / scene.name).read_bytes() == (folder / scene.name).read_bytes()
