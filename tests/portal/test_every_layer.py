"""Every shipped layer shows the same features everywhere: list pages, tiles at its working zoom,
database.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from shapely.geometry import shape

from layers.catalogue import shipped_definitions
from layers.definition import LayerDefinition
from tests.running_portal import Portal

DEFINITIONS = [parsed for _raw, parsed in shipped_definitions()]
PAGE = 1000


def pages(portal: Portal, slug: str) -> Iterator[dict[str, Any]]:
    """Every feature of the layer, following `next` to the end."""
    address: str | None = f"/api/collections/{slug}/items?limit={PAGE}"
    while address:
        status, _headers, body = portal.get(address)
        assert status == 200, body
        page = json.loads(body)
        yield from page["features"]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        address = following[0].removeprefix(portal.url) if following else None


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the web Mercator tile that holds a position."""
    size = 2**zoom
    y = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * size), int((1 - y / math.pi) / 2 * size)


def touched_tiles(features: list[dict[str, Any]], zoom: int) -> set[tuple[int, int]]:
    """Tiles that the bounding boxes of the features touch."""
    found: set[tuple[int, int]] = set()
    for feature in features:
        west, south, east, north = shape(feature["geometry"]).bounds
        left, top = tile_of(west, north, zoom)
        right, bottom = tile_of(east, south, zoom)
        found |= {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}
    return found


def uids_in_tiles(portal: Portal, slug: str, zoom: int, tiles: set[tuple[int, int]]) -> set[str]:
    """The uids that the layer's tiles carry, by the address its TileJSON gives."""
    tilejson = json.loads(portal.get(f"/tiles/{slug}/tilejson.json")[2])
    template = tilejson["tiles"][0].removeprefix(portal.url)
    found: set[str] = set()
    for x, y in sorted(tiles):
        path = re.sub(r"\{z\}", str(zoom), template).replace("{x}", str(x)).replace("{y}", str(y))
        status, _headers, body = portal.get(path)
        assert status in (200, 204), (path, body)
        if status == 200:
            layer = mapbox_vector_tile.decode(body)[slug]
            found |= {feature["properties"]["uid"] for feature in layer["features"]}
    return found


def uids_in_database(portal: Portal, slug: str) -> set[str]:
    """The uids of the live version."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.uid::text FROM layers_feature f JOIN layers_layer l "
            "ON f.version_id = l.live_version_id WHERE l.slug = %s",
            [slug],
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.slug)
def test_items_tiles_and_database_hold_the_same_features(
    portal: Portal, definition: LayerDefinition
) -> None:
    features = list(pages(portal, definition.slug))
    listed = [feature["id"] for feature in features]
    assert len(listed) == len(set(listed)), "a feature was listed twice"
    assert set(listed) == uids_in_database(portal, definition.slug) != set()
    zoom = definition.style.working_zoom
    tiles = touched_tiles(features, zoom)
    assert uids_in_tiles(portal, definition.slug, zoom, tiles) == set(listed)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.slug)
def test_every_feature_is_valid_and_marked_as_illustrative(
    portal: Portal, definition: LayerDefinition
) -> None:
    features = list(pages(portal, definition.slug))
    broken = [f["id"] for f in features if not shapely.is_valid(shape(f["geometry"]))]
    assert broken == []
    collection = json.loads(portal.get(f"/api/collections/{definition.slug}")[2])
    assert collection["illustrative"] is True


def test_the_parcels_are_7571_and_11104_hectares(portal: Portal) -> None:
    collection = json.loads(portal.get("/api/collections/public-land-parcels")[2])
    assert collection["feature_count"] == 7571
    assert collection["area_ha"] == pytest.approx(11_104, rel=0.005)
