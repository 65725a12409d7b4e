"""A picture through a whole import: what is kept of it, and what the version holds."""

import datetime as dt
from pathlib import Path

import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from importers.models import ImportRun
from importers.run import run_import
from layers.imagery import scene_path
from layers.models import Feature, LayerVersion
from tests.importers.pictures import SIZE, geotiff, imagery_layer

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 2)


def scenes(version: LayerVersion | None) -> dict[str, dict[str, object]]:
    assert version is not None
    found = Feature.objects.filter(version_id=version.pk)
    return {feature.key: feature.properties for feature in found}


def test_a_picture_becomes_a_scene(tmp_path: Path) -> None:
    file = geotiff(tmp_path / "bay-1.tif")
    run = run_import(file, imagery_layer(), publish=True, data_date=DAY)
    assert (run.error_code, run.state) == ("", ImportRun.PUBLISHED)
    row = scenes(run.version)["2025-03-02/bay-1"]
    assert row["acquired"] == "2025-03-02"
    assert row["bands"] == 3
    assert row["resolution_m"] == pytest.approx(SIZE, abs=0.01)
    path = scene_path(str(row["file"]))
    assert cog_validate(path, strict=True)[0]
    with rasterio.open(path) as kept:
        assert kept.crs.to_epsg() == 3857
