"""What a visitor's program meets: addresses that answer, errors with a name, nothing that falls
over.
"""

import json

import pytest

from tests.running_portal import Portal


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/layers/",
        "/layers/public-land-parcels/",
        "/layers/traffic-cameras/embed/",
        "/style.json",
        "/api/",
        "/api/conformance",
        "/api/openapi.json",
        "/api/docs",
        "/api/collections",
        "/api/search?q=vung%20tau",
        "/tiles/auction-lots/tilejson.json",
        "/healthz",
        "/readyz",
        "/accounts/login/",
    ],
)
def test_addresses_answer(portal: Portal, path: str) -> None:
    status, _headers, body = portal.get(path)
    assert status == 200
    assert body


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/collections/nowhere", 404, "unknown-layer"),
        ("/api/collections/public-land-parcels/items?bbox=nan,10,107,11", 400, "bad-bbox"),
        ("/api/collections/public-land-parcels/items?bbox=inf,10,107,11", 400, "bad-bbox"),
        ("/api/collections/public-land-parcels/items?bbox=107,11,106,10", 400, "bad-bbox"),
        ("/api/collections/public-land-parcels/items?bbox=107,10,107.1,95", 400, "bad-bbox"),
        ("/api/collections/public-land-parcels/items?limit=0", 400, "bad-limit"),
        ("/api/collections/public-land-parcels/items?limit=-1", 400, "bad-limit"),
        ("/api/collections/public-land-parcels/items?limit=many", 400, "bad-limit"),
        ("/tiles/nowhere/1/0/0/0.mvt", 404, "unknown-layer"),
        ("/tiles/public-land-parcels/999999/0/0/0.mvt", 404, "unknown-version"),
        ("/tiles/public-land-parcels/1/3/9/0.mvt", 404, "bad-tile"),
        ("/tiles/public-land-parcels/1/99/0/0.mvt", 404, "bad-tile"),
    ],
)
def test_bad_addresses_have_a_name_and_a_status(
    portal: Portal, path: str, status: int, code: str
) -> None:
    answered, headers, body = portal.get(path)
    assert (answered, json.loads(body)["code"]) == (status, code)
    assert headers["content-type"].startswith("application/problem+json")
    assert json.loads(body)["hint"]


def test_a_huge_limit_is_capped_not_refused(portal: Portal) -> None:
    status, _headers, body = portal.get(
        "/api/collections/public-land-parcels/items?limit=999999999"
    )
    assert status == 200
    assert len(json.loads(body)["features"]) <= 10_000


def test_a_page_that_does_not_exist_says_so_in_vietnamese(portal: Portal) -> None:
    status, _headers, body = portal.get("/khong-co-trang-nay/")
    assert status == 404
    assert "Không có trang này" in body.decode()
