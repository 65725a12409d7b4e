"""Below the working zoom: every feature is drawn or counted, cells are not features."""

from typing import Any

import pytest
import shapely

from tests.tiles.shapes import load
from tests.tiles.test_statement import run, source
from tiles import lod
from tiles.grid import EXTENT, PIXEL, Tile

pytestmark = pytest.mark.django_db
TILE = Tile.at(9, 107.11, 10.42)


def layers(kind: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    decoded = run(lod.statement(source(kind)), TILE)
    features, cells = decoded.get("shapes", {}), decoded.get("shapes.cells", {})
    return features.get("features", []), cells.get("features", [])


def extent(feature: dict[str, Any]) -> float:
    west, south, east, north = shapely.geometry.shape(feature["geometry"]).bounds
    return float(max(east - west, north - south))


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_all_that_is_in_the_tile_is_drawn_or_counted_once(kind: str) -> None:
    originals = load(kind, TILE)
    features, cells = layers(kind)
    drawn = {f["id"] for f in features}
    middle = {i: shapely.box(*s.bounds).centroid for i, s in originals.items()}
    square = shapely.box(0.01, 0.01, EXTENT - 0.01, EXTENT - 0.01)
    within = {i for i, point in middle.items() if square.contains(point)}
    counted = sum(c["properties"]["n"] for c in cells)
    assert counted == len(within - drawn)
    assert drawn <= set(originals)
    assert cells


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_cells_say_what_they_are(kind: str) -> None:
    load(kind, TILE)
    features, cells = layers(kind)
    large = [f for f in features if kind == "point" or extent(f) >= 13 * PIXEL]
    assert large
    assert all("uid" in f["properties"] for f in large)
    assert all(f["properties"]["code"] == "07" for f in features)
    assert all(set(c["properties"]) <= {"n", "area", "class", "code"} for c in cells)
    assert all(c["properties"]["code"] == "07" and not c.get("id") for c in cells)
    assert all(shapely.geometry.shape(c["geometry"]).is_valid for c in cells)
