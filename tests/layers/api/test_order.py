"""Pages in any order, in part, and filtered: what comes, and that a series loses nothing."""

import json
import random
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers import queries
from layers.api.params_fields import read_sort
from layers.cql2 import queryables_of
from layers.definition import parse_definition
from layers.models import Feature, LayerVersion
from tests.layers.api.conftest import PLOTS, Row, plot

COLLECTION = "/api/collections/test-plots"
ITEMS = f"{COLLECTION}/items"
Publish = Callable[..., LayerVersion]
pytestmark = pytest.mark.django_db


def page(client: Client, address: str = ITEMS, **query: Any) -> dict[str, Any]:
    response = client.get(address, query or None)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def series(
    client: Client, address: str | None, between: Callable[[int], object] = lambda _number: None
) -> list[dict[str, Any]]:
    """Features of every page, following `next`; `between` is called after each page."""
    features: list[dict[str, Any]] = []
    number = 0
    while address:
        found = page(client, address)
        features += found["features"]
        address = next((at["href"] for at in found["links"] if at["rel"] == "next"), None)
        number += 1
        between(number)
    return features


def values(features: Iterable[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(feature["properties"][name] for name in names) for feature in features]


def uneven() -> list[Row]:
    """Plots with many equal and many missing values, in no order of them."""
    chance = random.Random(5)
    rows = []
    for number in range(120):
        row = plot(number)
        given: dict[str, Any] = row["properties"]
        given["area_measured"] = chance.choice([None, 12, 12.5, 100, 99.75, -3])
        given["name"] = chance.choice([None, "Ấp 1", "ấp 1", "Chợ", "Đất", 'a"b', "100%", "\\x"])
        given["fenced"] = chance.choice([None, True, False])
        given["decided"] = chance.choice([None, "2026-01-31", "2025-12-01"])
        rows.append(row)
    return rows


ORDERS = [
    "area_measured",
    "-area_measured",
    "+name",
    "-name",
    "fenced,-area_measured",
    "-decided,name,-fenced,area_measured",
    "area_m2",
    "-length_m,name",
]


@pytest.mark.parametrize("limit", [1, 7, 50])
@pytest.mark.parametrize("order", ORDERS)
def test_any_order_gives_every_feature_once(
    client: Client, publish_plots: Publish, order: str, limit: int
) -> None:
    publish_plots(uneven())
    features = series(client, f"{ITEMS}?limit={limit}&sortby={order.replace('+', '%2B')}")
    ids = [feature["id"] for feature in features]
    assert len(ids) == len(set(ids)) == 120
    assert ids == [f["id"] for f in page(client, sortby=order, limit=1000)["features"]]


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_is_the_one_asked_for(client: Client, publish_plots: Publish, order: str) -> None:
    publish_plots(uneven())
    features = page(client, sortby=order, limit=1000)["features"]
    keys = [(key.lstrip("+-"), key.startswith("-")) for key in order.split(",")]
    wanted = list(features)
    for name, descending in reversed(keys):
        there = [f for f in wanted if f["properties"][name] is not None]
        there.sort(key=lambda f: f["properties"][name], reverse=descending)
        wanted = there + [f for f in wanted if f["properties"][name] is None]
    names = [name for name, _descending in keys]
    assert values(features, *names) == values(wanted, *names)


def test_features_without_a_value_come_last_either_way(
    client: Client, publish_plots: Publish
) -> None:
    publish_plots(uneven())
    for order in ("area_measured", "-area_measured"):
        found = values(page(client, sortby=order, limit=1000)["features"], "area_measured")
        missing = [value is None for (value,) in found]
        assert missing == sorted(missing)
        assert any(missing)


@pytest.mark.parametrize(
    "query",
    [
        "limit=17",
        "limit=17&sortby=-area_measured",
        "limit=17&sortby=name,-decided",
        "limit=17&bbox=106.9,10.3,107.5,10.5",
        "limit=17&bbox=106.9,10.3,107.5,10.5&sortby=decided",
        "limit=17&filter=area_measured%20IS%20NULL%20OR%20area_measured%20%3C%20500&sortby=-name",
        "limit=17&crs=EPSG:5899&skipGeometry=true&properties=name&sortby=fenced",
    ],
)
def test_a_series_stays_whole_while_three_versions_are_published(
    client: Client, publish_plots: Publish, query: str
) -> None:
    first = publish_plots(uneven())
    held = {
        str(uid)
        for uid in Feature.objects.filter(version_id=first.pk).values_list("uid", flat=True)
    }

    def publish_another(number: int) -> None:
        """Other features, fewer features, the same features with other values."""
        if number == 1:
            publish_plots(plot(one, name="mới") for one in range(60, 200))
        elif number == 2:
            publish_plots(plot(one) for one in range(5))
        elif number == 3:
            publish_plots(reversed(uneven()))

    told: list[int] = []

    def between(number: int) -> None:
        publish_another(number)
        told.append(LayerVersion.objects.filter(layer=first.layer).count())

    ids = [feature["id"] for feature in series(client, f"{ITEMS}?{query}", between)]
    assert max(told) == 4
    assert len(ids) == len(set(ids)), "a feature came twice"
    assert set(ids) == held, "a feature is missing"


def test_every_page_of_a_series_says_the_version_that_it_reads(
    client: Client, publish_plots: Publish
) -> None:
    publish_plots(uneven())
    address = next(
        at["href"] for at in page(client, limit=50, sortby="name")["links"] if at["rel"] == "next"
    )
    publish_plots([plot(1)])
    assert page(client, address)["version"] == 1
    assert page(client, address)["numberMatched"] == 120
    assert page(client)["version"] == 2


def test_going_on_from_a_feature_that_the_version_does_not_have(
    client: Client, plots: LayerVersion
) -> None:
    answer = client.get(ITEMS, {"after": f"{plots.pk}.1", "sortby": "name"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-page")


@pytest.mark.parametrize("query", ["sortby=-area_measured", "sortby=name&bbox=106,10,108,11"])
def test_a_sorted_page_costs_as_few_queries(
    client: Client, publish_plots: Publish, query: str
) -> None:
    publish_plots(uneven())
    address = f"{ITEMS}?{query}&limit=50"
    page(client, address)
    for most in (3, 4):
        with CaptureQueriesContext(connection) as asked:
            found = page(client, address)
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= most
        address = next(at["href"] for at in found["links"] if at["rel"] == "next")


def test_sorting_walks_the_fields_index(client: Client, publish_plots: Publish) -> None:
    version = publish_plots(plot(number) for number in range(3000))
    sort = read_sort("-area_measured", queryables_of(parse_definition(PLOTS)))
    selection = queries.Selection(version_id=version.pk, sort=sort)
    with CaptureQueriesContext(connection) as asked:
        queries.features_page(selection, queries.Form(()), limit=10)
    with connection.cursor() as cursor:
        # Of 3,000 rows reading all is cheaper; here it matters that the index can be walked.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan Backward" in plan, plan


def test_sortables_are_a_json_schema_of_what_can_be_sorted_by(
    client: Client, plots: LayerVersion
) -> None:
    response = client.get(f"{COLLECTION}/sortables")
    assert response.headers["Content-Type"].startswith("application/schema+json")
    schema = json.loads(response.content)
    jsonschema.Draft202012Validator.check_schema(schema)
    named = schema["properties"]
    assert {"area_m2", "length_m", "area_measured", "name", "status", "decided"} <= set(named)
    assert not {"uses", "geometry", "unit", "dispute", "occupier"} & set(named)
    for name in named:
        assert client.get(ITEMS, {"sortby": f"-{name}", "limit": "2"}).status_code == 200
    links = client.get(COLLECTION).json()["links"]
    assert any(at["rel"].endswith("/rel/ogc/1.0/sortables") for at in links)


def test_only_the_properties_asked_for(client: Client, plots: LayerVersion) -> None:
    (feature,) = page(client, limit=1, properties="area_m2,status,sheet_no")["features"]
    assert list(feature["properties"]) == ["sheet_no", "status", "area_m2"]
    assert feature["geometry"]["type"] == "Polygon"
    whole = page(client, limit=1)["features"][0]
    assert feature["properties"].items() <= whole["properties"].items()
    (bare,) = page(client, limit=1, properties="", skipGeometry="true")["features"]
    assert (bare["properties"], bare["geometry"]) == ({}, None)
    assert bare["id"] == whole["id"]


def test_shapes_may_be_left_out(client: Client, plots: LayerVersion) -> None:
    found = page(client, limit=3, skipGeometry="true")["features"]
    assert [feature["geometry"] for feature in found] == [None] * 3
    wanted = page(client, limit=3, skipGeometry="false")["features"]
    assert [f["properties"] for f in found] == [f["properties"] for f in wanted]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"filter": "area_measured > 340"}, 9),
        ({"filter": "status = 'leased' AND area_measured BETWEEN 100 AND 150"}, 6),
        ({"filter": "S_INTERSECTS(geometry, POINT(107.0002 10.4002))"}, 1),
        (
            {
                "filter": "S_INTERSECTS(geometry, POINT(10.4002 107.0002))",
                "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326",
            },
            1,
        ),
        (
            {
                "filter": '{"op": "=", "args": [{"property": "sheet_no"}, "3"]}',
                "filter-lang": "cql2-json",
            },
            50,
        ),
        ({"filter": "status = 'leased'", "sheet_no": "1"}, 10),
        ({"filter": "A_CONTAINS(uses, ('school'))"}, 3),
        ({"parcel_no": "7"}, 3),
    ],
)
def test_filters_and_fields_together(
    client: Client, plots: LayerVersion, query: dict[str, str], count: int
) -> None:
    found = page(client, **query, limit=5)
    assert found["numberMatched"] == count
    assert len(series(client, f"{ITEMS}?{urlencode(query)}&limit=4")) == count


def test_a_feature_by_its_identifier_in_a_list(client: Client, plots: LayerVersion) -> None:
    uid = page(client, limit=1)["features"][0]["id"]
    assert [f["id"] for f in page(client, id=uid)["features"]] == [uid]


def test_matches_are_counted_exactly_or_not_at_all(
    client: Client, plots: LayerVersion, settings: Any
) -> None:
    settings.PORTAL_COUNT_MOST = 225
    assert page(client, status="vacant", limit=5)["numberMatched"] == 225
    settings.PORTAL_COUNT_MOST = 224
    assert "numberMatched" not in page(client, status="vacant", limit=5)
    # What is known without counting is said whatever the setting.
    assert page(client, limit=5)["numberMatched"] == 250
    assert page(client, status="vacant", limit=1000)["numberMatched"] == 225


def test_a_count_that_would_be_slow_is_left_out(
    client: Client, plots: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = queries.page._COUNT.replace("SELECT 1 FROM", "SELECT pg_sleep(1) FROM")
    monkeypatch.setattr(queries.page, "_COUNT", slow)
    before = _bound()
    found = page(client, status="vacant", limit=5)
    assert "numberMatched" not in found
    assert found["numberReturned"] == 5
    assert _bound() == before, "the bound is that statement's alone"
    monkeypatch.undo()
    assert page(client, status="vacant", limit=5)["numberMatched"] == 225
    assert _bound() == before


def _bound() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_a_moment_before_the_first_publication_has_no_features(
    client: Client, plots: LayerVersion
) -> None:
    found = page(client, datetime="1999-01-01T00:00:00Z")
    assert (found["features"], found["numberMatched"], found["numberReturned"]) == ([], 0, 0)
    assert found["version"] is None
