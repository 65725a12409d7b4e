"""`/changes?since=`: each feature once with what all versions in between come to."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.test.utils import override_settings

from layers.models import Layer, LayerVersion
from layers.publish import discard, roll_back
from tests.layers.grounds import A, B, C, D, published, staged, uids
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
CHANGES = "/api/collections/test-plots/changes"
LEFT, RIGHT = (0, 0, 10, 20), (10, 0, 20, 20)
WIDER = (0, 0, 20, 25)
BLINK = dt.timedelta(microseconds=1)


@pytest.fixture
def layer() -> Layer:
    return plots_layer()


def ask(client: Client, since: object, **query: Any) -> dict[str, Any]:
    """The answer's JSON; fails when it is not one."""
    response = client.get(CHANGES, {"since": str(since), **query})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def told(client: Client, since: object) -> dict[str, str]:
    """uid → added, removed, shape, values or both."""
    return {line["uid"]: line.get("what", line["change"]) for line in ask(client, since)["changes"]}


def refused(client: Client, **query: Any) -> tuple[int, str]:
    response = client.get(CHANGES, query)
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, json.loads(response.content)["code"]


def named(version: LayerVersion, **words: str) -> dict[str, str]:
    """The same words by uid: `named(v, a="added")`."""
    known = uids(version)
    return {str(known[key]): word for key, word in words.items()}


def test_what_came_changed_and_went(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A, "b": B, "c": C})
    second = published(layer, {"a": WIDER, "b": B, "d": D})
    found = ask(client, 1)
    assert found["since"]["version"] == 1
    assert found["until"]["version"] == 2
    assert dt.datetime.fromisoformat(found["until"]["published_at"]) == second.published_at
    assert found["numberReturned"] == 3
    assert {line["uid"]: line for line in found["changes"]} == {
        str(uids(first)["a"]): {
            "uid": str(uids(first)["a"]), "change": "changed", "what": "shape",
        },
        str(uids(first)["c"]): {
            "uid": str(uids(first)["c"]), "change": "removed", "successors": [],
        },
        str(uids(second)["d"]): {"uid": str(uids(second)["d"]), "change": "added"},
    }  # fmt: skip
    assert ask(client, 2)["changes"] == []


def test_several_versions_come_to_one_change_each(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A, "b": B})
    published(layer, {"a": WIDER, "b": B, "c": C, "d": D})
    third = published(layer, {"a": A, "d": D})
    assert told(client, 1) == {**named(first, b="removed"), **named(third, d="added")}
    assert told(client, 2) == {
        **named(third, a="shape"),
        **named(LayerVersion.objects.get(layer=layer, number=2), b="removed", c="removed"),
    }


def test_a_moment_is_answered_from_what_was_live_then(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A})
    second = published(layer, {"a": A, "b": B})
    assert first.published_at is not None
    assert second.published_at is not None
    from_first = named(second, b="added")
    assert told(client, first.published_at.isoformat()) == from_first
    assert told(client, (second.published_at - BLINK).isoformat()) == from_first
    assert told(client, second.published_at.isoformat()) == {}
    assert told(client, "2999-01-01") == {}
    everything = ask(client, "2001-01-01")
    assert everything["since"] is None
    assert {line["change"] for line in everything["changes"]} == {"added"}
    assert {line["uid"] for line in everything["changes"]} == set(map(str, uids(second).values()))


def test_going_back_is_told_as_the_contrary(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A, "b": B})
    second = published(layer, {"a": WIDER, "c": C})
    layer.refresh_from_db()
    back = roll_back(layer, as_operator=True)
    found = ask(client, 2)
    assert found["until"]["version"] == 1
    assert told(client, 2) == {**named(first, a="shape", b="added"), **named(second, c="removed")}
    assert told(client, 1) == {}
    assert back.published_at is not None
    assert told(client, (back.published_at - BLINK).isoformat()) == told(client, 2)
    third = published(layer, {"a": A, "b": B, "d": D})
    assert told(client, 2)[str(uids(third)["d"])] == "added"


def test_what_is_private_is_not_told(client: Client, layer: Layer) -> None:
    published(layer, {"a": A, "b": B}, owners={"a": "Ông A", "b": "Bà B"})
    second = published(layer, {"a": A, "b": WIDER}, owners={"a": "Bà C", "b": "Ông D"})
    assert second.change["changed"] == 2, "the owners' view counts both"
    assert told(client, 1) == named(second, b="shape")
    assert "Bà C" not in json.dumps(ask(client, 1))


def test_a_field_that_was_withdrawn_changes_nothing(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    second = published(layer, {"9": A})
    assert told(client, 1) == named(second, **{"9": "values"}), "the same place, another number"
    private = [
        {**field, "visibility": "officer", "filterable": False}
        if field["name"] == "code"
        else field
        for field in layer.definition["field"]
    ]
    plots_layer(field=private, key=["area"], label={}, popup={})
    assert told(client, 1) == {}


def test_tombstones_name_what_stands_in_their_place_today(client: Client, layer: Layer) -> None:
    first = published(layer, {"1": (0, 0, 20, 20)})
    published(layer, {"2": LEFT, "3": RIGHT})
    third = published(layer, {"2": LEFT, "4": (10, 0, 20, 10), "5": (10, 10, 20, 20)})
    lines = {line["uid"]: line for line in ask(client, 1)["changes"]}
    gone = lines[str(uids(first)["1"])]
    assert gone["change"] == "removed"
    now = {str(uid): key for key, uid in uids(third).items()}
    assert sorted(now[uid] for uid in gone["successors"]) == ["2", "4", "5"]
    layer.refresh_from_db()
    roll_back(layer, to=first, as_operator=True)
    back = {line["uid"]: line for line in ask(client, 3)["changes"]}
    assert back[str(uids(third)["4"])]["successors"] == [str(uids(first)["1"])]


def test_pages_read_the_changes_to_one_version_to_their_end(client: Client, layer: Layer) -> None:
    many = {f"n{place}": (20.0 * place, 100, 20.0 * place + 20, 120) for place in range(9)}
    published(layer, {"a": A})
    second = published(layer, {"a": A, **many})
    page = ask(client, 1, limit=4)
    seen = [line["uid"] for line in page["changes"]]
    published(layer, {"a": WIDER})
    while address := next((at["href"] for at in page["links"] if at["rel"] == "next"), None):
        page = json.loads(client.get(address).content)
        assert page["until"]["version"] == 2
        seen += [line["uid"] for line in page["changes"]]
    assert seen == [str(uid) for uid in sorted(uids(second)[name] for name in many)]
    discard(LayerVersion.objects.get(layer=layer, number=2))
    assert refused(client, since="1", after=f"2.{seen[0]}") == (400, "bad-page")


def test_pages_that_find_nothing_lead_on(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Much was listed that comes to nothing: no page looks at all of it."""
    monkeypatch.setattr("layers.changes.EXAMINED", 2)
    many = {f"n{place}": (20.0 * place, 100, 20.0 * place + 20, 120) for place in range(9)}
    published(layer, {"a": A})
    published(layer, {"a": A, **many})
    third = published(layer, {"a": A, "n4": many["n4"]})
    page, seen, pages = ask(client, 1, limit=1), list[str](), 1
    while address := next((at["href"] for at in page["links"] if at["rel"] == "next"), None):
        seen += [line["uid"] for line in page["changes"]]
        page, pages = json.loads(client.get(address).content), pages + 1
    seen += [line["uid"] for line in page["changes"]]
    assert seen == [str(uids(third)["n4"])]
    assert 4 <= pages <= 6


def test_pages_of_everything(client: Client, layer: Layer) -> None:
    version = published(layer, {"a": A, "b": B, "c": C})
    page = ask(client, "2001-01-01", limit=2)
    address = next(at["href"] for at in page["links"] if at["rel"] == "next")
    lines = [*page["changes"], *json.loads(client.get(address).content)["changes"]]
    assert [UUID(line["uid"]) for line in lines] == sorted(uids(version).values())


def test_what_is_not_kept_says_to_read_the_layer_again(client: Client, layer: Layer) -> None:
    first = published(layer, {"a": A})
    published(layer, {"a": A, "b": B})
    discard(first)
    response = client.get(CHANGES, {"since": "1"})
    problem = json.loads(response.content)
    assert (response.status_code, problem["code"]) == (410, "changes-not-kept")
    assert problem["version"] == 2
    assert problem["links"][0]["href"].endswith("/api/collections/test-plots/items")
    assert first.published_at is not None
    assert refused(client, since=first.published_at.isoformat()) == (410, "changes-not-kept")


def test_versions_in_between_may_be_gone(client: Client, layer: Layer) -> None:
    """Their lists stay, and the two ends say what they come to."""
    published(layer, {"a": A})
    second = published(layer, {"a": WIDER, "b": B})
    third = published(layer, {"a": WIDER, "b": B, "c": C})
    discard(second)
    assert told(client, 1) == named(third, a="shape", b="added", c="added")


@override_settings(PORTAL_CHANGES_KEPT=1)
def test_a_list_that_was_cut_is_not_given(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    published(layer, {"a": A, "b": B, "c": C})
    assert refused(client, since="1") == (410, "changes-not-kept")


def test_answers_are_tagged_by_version(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    second = published(layer, {"a": A, "b": B})
    response = client.get(CHANGES, {"since": "1"})
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["Last-Modified"]
    tag = response.headers["ETag"]
    again = client.get(CHANGES, {"since": "1"}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    published(layer, {"a": A, "b": WIDER})
    changed = client.get(CHANGES, {"since": "1"}, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert second.number == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "bad-since"),
        ({"since": "last week"}, "bad-since"),
        ({"since": "7"}, "bad-since"),
        ({"since": "2"}, "bad-since"),  # staged, never published
        ({"since": "9999999999"}, "bad-since"),
        ({"since": "2026-01-01/2026-02-01"}, "bad-since"),
        ({"since": "../2026-02-01"}, "bad-since"),
        ({"since": "1", "limit": "0"}, "bad-limit"),
        ({"since": "1", "after": "1"}, "bad-page"),
        ({"since": "1", "after": "2.00000000-0000-0000-0000-000000000000"}, "bad-page"),
        ({"since": "1", "key": "a"}, "bad-filter"),
    ],
)
def test_bad_input_has_a_name(
    client: Client, layer: Layer, query: dict[str, str], code: str
) -> None:
    published(layer, {"a": A})
    staged(layer, {"a": A, "b": B})
    assert refused(client, **query) == (400, code)


def test_internal_layers_have_no_history_for_others(client: Client, admin_client: Client) -> None:
    layer = plots_layer(visibility="internal")
    published(layer, {"a": A})
    published(layer, {"a": A, "b": B})
    assert refused(client, since="1") == (404, "unknown-layer")
    staff = admin_client.get(CHANGES, {"since": "1"})
    assert staff.status_code == 200
    assert staff.headers["Cache-Control"] == "private, no-store"
    plots_layer(visibility="public")
    assert refused(client, since="1") == (400, "bad-since"), "version 1 was internal"


def test_a_page_costs_few_queries(
    client: Client, layer: Layer, django_assert_max_num_queries: Any
) -> None:
    published(layer, {"1": (0, 0, 20, 20)})
    published(layer, {"2": LEFT, "3": RIGHT})
    client.get("/api/collections/test-plots")
    with django_assert_max_num_queries(8):
        ask(client, 1)


def test_the_collection_leads_to_its_changes(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    found = json.loads(client.get("/api/collections/test-plots").content)
    (href,) = [at["href"] for at in found["links"] if at["rel"] == "changes"]
    assert href.endswith(CHANGES + "?since={since}")
