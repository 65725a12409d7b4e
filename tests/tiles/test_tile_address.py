"""Tiles and TileJSON by their addresses: who gets what, with which headers, in how many queries."""

import gzip
import json
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.errors import ServiceBusy
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published, staged
from tiles import mvt
from tiles.grid import Tile
from tiles.known import sources
from tiles.source import TileSource, source_of

pytestmark = pytest.mark.django_db
HERE = Tile.at(14, 107.1005, 10.5005)
FOR_EVER = "public, max-age=31536000, immutable"
STYLE = {"min_zoom": 7, "working_zoom": 14}


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style=STYLE)


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, ["A1", "A2"], private={"restricted": {"owner": "Nguyễn Văn A"}})


def address(version: LayerVersion, tile: Tile = HERE) -> str:
    return f"/tiles/test-plots/{version.pk}/{tile.z}/{tile.x}/{tile.y}.mvt"


def exact(client: Client, tile: Tile = HERE) -> str:
    """The address of the live version's tile as TileJSON gives it, with its digest."""
    template = str(client.get("/tiles/test-plots/tilejson.json").json()["tiles"][0])
    return template.removeprefix("http://testserver").format(z=tile.z, x=tile.x, y=tile.y)


def test_a_tile_carries_what_the_map_needs_and_nothing_else(
    client: Client, version: LayerVersion
) -> None:
    response = client.get(address(version))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    features = mapbox_vector_tile.decode(response.content)["test-plots"]["features"]
    assert {f["properties"]["code"] for f in features} == {"A1", "A2"}
    assert all(set(f["properties"]) == {"uid", "code"} for f in features)
    assert "Nguyễn".encode() not in response.content


def test_a_tile_costs_one_query(client: Client, version: LayerVersion) -> None:
    client.get(address(version))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(version)).status_code == 200
    assert len(queries) == 1


def test_a_tile_may_be_kept_for_ever_by_anybody(client: Client, layer: Layer) -> None:
    published(layer, [f"A{number}" for number in range(40)])
    path = exact(client)
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Cache-Control"] == FOR_EVER
    assert "Cookie" not in response.headers["Vary"]
    tag = response.headers["ETag"]
    assert tag.startswith('"')
    assert mapbox_vector_tile.decode(gzip.decompress(response.content))
    other = client.get(path, headers={"Accept-Encoding": "identity"})
    assert other.headers["ETag"] != tag
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == FOR_EVER
    assert again.headers["ETag"] == tag


@pytest.mark.parametrize("tile", [Tile(14, 0, 0), Tile(5, 25, 15)])
def test_an_empty_square_and_a_zoom_without_tiles_are_no_content(
    client: Client, version: LayerVersion, tile: Tile
) -> None:
    response = client.get(exact(client, tile))
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("z", [0, 5, 7, 10, 13, 14, 16, 18, 22])
def test_every_zoom_answers(client: Client, version: LayerVersion, z: int) -> None:
    response = client.get(address(version, Tile.at(z, 107.1005, 10.5005)))
    assert response.status_code == (204 if z < 7 else 200)


def test_a_retired_version_is_gone_at_once(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    tag = client.get(address(version)).headers["ETag"]
    following = published(layer, ["A1"])
    for headers in ({}, {"If-None-Match": tag}):
        response = client.get(address(version), headers=headers)
        assert response.status_code == 404
        assert problem(response)["code"] == "version-retired"
    assert "tilejson" in problem(client.get(address(version)))["hint"]
    assert client.get(address(following)).status_code == 200


def test_a_staged_version_is_unknown(client: Client, layer: Layer) -> None:
    response = client.get(address(staged(layer, ["A1"])))
    assert problem(response)["code"] == "unknown-version"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("14/99999/0.mvt", "bad-tile"),
        ("23/0/0.mvt", "bad-tile"),
        ("-1/0/0.mvt", "bad-tile"),
        ("a/b/c.mvt", "bad-tile"),
        ("14/1e3/NaN.mvt", "bad-tile"),
    ],
)
def test_outside_the_grid_is_named(
    client: Client, version: LayerVersion, path: str, code: str
) -> None:
    response = client.get(f"/tiles/test-plots/{version.pk}/{path}")
    assert response.status_code == 404
    assert problem(response)["code"] == code


@pytest.mark.parametrize("text", ["0", "999999999", "x", "-1", "9" * 40, "1;DROP"])
def test_an_unknown_version_is_named(client: Client, layer: Layer, text: str) -> None:
    response = client.get(f"/tiles/test-plots/{text}/14/1/1.mvt")
    assert response.status_code == 404
    assert problem(response)["code"] == "unknown-version"


def test_a_version_of_another_layer_is_unknown(client: Client, version: LayerVersion) -> None:
    client.get(address(version))
    response = client.get(address(version).replace("test-plots", "road-centrelines"))
    assert problem(response)["code"] == "unknown-version"


def test_an_internal_layer_is_for_its_readers_and_kept_by_nobody(client: Client) -> None:
    version = published(plots_layer(style=STYLE, visibility="internal"), ["A1"])
    assert client.get(address(version)).status_code == 404
    assert client.get("/tiles/test-plots/tilejson.json").status_code == 404
    client.force_login(User.objects.create_user("officer"))
    response = client.get(address(version))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    tilejson = client.get("/tiles/test-plots/tilejson.json")
    assert tilejson.headers["Cache-Control"] == "private, no-store"


def test_a_layer_made_internal_is_hidden_at_once(client: Client, version: LayerVersion) -> None:
    assert client.get(address(version)).status_code == 200
    Layer.objects.filter(slug="test-plots").update(visibility="internal")
    assert client.get(address(version)).status_code == 404


def test_only_reading(client: Client, version: LayerVersion) -> None:
    assert client.post(address(version)).status_code == 405
    assert client.head(address(version)).content == b""


def test_tilejson_is_valid_and_follows_the_live_version(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    response = client.get("/tiles/test-plots/tilejson.json")
    body = response.json()
    template, _query, digest = body["tiles"][0].partition("?d=")
    assert template == f"http://testserver/tiles/test-plots/{version.pk}/{{z}}/{{x}}/{{y}}.mvt"
    assert digest
    assert (body["minzoom"], body["maxzoom"]) == (7, 16)
    assert body["portal"]["version_id"] == version.pk
    assert [v["id"] for v in body["vector_layers"]] == ["test-plots", "test-plots.cells"]
    assert set(body["vector_layers"][0]["fields"]) == {"uid", "code"}
    assert response.headers["Cache-Control"] == "no-cache"
    tag = response.headers["ETag"]
    path = "/tiles/test-plots/tilejson.json"
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    published(layer, ["A1"])
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_tilejson_of_a_layer_without_data_is_named(client: Client, layer: Layer) -> None:
    response = client.get("/tiles/test-plots/tilejson.json")
    assert (response.status_code, problem(response)["code"]) == (404, "layer-not-published")
    assert problem(client.get("/tiles/no-such/tilejson.json"))["code"] == "unknown-layer"


def test_tilejson_obeys_the_published_schema(
    client: Client, version: LayerVersion, shared: Any
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((shared / "data/conformance/tilejson-3.0.0/schema.json").read_text())
    jsonschema.validate(client.get("/tiles/test-plots/tilejson.json").json(), schema)


def problem(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    return found


def test_a_change_of_what_tiles_carry_changes_their_address(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    def template() -> str:
        return str(client.get("/tiles/test-plots/tilejson.json").json()["tiles"][0])

    before = template()
    plots_layer(style={**STYLE, "working_zoom": 13})
    assert template() != before
    plots_layer(style=STYLE)
    assert template() == before


@pytest.mark.parametrize("digest", ["", "?d=", "?d=000000000000"])
def test_an_address_without_the_right_digest_is_asked_again(
    client: Client, version: LayerVersion, digest: str
) -> None:
    response = client.get(address(version) + digest)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, no-cache"
    tag = response.headers["ETag"]
    again = client.get(address(version) + digest, headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, no-cache")


def test_a_process_that_missed_an_edit_does_not_answer_old_bytes_for_ever(
    client: Client, version: LayerVersion
) -> None:
    stale = source_of("test-plots", version.pk)
    old_address = exact(client)
    plots_layer(style=STYLE, label={"template": "{code} {area}"})
    new_address = exact(client)
    assert new_address != old_address
    # As in another process than the one that edited: its memory was not emptied.
    sources.put(version.pk, stale)
    response = client.get(new_address)
    (feature, *_others) = mapbox_vector_tile.decode(response.content)["test-plots"]["features"]
    assert feature["properties"]["area"] == 100
    assert response.headers["Cache-Control"] == FOR_EVER
    assert client.get(old_address).headers["Cache-Control"] == "public, no-cache"
    known = sources.get(version.pk)
    assert isinstance(known, TileSource)
    assert known.digest in new_address


@pytest.mark.parametrize("slug", ["a%00b", "Test-Plots", "a'b", "%00"])
def test_a_slug_that_cannot_be_is_unknown_before_any_query(client: Client, slug: str) -> None:
    for path in (f"/tiles/{slug}/tilejson.json", f"/tiles/{slug}/99999/1/1/1.mvt"):
        response = client.get(path)
        assert (response.status_code, problem(response)["code"]) == (404, "unknown-layer")


@pytest.mark.parametrize("kind", ["integer", "decimal", "money", "boolean"])
@pytest.mark.parametrize("z", [10, 14])
def test_a_field_whose_type_was_changed_is_left_out_not_an_error(
    client: Client, version: LayerVersion, kind: str, z: int
) -> None:
    field = {"name": "code", "type": kind, "label": {"vi": "Mã", "en": "Code"}}
    plots_layer(style=STYLE, field=[field])
    response = client.get(exact(client, Tile.at(z, 107.1005, 10.5005)))
    assert response.status_code == 200
    for feature in (
        mapbox_vector_tile.decode(response.content).get("test-plots", {}).get("features", [])
    ):
        assert "code" not in feature["properties"]


@pytest.mark.parametrize(
    ("statement", "is_busy"),
    [
        ("(SELECT 'x'::bigint FROM pg_sleep(0))", False),
        ("(SELECT 1 / 0 FROM pg_sleep(0))", False),
        ("(SELECT nothing)", False),
        ("(SELECT 1 FROM pg_sleep(2))", True),
    ],
)
def test_only_waiting_is_called_busy(
    client: Client,
    version: LayerVersion,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    is_busy: bool,
) -> None:
    source = source_of("test-plots", version.pk)
    monkeypatch.setattr(mvt, "_query", lambda *_: f"SELECT {statement}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '100ms'")
    expected = ServiceBusy if is_busy else DatabaseError
    with pytest.raises(expected), transaction.atomic():
        mvt.make_tile(source, HERE)
