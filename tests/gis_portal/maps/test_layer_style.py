"""The style of one layer alone: complete, whole addresses, both languages and themes."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from layers.models import LayerVersion
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
PATH = "/layers/test-plots/style.json"


@pytest.fixture
def version() -> LayerVersion:
    return published(plots_layer(), ["A1", "A2"])


def style(client: Client, **query: str) -> dict[str, Any]:
    response = client.get(PATH, query)
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_it_stands_alone(client: Client, version: LayerVersion) -> None:
    found = style(client)
    assert found["version"] == 8
    assert found["name"] == "Lô thử"
    (tiles,) = found["sources"]["test-plots"]["tiles"]
    assert tiles.startswith(f"http://testserver/tiles/test-plots/{version.pk}/")
    drawn = [one for one in found["layers"] if one.get("source") == "test-plots"]
    assert {one["type"] for one in drawn} >= {"fill", "line", "symbol"}
    assert all(one.get("layout", {}).get("visibility") != "none" for one in found["layers"])
    sources = {one["source"] for one in found["layers"] if "source" in one}
    assert sources <= set(found["sources"])
    assert len({one["id"] for one in found["layers"]}) == len(found["layers"])
    assert (found["center"], found["zoom"]) == ([107.1015, 10.5005], 12)


def test_the_islands_are_on_it(client: Client, version: LayerVersion) -> None:
    names = json.dumps(style(client)["sources"]["sovereignty"], ensure_ascii=False)
    assert "Quần đảo Hoàng Sa (Việt Nam)" in names
    assert "Quần đảo Trường Sa (Việt Nam)" in names


def test_language_theme_and_lettering_are_chosen(client: Client, version: LayerVersion) -> None:
    assert style(client, lang="en")["name"] == "Test plots"
    light, dark = style(client), style(client, theme="dark")
    assert light["layers"][0]["paint"] != dark["layers"][0]["paint"]
    assert style(client, theme="purple")["layers"] == light["layers"]
    plain = style(client, labels="0")
    assert "symbol" not in {one["type"] for one in plain["layers"]}


def test_it_is_asked_again_and_open_to_other_sites(client: Client, version: LayerVersion) -> None:
    response = client.get(PATH)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-cache"
    again = client.get(PATH, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_failures_are_named_for_programs(client: Client, version: LayerVersion) -> None:
    response = client.get("/layers/no-such/style.json")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unknown-layer"


def test_an_internal_layer_is_for_its_readers(client: Client) -> None:
    published(plots_layer(visibility="internal"), ["A1"])
    assert client.get(PATH).status_code == 404
    client.force_login(User.objects.create_user("officer"))
    response = client.get(PATH)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_tileset_collection_and_page_lead_to_it(client: Client, version: LayerVersion) -> None:
    tileset = client.get("/api/collections/test-plots/tiles/WebMercatorQuad").json()
    (link,) = tileset["style"]["links"]
    assert (link["rel"], link["href"]) == ("stylesheet", f"http://testserver{PATH}")
    collection = client.get("/api/collections/test-plots").json()
    assert f"http://testserver{PATH}" in {at["href"] for at in collection["links"]}
    assert PATH in client.get("/layers/test-plots/").content.decode()
