"""The tile statement against plain ST_AsMVTGeom: nothing is lost, all is valid, shapes are the
same.
"""

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
import shapely.affinity
from django.db import connection
from shapely.geometry import shape as shapely_shape
from shapely.geometry.base import BaseGeometry

from tests.tiles.shapes import FIELDS, TABLE, load, source
from tiles import detail, lod
from tiles.grid import EXTENT, MARGIN, Tile

pytestmark = pytest.mark.django_db
ZOOMS = range(5, 19)
# The index compares boxes in single precision (about a metre here): at deep zooms, shapes that
# end within that of the margin are kept.
ROUNDED = 40
SQUARE = shapely.box(-MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)


def farthest(one: BaseGeometry, other: BaseGeometry) -> float:
    """The largest distance, along an axis, from a vertex of one shape to the other shape, grid
    units.
    """
    corners = shapely.points(shapely.get_coordinates(one))
    lines = shapely.shortest_line(corners, other)
    steps = np.abs(np.diff(shapely.get_coordinates(lines).reshape(-1, 2, 2), axis=1))
    return float(np.max(steps, initial=0))


def drawn(shape: BaseGeometry) -> BaseGeometry:
    """What the map draws of it: nothing beyond the square and its margin."""
    return shape.intersection(SQUARE)


def run(expression: str, tile: Tile) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", tile.parameters())
        return decode(bytes(cursor.fetchone()[0]))


def decode(tile: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = mapbox_vector_tile.decode(
        tile, default_options={"y_coord_down": True}
    )
    return decoded


def plain(kind: str, tile: Tile) -> dict[int, BaseGeometry]:
    """What the simplest statement gives: id → shape in grid units."""
    expression = f"""(SELECT ST_AsMVT(t, 'shapes', 4096, 'g', 'id') FROM (
      SELECT ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS g, id
      FROM {TABLE}) t)"""
    return shapes_of(run(expression, tile))


def shapes_of(decoded: dict[str, Any]) -> dict[int, BaseGeometry]:
    features = decoded.get("shapes", {"features": []})["features"]
    assert len({f["id"] for f in features}) == len(features)
    return {f["id"]: shapely_shape(f["geometry"]) for f in features}


@pytest.mark.parametrize("z", ZOOMS)
@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_same_features_and_shapes_as_plain(kind: str, z: int) -> None:
    tile = Tile.at(z, 107.11, 10.42)
    originals = load(kind, tile, seed=z)
    reference = plain(kind, tile)
    for prepared in (False, True):
        ours = shapes_of(run(detail.statement(source(kind, prepared=prepared)), tile))
        nothing_is_lost(ours, reference, originals)


def nothing_is_lost(
    ours: dict[int, BaseGeometry],
    reference: dict[int, BaseGeometry],
    originals: dict[int, BaseGeometry],
) -> None:
    """Each shape of plain's is there, as near to the original."""
    assert set(reference) <= set(ours)
    assert all(s.is_valid and not s.is_empty for s in ours.values())
    for number, expected in reference.items():
        got, truth = ours[number], originals[number]
        assert farthest(expected, got) <= 1, (number, expected.wkt[:300], got.wkt[:300])
        # Plain drops small parts of a shape and straightens bends; ours is as near to the truth.
        assert farthest(got, truth) <= max(1, farthest(expected, truth)), (number, got.wkt[:300])
    # What plain drops because it collapses is kept at its place, and nothing comes from elsewhere.
    for number in set(ours) - set(reference):
        near = originals[number].intersection(SQUARE.buffer(ROUNDED))
        assert not near.is_empty
        assert farthest(drawn(ours[number]), originals[number]) <= 2.5
        within = near.intersection(SQUARE)
        assert farthest(within, ours[number]) <= 2.5 or within.geom_type.startswith("Multi")


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_the_prepared_table_gives_the_same_tile(kind: str) -> None:
    for z in (9, 14, 17):
        tile = Tile.at(z, 107.11, 10.42)
        load(kind, tile, seed=z)
        slow, fast = (
            run(detail.statement(source(kind, prepared=prepared)), tile)
            for prepared in (False, True)
        )
        assert by_id(slow) == by_id(fast)


@pytest.mark.parametrize("fields", FIELDS[1:])
@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_a_field_may_have_any_name(kind: str, fields: tuple[str, str]) -> None:
    tile = Tile.at(14, 107.11, 10.42)
    load(kind, tile, 14, fields)
    for prepared in (False, True):
        made = run(detail.statement(source(kind, prepared=prepared, fields=fields)), tile)
        assert made["shapes"]["features"]
        for feature in made["shapes"]["features"]:
            assert set(feature["properties"]) == {"uid", *fields}
            assert [feature["properties"][name] for name in fields] == ["07", 7]
    low = Tile.at(9, 107.11, 10.42)
    load(kind, low, 9, fields)
    made = run(lod.statement(source(kind, fields=fields)), low)
    assert {f["properties"][fields[0]] for f in made["shapes"]["features"]} == {"07"}
    assert {c["properties"][fields[0]] for c in made["shapes.cells"]["features"]} == {"07"}


def by_id(decoded: dict[str, Any]) -> dict[int, Any]:
    """Features by their number; the order of rows is the table's own."""
    return {f["id"]: f for layer in decoded.values() for f in layer["features"]}


@pytest.mark.parametrize("kind", ["polygon", "line"])
def test_nothing_inside_the_tile_vanishes(kind: str) -> None:
    tile = Tile.at(14, 107.11, 10.42)
    originals = load(kind, tile, seed=3)
    ours = shapes_of(run(detail.statement(source(kind)), tile))
    inside = {i for i, s in originals.items() if shapely.box(0, 0, EXTENT, EXTENT).contains(s)}
    assert len(inside) > 100
    assert inside <= set(ours)


@pytest.mark.parametrize("prepared", [False, True])
def test_a_shape_over_an_edge_is_the_same_in_both_tiles(prepared: bool) -> None:
    west = Tile.at(15, 107.11, 10.42)
    east = Tile(west.z, west.x + 1, west.y)
    originals = load("polygon", west, seed=5)
    left, right = (
        shapes_of(run(detail.statement(source("polygon", prepared=prepared)), tile))
        for tile in (west, east)
    )
    edge = shapely.LineString([(EXTENT, 0), (EXTENT, EXTENT)])
    near = shapely.box(EXTENT - 2000, -2000, EXTENT + 2000, EXTENT + 2000)
    whole = [
        i
        for i in set(left) & set(right)
        if originals[i].intersects(edge)
        and near.contains(originals[i])
        and shapely.minimum_clearance(originals[i]) > 1.5
        and shapely.get_num_coordinates(originals[i]) <= 64
    ]
    assert len(whole) > 5
    for number in whole:
        moved = shapely.affinity.translate(right[number], EXTENT, 0)
        assert farthest(left[number], moved) == farthest(moved, left[number]) == 0
