"""A corner painted in a VN-2000 picture and the same corner drawn as a parcel lie on each other."""

import datetime as dt
import json
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
from affine import Affine
from django.conf import settings
from django.db import connection
from django.test import Client
from rasterio.io import MemoryFile

from importers.run import run_import
from layers import identity, measure, partitions, publish
from layers.catalogue import layer_by_slug
from layers.crs import VN2000, WGS84, Crs, transform_point
from layers.models import LayerVersion
from tests.importers.pictures import geotiff, imagery_layer
from tests.layers.rows import plots_layer
from tiles.grid import Tile

pytestmark = pytest.mark.django_db
# Metres a pixel, and the painted square: its corner and side in pixels of the picture.
SIZE, CORNER, SIDE = 0.5, 60, 80
DAY = dt.date(2026, 3, 5)
# On both sides of the line (107.1111, 11.0424) where PROJ changes its mind when it is left alone.
PLACES = [(107.09, 10.40), (107.14, 11.06)]


def parcel(crs: Crs, x: float, y: float) -> LayerVersion:
    """A live plot, the square whose north-western corner is given in the grid."""
    layer, side = plots_layer(style={"min_zoom": 7, "working_zoom": 14}), SIDE * SIZE
    version = LayerVersion.objects.create(layer=layer, number=1)
    partitions.stage(version.pk)
    (uid,) = identity.assign_uids(layer, ["A"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {partitions.feature_table(version.pk)} (version_id, uid, key, geom,"
            " area_m2, search, properties) VALUES (%s, %s, 'A', ST_Transform(ST_MakeEnvelope("
            "%s, %s, %s, %s, %s), 4326), 100, '', %s)",
            [version.pk, uid, x, y - side, x + side, y, crs.srid, json.dumps({"code": "A"})],
        )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return publish.publish(version, as_operator=True)


def edges_of_parcel(client: Client, version: LayerVersion, tile: Tile) -> np.ndarray:
    """West, north, east, south in pixels of a tile of 512."""
    path = f"/tiles/test-plots/{version.pk}/{tile.z}/{tile.x}/{tile.y}.mvt"
    body = client.get(path, headers={"Accept-Encoding": "identity"}).content
    decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    (feature,) = decoded["test-plots"]["features"]
    ring = np.array(feature["geometry"]["coordinates"][0])
    return np.concatenate([ring.min(axis=0), ring.max(axis=0)]) / 8


def edges_of_paint(client: Client, tile: Tile) -> np.ndarray:
    """The same of what is bright in the picture."""
    document = client.get("/imagery/aerial-imagery/tilejson.json").json()
    path = document["tiles"][0].removeprefix("http://testserver").replace(".webp", ".png")
    body = client.get(path.format(z=tile.z, x=tile.x, y=tile.y)).content
    with MemoryFile(body) as memory, memory.open() as picture:
        bright = picture.read(1) > 128
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


@pytest.mark.parametrize("epsg", [5899, 9210])
@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_a_painted_corner_lies_where_the_parcel_has_its_corner(
    client: Client, tmp_path: Path, epsg: int, lon: float, lat: float
) -> None:
    settings.PORTAL_TILE_STORE = tmp_path / "store"
    crs, zoom = VN2000[epsg], 17
    near = Tile.at(zoom, lon, lat)
    # The square a quarter into a tile, so that it lies in that tile whole.
    west = 360 * (near.x + 0.3) / 2**zoom - 180
    north = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (near.y + 0.3) / 2**zoom))))
    x, y = transform_point(west, float(north), WGS84, crs)
    pixels = np.full((3, 200, 240), 20, np.uint8)
    pixels[:, CORNER : CORNER + SIDE, CORNER : CORNER + SIDE] = 250
    place = Affine(SIZE, 0, x - CORNER * SIZE, 0, -SIZE, y + CORNER * SIZE)
    path = geotiff(tmp_path / "a.tif", pixels, crs=crs, transform=place)
    imagery_layer()
    run = run_import(path, layer_by_slug("aerial-imagery"), publish=True, data_date=DAY)
    assert run.error_code == "", run.error_detail
    found = edges_of_paint(client, near)
    assert np.abs(found - edges_of_parcel(client, parcel(crs, x, y), near)).max() <= 1
