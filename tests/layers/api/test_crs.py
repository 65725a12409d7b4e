"""Coordinate systems by reference (OGC API – Features, Part 2): names, axis order, boxes."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from pyproj import CRS, Transformer

from layers.api.crs_names import NAMED, NamedCrs
from layers.boxes import ground_of
from layers.crs import VN2000, WGS84, transform_point
from layers.models import LayerVersion
from tests.layers.api.conftest import plot, square

ITEMS = "/api/collections/test-plots/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
pytestmark = pytest.mark.django_db


def page(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get(ITEMS, query)
    assert response.status_code == 200, response.content
    return {**json.loads(response.content), "crs": response.headers["Content-Crs"]}


def corners(feature: dict[str, Any]) -> list[list[float]]:
    found: list[list[float]] = feature["geometry"]["coordinates"][0]
    return found


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.uri.rsplit("/", 1)[1])
def test_axis_order_is_that_of_epsg(named: NamedCrs) -> None:
    official = CRS.from_user_input("OGC:CRS84" if named.uri == CRS84 else named.crs.code)
    first = official.axis_info[0].direction
    assert named.axis_swapped == (first == "north")


def test_a_collection_names_its_systems_and_how_it_keeps_its_data(
    client: Client, plots: LayerVersion
) -> None:
    found = client.get("/api/collections/test-plots").json()
    assert found["crs"][0] == found["storageCrs"] == CRS84
    wanted = {f"{EPSG}{code}" for code in (4326, 3857, *VN2000)}
    assert wanted <= set(found["crs"])
    assert len(found["crs"]) == len(set(found["crs"])) == len(wanted) + 1


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.uri.rsplit("/", 1)[1])
def test_items_and_one_item_in_every_system(
    client: Client, plots: LayerVersion, named: NamedCrs
) -> None:
    plain = page(client, limit=3)
    found = page(client, limit=3, crs=named.uri)
    assert found["crs"] == f"<{named.uri}>"
    for degrees, feature in zip(plain["features"], found["features"], strict=True):
        assert feature["id"] == degrees["id"]
        assert "crs" not in feature["geometry"]
        for here, there in zip(corners(degrees), corners(feature), strict=True):
            x, y = transform_point(here[0], here[1], WGS84, named.crs)
            said = (y, x) if named.axis_swapped else (x, y)
            # Corners were rounded to a centimetre before they are moved here.
            assert there == pytest.approx(said, abs=2e-7 if named.crs.is_geographic else 0.02)
        alone = client.get(f"{ITEMS}/{feature['id']}", {"crs": named.uri})
        assert alone.headers["Content-Crs"] == f"<{named.uri}>"
        assert json.loads(alone.content)["geometry"] == feature["geometry"]


def test_latitude_comes_first_in_4326_and_easting_in_a_grid(
    client: Client, plots: LayerVersion
) -> None:
    here = corners(page(client, limit=1)["features"][0])[0]
    turned = corners(page(client, limit=1, crs=f"{EPSG}4326")["features"][0])[0]
    assert turned == here[::-1]
    east, north = corners(page(client, limit=1, crs=f"{EPSG}5899")["features"][0])[0]
    assert (round(east, -4), round(north, -5)) == (420_000, 1_200_000)


def test_the_grid_is_our_pinned_one(client: Client, plots: LayerVersion) -> None:
    # EPSG's own choice lies elsewhere by 0.80 m on one side of lon 107.1111.
    lon, lat = corners(page(client, limit=1)["features"][0])[0]
    found = corners(page(client, limit=1, crs=f"{EPSG}5899")["features"][0])[0]
    assert found == pytest.approx(transform_point(lon, lat, WGS84, VN2000[5899]), abs=0.02)


@pytest.mark.parametrize(
    "name",
    ["EPSG:5899", "[EPSG:5899]", "https://www.opengis.net/def/crs/EPSG/0/5899",
     "urn:ogc:def:crs:EPSG::5899"],
)  # fmt: skip
def test_other_names_of_a_system(client: Client, plots: LayerVersion, name: str) -> None:
    assert page(client, limit=1, crs=name)["crs"] == f"<{EPSG}5899>"


@pytest.mark.parametrize("name", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize(
    "value",
    ["", "CRS84", "5899", "EPSG:32648", "[EPSG:5899", "EPSG:5899]", f"{EPSG}99999", f"{EPSG}5899/"],
)
def test_a_system_that_there_is_not(
    client: Client, plots: LayerVersion, name: str, value: str
) -> None:
    answer = client.get(ITEMS, {name: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-crs")
    assert f"{name}={value}" in answer.json()["detail"]


def box_in(crs: NamedCrs, west: float, south: float, east: float, north: float) -> str:
    """The corners of a box of degrees, moved into a system, in its axis order."""
    x0, y0 = transform_point(west, south, WGS84, crs.crs)
    x1, y1 = transform_point(east, north, WGS84, crs.crs)
    numbers = (y0, x0, y1, x1) if crs.axis_swapped else (x0, y0, x1, y1)
    return ",".join(repr(number) for number in numbers)


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.uri.rsplit("/", 1)[1])
def test_a_box_selects_the_same_in_every_system(
    client: Client, plots: LayerVersion, named: NamedCrs
) -> None:
    # Between the plots, so that a grid's small turning against north changes nothing.
    degrees = (106.99975, 10.39975, 107.00975, 10.40275)
    wanted = page(client, bbox=",".join(map(str, degrees)), limit=1000)
    found = page(client, **{"bbox": box_in(named, *degrees), "bbox-crs": named.uri}, limit=1000)
    assert found["numberMatched"] == wanted["numberMatched"] == 30
    assert [f["id"] for f in found["features"]] == [f["id"] for f in wanted["features"]]


def test_a_wide_box_of_a_grid_has_curved_sides_on_the_ground(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    """Off its meridian a grid's parallel bends to the south: by 1.7 km after 3° of longitude."""
    grid = VN2000[5899]
    west, south, east, north = 180_000.0, 1_150_000.0, 820_000.0, 1_200_000.0
    middle = (west + east) / 2
    names = {
        # 200 m within and beyond the true sides, where four moved corners would say the opposite.
        "within": (middle, north - 200),
        "beyond": (middle, south - 200),
    }
    places = {name: transform_point(*at, grid, WGS84) for name, at in names.items()}
    publish_plots(
        {"wkt": square(*at, 0.00001), "properties": {"sheet_no": name}, "unit_id": None}
        for name, at in places.items()
    )
    assert places["within"][1] > transform_point(west, north, grid, WGS84)[1]
    assert places["beyond"][1] > transform_point(west, south, grid, WGS84)[1]
    found = page(client, **{"bbox": f"{west},{south},{east},{north}", "bbox-crs": f"{EPSG}5899"})
    assert [f["properties"]["sheet_no"] for f in found["features"]] == ["within"]


@pytest.mark.parametrize("code", [5899, 9210, 3405, 4756])
def test_moved_sides_stay_by_the_true_ones(code: int) -> None:
    crs = VN2000[code]
    box = (106.0, 9.0, 108.5, 11.5) if crs.is_geographic else (3e5, 1e6, 5.5e5, 1.3e6)
    ground = ground_of(box, crs)
    back = Transformer.from_crs(WGS84.pyproj, crs.pyproj, always_xy=True)
    assert ground.inner is not None
    west, south, east, north = ground.inner
    for lon, lat in ((west, south), (west, north), (east, south), (east, north)):
        x, y = back.transform(lon, lat)
        assert box[0] - 0.01 <= x <= box[2] + 0.01
        assert box[1] - 0.01 <= y <= box[3] + 0.01


@pytest.mark.parametrize(
    ("bbox", "crs"),
    [
        ("10.3,106.9,10.2,107.1", "4326"),
        ("106.9,10.3,107.1,10.5", "4326"),
        ("500000,1100000,400000,1200000", "5899"),
        ("9e6,1100000,9.1e6,1200000", "5899"),
        ("10,170,11,-170", "4756"),
        ("3e7,0,4e7,1", "3857"),
        ("1,2,3", "5899"),
    ],
)
def test_boxes_that_are_wrong_in_their_system(
    client: Client, plots: LayerVersion, bbox: str, crs: str
) -> None:
    answer = client.get(ITEMS, {"bbox": bbox, "bbox-crs": f"{EPSG}{crs}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-bbox")


@pytest.mark.parametrize("crs", ["5899", "3857", "9210", "3406", "4756"])
def test_a_box_around_everything_has_everything(
    client: Client, plots: LayerVersion, crs: str
) -> None:
    edge = (-90, -180, 90, 180) if crs == "4756" else (-1e9, -1e9, 1e9, 1e9)
    found = page(client, **{"bbox": ",".join(map(str, edge)), "bbox-crs": f"EPSG:{crs}"}, limit=1)
    assert found["numberMatched"] == 250


def test_a_box_without_width_is_a_line(client: Client, plots: LayerVersion) -> None:
    x, y = transform_point(107.00025, 10.40025, WGS84, VN2000[5899])
    for bbox, crs in ((f"{x},{y},{x},{y}", "EPSG:5899"), ("107.00025,10.4,107.00025,10.41", CRS84)):
        assert page(client, **{"bbox": bbox, "bbox-crs": crs})["numberMatched"] >= 1


def test_six_numbers_of_a_system_with_latitude_first(client: Client, plots: LayerVersion) -> None:
    box = {"bbox": "10.3,106.9,0,10.4001,107.0001,9", "bbox-crs": f"{EPSG}4326"}
    assert page(client, **box)["numberMatched"] == 1


def test_next_keeps_the_systems(client: Client, plots: LayerVersion) -> None:
    box = box_in(NAMED[2], 106.9, 10.3, 107.5, 10.5)
    first = page(client, **{"bbox": box, "bbox-crs": NAMED[2].uri, "crs": "EPSG:5899"}, limit=40)
    address = next(at["href"] for at in first["links"] if at["rel"] == "next")
    second = client.get(address)
    assert second.headers["Content-Crs"] == f"<{EPSG}5899>"
    assert not {f["id"] for f in first["features"]} & {
        f["id"] for f in json.loads(second.content)["features"]
    }


def test_shells_turn_left_on_the_ground_whatever_axis_is_first(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    publish_plots([plot(1)])
    ring = corners(page(client, crs=f"{EPSG}4326")["features"][0])
    area = sum(
        lon * next_lat - next_lon * lat for (lat, lon), (next_lat, next_lon) in pairwise(ring)
    )
    assert area > 0
