"""The tile statement against plain ST_AsMVTGeom: nothing is lost, all is valid, shapes are the
same.
"""

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.db import connection
from shapely.geometry import shape as shapely_shape
from shapely.geometry.base import BaseGeometry

from tests.tiles.shapes import TABLE, load
from tiles import detail
from tiles.grid import EXTENT, MARGIN, Tile
from tiles.source import TileSource

pytestmark = pytest.mark.django_db
ZOOMS = range(5, 19)
# The index compares boxes in single precision (about a metre here): at deep zooms, shapes that
# end within that of the margin are kept.
ROUNDED = 40
SQUARE = shapely.box(-MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)


def source(kind: Any) -> TileSource:
    attributes = (("code", ""), ("n", "::bigint"))
    return TileSource("shapes", 1, TABLE, kind, attributes, "code", 5, 14, True)


def farthest(one: BaseGeometry, other: BaseGeometry) -> float:
    """The largest distance from a vertex of one shape to the other shape, grid units."""
    corners = shapely.points(shapely.get_coordinates(one))
    return float(np.max(shapely.distance(corners, other), initial=0))


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
    ours, reference = shapes_of(run(detail.statement(source(kind)), tile)), plain(kind, tile)
    assert set(reference) <= set(ours)
    assert all(s.is_valid and not s.is_empty for s in ours.values())
    for number, expected in reference.items():
        got = ours[number]
        assert farthest(expected, got) <= 1.5, (number, expected.wkt[:300], got.wkt[:300])
        assert farthest(got, originals[number]) <= 1.5, (number, got.wkt[:300])
    # What plain drops because it collapses is kept at its place, and nothing comes from elsewhere.
    for number in set(ours) - set(reference):
        near = originals[number].intersection(SQUARE.buffer(ROUNDED))
        assert not near.is_empty
        assert farthest(ours[number], near) <= 2.5
        within = near.intersection(SQUARE)
        assert farthest(within, ours[number]) <= 2.5 or within.geom_type.startswith("Multi")


@pytest.mark.parametrize("kind", ["polygon", "line"])
def test_nothing_inside_the_tile_vanishes(kind: str) -> None:
    tile = Tile.at(14, 107.11, 10.42)
    originals = load(kind, tile, seed=3)
    ours = shapes_of(run(detail.statement(source(kind)), tile))
    inside = {i for i, s in originals.items() if shapely.box(0, 0, EXTENT, EXTENT).contains(s)}
    assert len(inside) > 100
    assert inside <= set(ours)
