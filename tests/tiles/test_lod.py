"""Below the working zoom: every feature is drawn or counted, cells are not features, and tables
made for it change nothing but the time.
"""

import math
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from layers.models import LayerVersion
from tests.tiles.shapes import KINDS, load, source, world
from tests.tiles.test_statement import run
from tests.tiles.versions import published_shapes
from tiles import lod
from tiles.grid import EXTENT, PIXEL, Tile
from tiles.models import TileSet
from tiles.preparing import build
from tiles.source import TileSource, source_of

pytestmark = pytest.mark.django_db
TILE = Tile.at(9, 107.11, 10.42)
ALL_KINDS = pytest.mark.parametrize("kind", ["polygon", "line", "point"])


@pytest.fixture(autouse=True)
def _even_small_versions(settings: Any) -> None:
    settings.PORTAL_LOD_MIN = 1


def layers(kind: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    decoded = run(lod.statement(source(kind)), TILE)
    features, cells = decoded.get("shapes", {}), decoded.get("shapes.cells", {})
    return features.get("features", []), cells.get("features", [])


def extent(feature: dict[str, Any]) -> float:
    west, south, east, north = shapely.geometry.shape(feature["geometry"]).bounds
    return float(max(east - west, north - south))


@ALL_KINDS
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


@ALL_KINDS
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


@ALL_KINDS
def test_shapes_are_valid_and_where_they_belong(kind: str) -> None:
    originals = load(kind, TILE)
    for feature in layers(kind)[0]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert not shape.is_empty
        corners = shapely.points(shapely.get_coordinates(shape))
        # A quarter of a pixel along each axis, and the rounding to the grid.
        assert np.max(shapely.distance(corners, originals[feature["id"]])) <= 0.36 * PIXEL + 0.71


def spread(kind: str) -> dict[int, Any]:
    """Shapes of every size around the tile's place, and many small ones close together."""
    rng = random.Random(5)
    shapes: list[BaseGeometry] = []
    for zoom in (10, 12):
        tile = Tile.at(zoom, 107.11, 10.42)
        drawn = (s for s in KINDS[kind](random.Random(zoom)) if s.is_valid)
        around = shapely.box(-2 * EXTENT, -2 * EXTENT, 3 * EXTENT, 3 * EXTENT)
        shapes += [world(s, tile) for s in drawn if around.contains(s)]
    east, north = shapely.get_coordinates(shapes[0])[0]
    for _ in range(300):
        near = shapely.Point(east + rng.gauss(0, 4000), north + rng.gauss(0, 4000))
        if kind == "polygon":
            shapes.append(near.buffer(rng.uniform(3, 60), quad_segs=2))
        elif kind == "line":
            end = (near.x + rng.gauss(0, 50), near.y + rng.gauss(0, 50))
            shapes.append(shapely.LineString([(near.x, near.y), end]))
        else:
            shapes.append(near)
    return dict(enumerate(shapes, start=1))


def touched(source: TileSource, zoom: int) -> set[Tile]:
    """The tiles of a zoom that some feature's box touches, and their neighbours to the east."""
    side = Tile(zoom, 0, 0).side
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ST_XMin(geom_3857), ST_YMax(geom_3857), ST_XMax(geom_3857),"
            f" ST_YMin(geom_3857) FROM {source.table}"
        )
        edges = np.array(cursor.fetchall())
    half, last = 20037508.342789244, 2**zoom - 1
    places = np.floor(np.abs(edges * [1, -1, 1, -1] + half) / side).astype(int).clip(0, last)
    ends = {(x, y) for row in places for x in row[[0, 2]] for y in row[[1, 3]]}
    return {Tile(zoom, int(min(x + e, last)), int(y)) for x, y in ends for e in (0, 1)}


def tile_bytes(source: TileSource, tile: Tile) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lod.statement(source)}", tile.parameters())
        return bytes(cursor.fetchone()[0])


@ALL_KINDS
def test_tables_give_the_same_bytes(kind: str) -> None:
    version = published_shapes(kind, spread(kind))
    TileSet.objects.create(version=version)
    assert build(version.pk) == "ready"
    ready = source_of(version.layer.slug, version.pk)
    assert ready.prepared
    compared = 0
    for zoom in range(ready.min_zoom, ready.working_zoom):
        for tile in touched(ready, zoom):
            made = tile_bytes(ready, tile)
            assert made == tile_bytes(replace(ready, prepared=False), tile), tile
            compared += bool(made)
    assert compared > 50


@ALL_KINDS
def test_every_zoom_holds_the_whole_layer(kind: str) -> None:
    version = published_shapes(kind, spread(kind))
    TileSet.objects.create(version=version)
    build(version.pk)
    ready = source_of(version.layer.slug, version.pk)
    shapes, cells = lod.shape_table(ready), lod.cell_table(ready)
    with connection.cursor() as cursor:
        for zoom in range(5, 13):
            cursor.execute(
                f"""SELECT (SELECT coalesce(sum(n), 0) FROM {cells}
                  WHERE zoom = {zoom}) + count(*), sum(area_m2) FROM layers_feature_v{version.pk}
                WHERE id IN (SELECT id FROM {shapes} WHERE zoom = {zoom})"""
            )
            count, drawn = cursor.fetchone()
            cursor.execute(f"SELECT sum(area) FROM {cells} WHERE zoom = {zoom}")
            counted = cursor.fetchone()[0]
            assert count == version.feature_count
            if version.area_m2:
                assert math.isclose((drawn or 0) + (counted or 0), version.area_m2, rel_tol=1e-6)


def parcels(tile: Tile, wide: int, step: float) -> dict[int, Any]:
    """Parcels that share their edges, grid units of a tile: corners and bends moved by chance."""
    rng = np.random.default_rng(3)
    east, north = np.meshgrid(np.arange(2 * wide + 1), np.arange(2 * wide + 1))
    corner = np.stack([east, north], axis=2) * step / 2 + 300
    corner += rng.uniform(-0.15, 0.15, corner.shape) * step
    ring = ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0))
    made = [
        shapely.Polygon([corner[2 * j + dj, 2 * i + di] for di, dj in ring])
        for i in range(wide)
        for j in range(wide)
    ]
    return {n: world(shape, tile) for n, shape in enumerate(made, start=1)}


@pytest.mark.parametrize("step", [5 * PIXEL, 9 * PIXEL])
def test_neighbours_still_share_their_edges(step: float) -> None:
    """No gap and no overlap, to the last grid unit."""
    tile = Tile.at(11, 107.11, 10.42)
    version: LayerVersion = published_shapes("polygon", parcels(tile, 25, step))
    decoded = run(lod.statement(source_of(version.layer.slug, version.pk)), tile)
    features = decoded["test-polygons"]["features"]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    assert len(shapes) == version.feature_count
    together = shapely.union_all(shapes)
    assert together.area == sum(shape.area for shape in shapes)
    assert isinstance(together, shapely.Polygon)
    assert not together.interiors


def test_the_class_of_a_cell_is_that_with_the_largest_area() -> None:
    tile = Tile.at(9, 107.11, 10.42)
    # Numbers 1, 2, 3, 4: CLN, LUC, none, ONT. Two of equal area are decided by name.
    sizes = {1: 4.0, 2: 5.0, 3: 1.0, 4: 5.0}
    shapes = {n: world(shapely.box(1030, 1030, 1030 + a, 1031), tile) for n, a in sizes.items()}
    version = published_shapes("polygon", shapes)
    decoded = run(lod.statement(source_of(version.layer.slug, version.pk)), tile)
    (cell,) = decoded["test-polygons.cells"]["features"]
    assert cell["properties"]["n"] == 4
    assert cell["properties"]["code"] == "LUC"
    assert cell["properties"]["area"] == round(version.area_m2 or 0)
