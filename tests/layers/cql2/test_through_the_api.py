"""Filters as people ask them: `/api/collections/{slug}/items?filter=…`."""

import json
from typing import Any

import pytest
from django.test import Client

from layers.models import LayerVersion
from tests.layers.cql2.test_fuzz import captured

pytestmark = pytest.mark.django_db
ADDRESS = "/api/collections/test-markets/items"


def names(client: Client, **parameters: str) -> set[str]:
    response = client.get(ADDRESS, parameters)
    assert response.status_code == 200, response.content
    page: dict[str, Any] = response.json()
    assert page["numberReturned"] == page["numberMatched"]
    return {feature["properties"]["name"] for feature in page["features"]}


def test_text_and_json_find_the_same(markets: LayerVersion, client: Client) -> None:
    tree = {"op": ">=", "args": [{"property": "stalls"}, 60]}
    as_json = {"filter": json.dumps(tree), "filter-lang": "cql2-json"}
    assert names(client, filter="stalls >= 60") == {"Chợ Bà Rịa", "Chợ Đất Đỏ"}
    assert names(client, **as_json) == names(client, filter="stalls >= 60")


def test_a_filter_joins_the_other_parameters(markets: LayerVersion, client: Client) -> None:
    assert names(client, filter="stalls >= 60", roofed="true") == {"Chợ Bà Rịa"}
    assert names(client, filter="stalls <= 60 OR roofed", unit="97") == {"Chợ Bà Rịa"}


def test_latitude_first_where_the_system_says_so(markets: LayerVersion, client: Client) -> None:
    north_first = {
        "filter": "s_within(geometry, BBOX(10.39, 107.015, 10.42, 107.04))",
        "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326",
    }
    assert names(client, **north_first) == {"100% Việt_Nam"}


def test_a_mistake_is_a_problem_that_says_where(markets: LayerVersion, client: Client) -> None:
    response = client.get(ADDRESS, {"filter": "stalls > 5 AND owner = 'An'"})
    problem = response.json()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert (problem["code"], problem["position"], problem["at"]) == ("bad-filter", 16, "owner")


def test_nothing_that_is_asked_stands_in_a_statement(markets: LayerVersion, client: Client) -> None:
    asked = (
        "name <> 'zqtext' AND stalls <> 770077 AND built <> DATE('1977-07-17') "
        "AND a_containedby(sells, ('zqlist', 'fish', 'rice')) "
        "AND s_within(geometry, BBOX(77.077, 7.077, 170.077, 70.077))"
    )
    with captured() as statements:
        assert names(client, filter=asked) == {"Chợ Bà Rịa"}
    assert any("layers_feature" in text for text in statements)
    for part in ("zq", "77"):
        assert not [text for text in statements if "layers_feature" in text and part in text], part
