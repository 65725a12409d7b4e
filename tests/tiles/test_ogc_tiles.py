"""OGC API – Tiles by its addresses: what is claimed holds, and clients find their way by links."""

import json
import re
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tiles import known
from tiles.grid import Tile

pytestmark = pytest.mark.django_db
STYLE = {"min_zoom": 7, "working_zoom": 14}
TILESETS = "/api/collections/test-plots/tiles"
TILESET = f"{TILESETS}/WebMercatorQuad"
HERE = Tile.at(14, 107.1005, 10.5005)
REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style=STYLE)


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, ["A1", "A2"], private={"restricted": {"owner": "Nguyễn Văn A"}})


def get(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address.removeprefix("http://testserver"))
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def at(found: dict[str, Any], rel: str) -> dict[str, Any]:
    """The first link of that relation."""
    return next(link for link in found["links"] if link["rel"] == rel)


def address(tile: Tile = HERE, query: str = "?f=mvt") -> str:
    return f"{TILESET}/{tile.z}/{tile.y}/{tile.x}{query}"


def code(client: Client, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, json.loads(response.content)["code"]


def test_what_is_claimed_of_tiles(client: Client) -> None:
    claimed = get(client, "/api/conformance")["conformsTo"]
    tiles = {name.rpartition("/")[2] for name in claimed if "ogcapi-tiles-1/1.0/conf" in name}
    assert tiles == {"core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"}
    assert len(claimed) == len(set(claimed))


def test_a_client_comes_from_the_landing_page_to_a_tile(
    client: Client, version: LayerVersion
) -> None:
    collections = get(client, at(get(client, "/api/"), "data")["href"])["collections"]
    collection = next(found for found in collections if found["id"] == "test-plots")
    listed = get(client, at(collection, f"{REL}tilesets-vector")["href"])["tilesets"]
    tileset = get(client, at(listed[0], "self")["href"])
    grid = get(client, at(tileset, f"{REL}tiling-scheme")["href"])
    assert grid["uri"] == tileset["tileMatrixSetURI"] == listed[0]["tileMatrixSetURI"]
    item = at(tileset, "item")
    assert (item["templated"], item["type"]) == (True, "application/vnd.mapbox-vector-tile")
    limits = next(one for one in tileset["tileMatrixSetLimits"] if one["tileMatrix"] == "14")
    path = (
        item["href"]
        .replace("{tileMatrix}", "14")
        .replace("{tileRow}", str(limits["minTileRow"]))
        .replace("{tileCol}", str(limits["minTileCol"]))
    )
    response = client.get(path.removeprefix("http://testserver"))
    assert response.headers["Content-Type"] == item["type"]
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Nguyễn".encode() not in response.content
    features = mapbox_vector_tile.decode(response.content)["test-plots"]["features"]
    assert {f["properties"]["code"] for f in features} == {"A1", "A2"}


def test_the_row_comes_before_the_column_and_the_bytes_are_those_of_the_map(
    client: Client, version: LayerVersion
) -> None:
    of_the_map = client.get(f"/tiles/test-plots/{version.pk}/14/{HERE.x}/{HERE.y}.mvt")
    response = client.get(address())
    assert response.content == of_the_map.content
    assert response.headers["ETag"] == of_the_map.headers["ETag"]
    again = client.get(address(), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.head(address()).status_code == 200


def test_the_grid_is_the_registered_one(client: Client, shared: Path) -> None:
    registered = json.loads((shared / "data/conformance/WebMercatorQuad.json").read_text())
    found = get(client, "/api/tileMatrixSets/WebMercatorQuad")
    for name in ("id", "uri", "crs", "orderedAxes", "wellKnownScaleSet"):
        assert found[name] == registered[name]
    assert len(found["tileMatrices"]) == 23
    for ours, theirs in zip(found["tileMatrices"], registered["tileMatrices"], strict=False):
        assert ours["id"] == theirs["id"]
        for name in ("matrixWidth", "matrixHeight", "tileWidth", "tileHeight"):
            assert ours[name] == theirs[name]
        assert ours["scaleDenominator"] == pytest.approx(theirs["scaleDenominator"], rel=1e-9)
        assert ours["pointOfOrigin"] == pytest.approx(theirs["pointOfOrigin"], abs=1e-6)
    listed = get(client, "/api/tileMatrixSets")["tileMatrixSets"]
    assert [one["id"] for one in listed] == ["WebMercatorQuad"]


def test_a_tileset_says_what_its_tiles_hold(client: Client, version: LayerVersion) -> None:
    tileset = get(client, TILESET)
    assert tileset["dataType"] == "vector"
    assert tileset["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    west, south = tileset["boundingBox"]["lowerLeft"]
    east, north = tileset["boundingBox"]["upperRight"]
    lon, lat = tileset["centerPoint"]["coordinates"]
    assert west < lon < east
    assert south < lat < north
    assert [one["tileMatrix"] for one in tileset["tileMatrixSetLimits"]] == [
        str(zoom) for zoom in range(7, 17)
    ]
    features, cells = tileset["layers"]
    assert (features["id"], cells["id"]) == ("test-plots", "test-plots.cells")
    assert features["geometryDimension"] == 2
    assert set(features["propertiesSchema"]["properties"]) == {"uid", "code"}
    assert cells["propertiesSchema"]["properties"]["n"]["type"] == "integer"
    assert (cells["minTileMatrix"], cells["maxTileMatrix"]) == ("7", "13")


def test_the_tilejson_of_the_tileset_says_the_same(client: Client, version: LayerVersion) -> None:
    tileset = get(client, TILESET)
    tilejson = get(client, at(tileset, "alternate")["href"])
    assert tilejson["center"][:2] == tileset["centerPoint"]["coordinates"]
    assert [v["id"] for v in tilejson["vector_layers"]] == [v["id"] for v in tileset["layers"]]


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/14/0/0", 404, "bad-tile"),
        ("/6/29/50", 404, "bad-tile"),
        ("/17/61700/104500", 404, "bad-tile"),
        ("/23/0/0", 404, "bad-tile"),
        ("/-1/0/0", 404, "bad-tile"),
        ("/14/1e3/NaN", 404, "bad-tile"),
        ("/14/99999999999999999999/0", 404, "bad-tile"),
        (f"/14/{HERE.y}/{HERE.x}?f=png", 406, "not-acceptable"),
        (f"/14/{HERE.y}/{HERE.x}?bbox=1", 400, "bad-filter"),
        (f"/14/{HERE.y}/{HERE.x}?d=1&d=2", 400, "bad-filter"),
    ],
)
def test_what_is_out_of_the_limits_is_named(
    client: Client, version: LayerVersion, path: str, status: int, name: str
) -> None:
    assert code(client, TILESET + path) == (status, name)


def test_unknown_things_are_named(client: Client, version: LayerVersion) -> None:
    assert code(client, "/api/tileMatrixSets/WorldCRS84Quad") == (404, "unknown-grid")
    assert code(client, f"{TILESETS}/WorldCRS84Quad") == (404, "unknown-grid")
    assert code(client, f"{TILESETS}/WorldCRS84Quad/14/1/1") == (404, "unknown-grid")
    assert code(client, "/api/collections/no-such/tiles") == (404, "unknown-layer")
    assert code(client, "/api/collections/no%00such/tiles/WebMercatorQuad/1/1/1")[0] == 404
    assert code(client, f"{TILESETS}?f=xml") == (406, "not-acceptable")
    assert code(client, f"{TILESET}?colour=red") == (400, "bad-filter")


def test_an_empty_square_within_the_limits_is_no_content(client: Client, layer: Layer) -> None:
    published(layer, [f"A{number}" for number in range(20)])
    limits = get(client, TILESET)["tileMatrixSetLimits"][-1]
    rows = range(limits["minTileRow"], limits["maxTileRow"] + 1)
    columns = range(limits["minTileCol"], limits["maxTileCol"] + 1)
    answers = {client.get(f"{TILESET}/16/{y}/{x}").status_code for y in rows for x in columns}
    assert answers <= {200, 204}


def test_a_known_tile_costs_one_query(client: Client, version: LayerVersion) -> None:
    client.get(address())
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address()).status_code == 200
    assert len(queries) == 1


def test_a_new_version_is_served_at_once_even_where_the_old_one_is_remembered(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    client.get(address())
    remembered = known.live.get("test-plots")
    published(layer, ["B1"])
    known.live.put("test-plots", remembered)
    response = client.get(address())
    features = mapbox_vector_tile.decode(response.content)["test-plots"]["features"]
    assert {f["properties"]["code"] for f in features} == {"B1"}


def test_an_internal_layer_is_for_its_readers(client: Client) -> None:
    published(plots_layer(style=STYLE, visibility="internal"), ["A1"])
    for path in (TILESETS, TILESET, address(), f"{TILESET}/14/0/0"):
        assert code(client, path) == (404, "unknown-layer")
    client.force_login(User.objects.create_user("officer"))
    for path in (TILESETS, TILESET, address()):
        response = client.get(path)
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]


def test_pages_of_other_sites_may_read_tiles(client: Client, version: LayerVersion) -> None:
    assert client.get(address()).headers["Access-Control-Allow-Origin"] == "*"
    assert client.options(address()).status_code == 204
    assert client.post(address()).status_code == 405


def test_people_read_pages(client: Client, version: LayerVersion) -> None:
    for path in ("/api/tileMatrixSets", "/api/tileMatrixSets/WebMercatorQuad", TILESETS, TILESET):
        response = client.get(path, {"f": "html"})
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        text = response.content.decode()
        assert "<h1>" in text
        assert not re.search(r"<script(?![^>]* src=)", text)
    assert "Lô thử" in client.get(TILESET, {"f": "html"}).content.decode()
    assert "Test plots" in client.get(TILESET, {"f": "html", "lang": "en"}).content.decode()


def test_the_operations_carry_the_suffixes_of_the_standard(client: Client) -> None:
    paths = get(client, "/api/openapi.json")["paths"]
    found = {item["get"]["operationId"] for item in paths.values() if "get" in item}
    for suffix in (
        "getTileMatrixSetsList",
        "getTileMatrixSet",
        ".collection.vector.getTileSetsList",
        ".collection.vector.getTileSet",
        ".collection.vector.getTile",
    ):
        assert any(name.endswith(suffix) for name in found), suffix


def test_invented_data_are_credited_as_such_wherever_they_go(
    client: Client, version: LayerVersion
) -> None:
    LayerVersion.objects.filter(pk=version.pk).update(is_illustrative=True)
    slug = version.layer.slug
    style = get(client, reverse("layer-style", args=[slug]) + "?lang=en")["sources"][slug]
    for found in (
        get(client, reverse("tilejson", args=[slug]) + "?lang=en"),
        get(client, f"{TILESET}?f=json&lang=en"),
        get(client, f"/api/collections/{slug}?lang=en"),
        get(client, f"/api/collections/{slug}/items?lang=en"),
        style,
    ):
        assert found["attribution"].startswith("Illustrative data · ")
