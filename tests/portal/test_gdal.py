"""GDAL's OGC API – Features driver (QGIS uses the same) reads collections of the running portal.

It reads in a process of its own: importers leave this one without that driver and without network.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from tests.running_portal import Portal


def read(address: str, **options: Any) -> Any:
    """`pyogrio.raw.read` by an unguarded GDAL."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        return other.submit(pyogrio.raw.read, address, **options).result(timeout=60)


@pytest.mark.parametrize(("slug", "count"), [("auction-lots", 60), ("telecom-stations", 1959)])
def test_gdal_reads_every_page(portal: Portal, slug: str, count: int) -> None:
    meta, _ids, shapes, values = read(f"OAPIF:{portal.url}/api/", layer=slug)
    assert len(shapes) == count
    assert "uid" not in meta["fields"]
    assert len(values) == len(meta["fields"])
    # Longitude first: degrees in the wrong order would lie outside of the province.
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(shapes))
    assert 106 < west < east < 108
    assert 8 < south < north < 12


def test_gdal_reads_a_box(portal: Portal) -> None:
    address = f"OAPIF:{portal.url}/api/"
    shapes = read(address, layer="telecom-stations", columns=[])[2]
    box = (107.05, 10.3, 107.15, 10.4)
    inside = read(address, layer="telecom-stations", columns=[], bbox=box)[2]
    points = shapely.from_wkb(shapes)
    expected = np.count_nonzero(shapely.intersects(points, shapely.box(*box)))
    assert 0 < len(inside) == expected < len(shapes)
