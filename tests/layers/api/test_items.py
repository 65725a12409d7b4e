"""Pages of features: shape, paging, filters, caching, cost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shapely.geometry import shape

from layers.models import AdminUnit, Feature, LayerVersion
from layers.publish import discard
from tests.layers.api.conftest import PLOTS, plot, square
from tests.layers.rows import DEFINITION, plots_layer, published

ITEMS = "/api/collections/test-plots/items"
pytestmark = pytest.mark.django_db


def page(client: Client, address: str = ITEMS, **query: Any) -> dict[str, Any]:
    """The answer's JSON; fails when it is not a page."""
    response = client.get(address, query or None)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = json.loads(response.content)
    return found


def next_address(found: dict[str, Any]) -> str | None:
    return next((at["href"] for at in found["links"] if at["rel"] == "next"), None)


def all_ids(client: Client, address: str | None) -> list[str]:
    """Ids of every page, following `next`."""
    ids: list[str] = []
    while address:
        found = page(client, address)
        assert found["numberReturned"] == len(found["features"])
        ids += [feature["id"] for feature in found["features"]]
        address = next_address(found)
    return ids


def test_a_page_is_geojson_with_declared_fields_in_order(
    client: Client, plots: LayerVersion
) -> None:
    found = page(client, limit=3)
    assert found["type"] == "FeatureCollection"
    assert (found["numberReturned"], found["numberMatched"]) == (3, 250)
    assert found["timeStamp"].endswith("Z")
    feature = found["features"][0]
    public = [f["name"] for f in PLOTS["field"] if "visibility" not in f]
    assert list(feature["properties"]) == [*public, "unit_code", "unit_name", "area_m2", "length_m"]
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["area_m2"] == pytest.approx(3027, abs=30)


def test_a_saved_page_says_what_it_is(client: Client, plots: LayerVersion) -> None:
    meant = ("collection", "title", "illustrative", "data_date", "version", "license")
    found = page(client, limit=1)
    assert [found[name] for name in meant] == [
        "test-plots", "Thửa thử", False, "2026-06-30", 1, "CC-BY-4.0",
    ]  # fmt: skip
    assert found["attribution"] == "Sở Thử"
    english = page(client, limit=1, lang="en")
    assert (english["title"], english["attribution"]) == ("Test plots", "Test office")


CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def test_the_advertised_crs_may_be_asked_for(client: Client, plots: LayerVersion) -> None:
    box = {"bbox": "106.9,10.3,107.0001,10.4001"}
    asked = client.get(ITEMS, {**box, "crs": CRS84, "bbox-crs": CRS84})
    assert json.loads(asked.content)["features"] == page(client, **box)["features"]
    assert asked.headers["Content-Crs"] == f"<{CRS84}>"
    uid = json.loads(asked.content)["features"][0]["id"]
    assert client.get(f"{ITEMS}/{uid}", {"crs": CRS84}).headers["Content-Crs"] == f"<{CRS84}>"


def test_pages_followed_to_the_end_give_every_feature_once(
    client: Client, plots: LayerVersion
) -> None:
    ids = all_ids(client, f"{ITEMS}?limit=33")
    held = {
        str(uid)
        for uid in Feature.objects.filter(version_id=plots.pk).values_list("uid", flat=True)
    }
    assert len(ids) == 250
    assert set(ids) == held


def test_a_series_of_pages_reads_one_version(
    client: Client, plots: LayerVersion, publish_plots: Callable[..., LayerVersion]
) -> None:
    ids: list[str] = []
    address: str | None = f"{ITEMS}?limit=40&status=vacant"
    while address:
        found = page(client, address)
        ids += [feature["id"] for feature in found["features"]]
        address = next_address(found)
        publish_plots(plot(number) for number in range(len(ids), 250))
    assert len(ids) == len(set(ids)) == 225


def test_a_series_whose_version_is_dropped_must_begin_again(
    client: Client, plots: LayerVersion, publish_plots: Callable[..., LayerVersion]
) -> None:
    address = next_address(page(client, limit=40))
    publish_plots([plot(1)])
    discard(plots)
    assert address is not None
    assert client.get(address).json()["code"] == "bad-page"


def test_pages_inside_a_box_hold_what_touches_it_and_nothing_else(
    client: Client, plots: LayerVersion
) -> None:
    # Ten columns and three rows of the grid; the last ones lie across its edge.
    ids = all_ids(client, f"{ITEMS}?bbox=106.9999,10.3999,107.0091,10.4021&limit=7")
    assert len(ids) == len(set(ids)) == 30


def test_a_box_that_only_the_shapes_envelope_meets_does_not_match(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    triangle: dict[str, Any] = {
        "wkt": "POLYGON((107 10.4,107.1 10.4,107 10.5,107 10.4))",
        "properties": {},
        "unit_id": None,
    }
    publish_plots([triangle])
    assert page(client, bbox="107.09,10.49,107.1,10.5")["numberReturned"] == 0
    assert page(client, bbox="107.01,10.41,107.02,10.42")["numberReturned"] == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "leased"}, 25),
        ({"status": "Đang cho thuê"}, 25),
        ({"sheet_no": "3"}, 50),
        ({"area_measured": "110"}, 1),
        ({"area_measured": "110,0"}, 1),
        ({"fenced": "có"}, 125),
        ({"decided": "31/01/2026"}, 250),
        ({"decided": "2026-02-01"}, 0),
        ({"uses": "market"}, 250),
        ({"uses": "Trường, Chợ"}, 3),
        ({"status": "leased", "sheet_no": "1"}, 10),
        ({"status": "leased", "bbox": "106.9,10.3,107.0001,10.4001"}, 1),
        ({"datetime": "2026-01-01T00:00:00Z/.."}, 250),
        ({"bbox": "106.9,10.3,0,107.0001,10.4001,9"}, 1),
    ],
)
def test_filters(client: Client, plots: LayerVersion, query: dict[str, str], count: int) -> None:
    found = page(client, **query, limit=5)
    assert found["numberMatched"] == count
    assert found["numberReturned"] == min(count, 5)


def test_a_limit_above_the_highest_is_answered_as_the_highest(
    client: Client, plots: LayerVersion
) -> None:
    assert page(client, limit=10**30)["numberReturned"] == 250


@pytest.mark.parametrize("query", ["limit=1000", "limit=1000&status=leased&bbox=106,10,108,11"])
def test_a_page_of_1000_polygons_costs_at_most_three_queries(
    client: Client, publish_plots: Callable[..., LayerVersion], query: str
) -> None:
    publish_plots(plot(number, status="leased") for number in range(1001))
    page(client, limit=1)
    with CaptureQueriesContext(connection) as queries:
        assert page(client, f"{ITEMS}?{query}")["numberReturned"] == 1000
    # Savepoints are the test's: without a transaction around it a count needs none.
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 3


def test_missing_values_are_null_and_text_is_escaped(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    publish_plots([{**plot(1), "properties": {"sheet_no": 'a"\\\u2028</script>'}}])
    feature = page(client)["features"][0]
    assert feature["properties"]["parcel_no"] is None
    assert feature["properties"]["sheet_no"] == 'a"\\\u2028</script>'


def test_money_is_written_as_a_decimal(client: Client) -> None:
    """Programs that guess types from the first page made 2,639,400,000 đồng a negative sum."""
    sums = [{**field, "type": "money"} for field in DEFINITION["field"] if field["name"] == "area"]
    published(plots_layer(field=[DEFINITION["field"][0], *sums]), ["A1"])
    assert b'"area":100.0,' in client.get(ITEMS).content


def test_undeclared_and_private_keys_never_come_out(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    # As after a change of the declaration: the version still holds what is private now.
    publish_plots([plot(1, occupier="Nguyễn Văn A", dispute=True, forgotten="x")])
    for address in (ITEMS, f"{ITEMS}/{page(client)['features'][0]['id']}"):
        text = client.get(address).content.decode()
        assert "Nguyễn" not in text
        assert not {"occupier", "dispute", "forgotten"} & set(text.split('"'))


def test_the_same_page_is_not_sent_twice(client: Client, plots: LayerVersion) -> None:
    first = client.get(ITEMS, {"limit": 5})
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(ITEMS, {"limit": 5}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(ITEMS, {"limit": 6}, headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("path", [ITEMS, "/api/collections/test-plots"])
def test_the_day_of_publication_alone_is_no_reason_for_304(
    client: Client, plots: LayerVersion, path: str
) -> None:
    # English asked for after Vietnamese was kept; a declaration edited after publication.
    since = {"If-Modified-Since": client.get(path).headers["Last-Modified"]}
    assert client.get(path, {"lang": "en"}, headers=since).status_code == 200
    assert client.get(path, headers=since).status_code == 200


HOLED = (
    "((107 10.4,107 10.5,107.1 10.5,107.1 10.4,107 10.4),"
    "(107.02 10.42,107.04 10.42,107.04 10.44,107.02 10.44,107.02 10.42))"
)


@pytest.mark.parametrize("wkt", [f"POLYGON{HOLED}", f"MULTIPOLYGON({HOLED})"])
def test_shells_turn_left_and_holes_right_in_lists_and_alone(
    client: Client, publish_plots: Callable[..., LayerVersion], wkt: str
) -> None:
    publish_plots([{"wkt": wkt, "properties": {"sheet_no": "1"}, "unit_id": None}])
    (listed,) = page(client)["features"]
    alone = page(client, f"{ITEMS}/{listed['id']}")
    for feature in (listed, alone):
        geometry = shape(feature["geometry"])
        for polygon in getattr(geometry, "geoms", [geometry]):
            assert polygon.exterior.is_ccw
            assert [ring.is_ccw for ring in polygon.interiors] == [False]
    assert alone["geometry"] == listed["geometry"]


def test_a_box_across_the_180th_meridian(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    places = {"east": 179.5, "west": -179.6, "far": 107.0, "between": 165.0}
    publish_plots(
        {"wkt": square(lon, 10.0), "properties": {"sheet_no": name}, "unit_id": None}
        for name, lon in places.items()
    )
    found = page(client, bbox="170,-20,-170,20")
    assert {f["properties"]["sheet_no"] for f in found["features"]} == {"east", "west"}
    assert found["numberMatched"] == 2
    assert len(set(all_ids(client, f"{ITEMS}?bbox=170,-20,-170,20&limit=1"))) == 2


def test_a_new_version_is_seen_at_once(
    client: Client, plots: LayerVersion, publish_plots: Callable[..., LayerVersion]
) -> None:
    first = client.get(ITEMS)
    publish_plots([plot(1)])
    again = client.get(ITEMS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert json.loads(again.content)["numberMatched"] == 1


def test_open_to_pages_of_other_sites(client: Client, plots: LayerVersion) -> None:
    assert client.get(ITEMS).headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(ITEMS)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_features_of_a_unit(client: Client, publish_plots: Callable[..., LayerVersion]) -> None:
    province = AdminUnit.objects.create(
        code="99",
        level="province",
        kind="Tỉnh",
        name="Tỉnh Thử",
        short_name="Thử",
        valid_from="2025-07-01",
    )
    commune = AdminUnit.objects.create(
        code="99001",
        level="commune",
        kind="Xã",
        name="Xã Thử",
        short_name="Thử",
        valid_from="2025-07-01",
        parent=province,
    )
    publish_plots([{**plot(1), "unit_id": commune.pk}, plot(2)])
    for code in ("99001", "99"):
        found = page(client, unit=code)
        assert found["numberMatched"] == 1
        assert found["features"][0]["properties"]["unit_name"] == "Xã Thử"
    assert page(client, unit="99002")["numberMatched"] == 0
