"""`datetime=`: items and one feature as they were published then."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from layers.models import Layer, LayerVersion
from layers.publish import discard, roll_back
from tests.layers.grounds import A, B, C, published, uids
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
ITEMS = "/api/collections/test-plots/items"
BLINK = dt.timedelta(microseconds=1)


@pytest.fixture
def layer() -> Layer:
    return plots_layer()


def at(version: LayerVersion, shift: dt.timedelta = dt.timedelta()) -> str:
    assert version.published_at is not None
    return (version.published_at + shift).isoformat()


def codes(client: Client, when: str, **query: str) -> list[str]:
    """The codes that were published then, whatever the number of pages."""
    response = client.get(ITEMS, {"datetime": when, **query})
    found: list[str] = []
    while True:
        assert response.status_code == 200, response.content
        page: dict[str, Any] = response.json()
        assert page["numberReturned"] == len(page["features"])
        found += [feature["properties"]["code"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        if address is None:
            assert page["numberMatched"] == len(found)
            return sorted(found)
        response = client.get(address)


def problem(client: Client, address: str, when: str) -> tuple[int, str]:
    response = client.get(address, {"datetime": when})
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_items_are_those_that_were_published_then(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A, "b": B})
    second = published(layer, {"a": A, "c": C})
    assert codes(client, at(first)) == codes(client, at(second, -BLINK)) == ["a", "b"]
    assert codes(client, at(second)) == codes(client, "2999-01-01T00:00:00Z") == ["a", "c"]
    assert codes(client, f"../{at(second, -BLINK)}") == ["a", "b"]
    assert codes(client, f"{at(first)}/..") == ["a", "c"]
    assert codes(client, f"{at(first)}/{at(second)}") == ["a", "c"]
    assert codes(client, at(first), limit="1") == ["a", "b"]
    assert codes(client, at(first), code="b") == ["b"]
    assert codes(client, at(second), code="b") == []


def test_nothing_was_published_before_the_first_time(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A})
    assert codes(client, at(first, -BLINK)) == []
    assert codes(client, "../2001-01-01") == []


def test_going_back_is_part_of_history(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    second = published(layer, {"b": B})
    layer.refresh_from_db()
    back = roll_back(layer, as_operator=True)
    assert codes(client, at(back, -BLINK)) == codes(client, at(second)) == ["b"]
    assert codes(client, at(back)) == ["a"]


def test_what_is_not_kept_has_a_name(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A})
    published(layer, {"b": B})
    discard(first)
    uid = uids(published(layer, {"b": B}))["b"]
    for address in (ITEMS, f"{ITEMS}/{uid}"):
        assert problem(client, address, at(first)) == (410, "version-not-kept")


def test_one_feature_as_it_was(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A, "b": B})
    second = published(layer, {"a": (0, 0, 20, 25), "c": C})
    known = {**uids(first), **uids(second)}
    then = client.get(f"{ITEMS}/{known['a']}", {"datetime": at(first)})
    today = client.get(f"{ITEMS}/{known['a']}")
    assert then.json()["geometry"] != today.json()["geometry"]
    links = {link["rel"]: link["href"] for link in then.json()["links"]}
    assert client.get(links["self"]).json() == then.json()
    assert client.get(links["latest-version"]).json()["geometry"] == today.json()["geometry"]
    assert then.headers["ETag"] != today.headers["ETag"]
    gone = f"{ITEMS}/{known['b']}"
    assert client.get(gone, {"datetime": at(first)}).status_code == 200
    assert client.get(gone).status_code == 410
    assert problem(client, f"{ITEMS}/{known['c']}", at(first)) == (404, "unknown-item")
    assert problem(client, f"{ITEMS}/{known['a']}", "2001-01-01") == (404, "unknown-item")


def test_withdrawn_fields_do_not_come_back_with_the_past(client: Client) -> None:
    note = {"name": "note", "type": "text", "label": "Ghi chú", "filterable": True}
    fields = [*plots_layer().definition["field"], note]
    layer = plots_layer(field=fields)
    first = published(layer, {"a": A})
    published(layer, {"a": A, "b": B})
    uid = uids(first)["a"]
    private = [{**f, "filterable": False} for f in fields if f["name"] != "note"]
    hidden = {**note, "filterable": False, "visibility": "officer"}
    plots_layer(field=[*private, hidden])
    then = {"datetime": at(first)}
    for body in (client.get(ITEMS, then).content, client.get(f"{ITEMS}/{uid}", then).content):
        assert b'"note"' not in body
    assert client.get(ITEMS, {**then, "note": "x"}).json()["code"] == "bad-filter"


def test_what_was_internal_is_not_read_by_its_moment(client: Client) -> None:
    layer = plots_layer(visibility="internal")
    first = published(layer, {"secret": A})
    published(layer, {"shown": B})
    plots_layer(visibility="public")
    assert codes(client, at(first)) == []
    assert codes(client, "2999-01-01") == ["shown"]
    uid = uids(first)["secret"]
    assert problem(client, f"{ITEMS}/{uid}", at(first)) == (404, "unknown-item")
    # Neither as one that is gone: a uid is made of the key, which anybody may try.
    gone = client.get(f"{ITEMS}/{uid}")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown-item")
    assert client.get(f"/panel/test-plots/{uid}/").status_code == 404
    token = {"after": f"{first.pk}.0"}
    assert client.get(ITEMS, token).json()["code"] == "bad-page"


@pytest.mark.parametrize("when", ["hôm qua", "2026", "../..", "2026-07-02/2026-07-01"])
def test_bad_moments_have_a_name(client: Client, layer: Layer, when: str) -> None:
    uid = uids(published(layer, {"a": A}))["a"]
    for address in (ITEMS, f"{ITEMS}/{uid}"):
        assert problem(client, address, when) == (400, "bad-datetime")
