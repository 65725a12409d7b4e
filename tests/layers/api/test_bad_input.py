"""Everything that callers get wrong has a name, a status and words; nothing answers 500."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from layers.errors import every_error
from layers.models import Feature, Layer, LayerVersion, RetiredIdentity
from tests.layers.api.conftest import plot

COLLECTION = "/api/collections/test-plots"
ITEMS = f"{COLLECTION}/items"
# No feature has it; fixed, so that every test process collects the same tests.
NOBODY = "0f8fad5b-d9cb-469f-a165-70867728950e"
pytestmark = pytest.mark.django_db


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, checked for what every one must have."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert (body["code"], body["status"]) == (code, status)
    assert body["type"] == f"/api/docs/errors#{code}"
    assert body["title"]
    assert body["detail"]
    assert body["hint"]
    assert code in {error.code for error in every_error()}
    return body


@pytest.mark.parametrize(
    "bbox",
    [
        "NaN,10,108,11",
        "inf,10,108,11",
        "106,10,Infinity,11",
        "106,10,1e400,11",
        "108,10,107,11",
        "107,11,108,10",
        "10,10,-10,11",
        "170,11,-170,10",
        "90,10,-90,11",
        "-107,10,-108,11",
        "181,10,182,11",
        "107,-91,108,11",
        "107,10,108",
        "107,10,108,11,12",
        "107,10,108,11,12,x",
        "a,b,c,d",
        "",
        ",,,",
        "107;10;108;11",
        "١٠٧,10,108,11",
        "0x6b,10,108,11",
        "1_07,10,108,11",
        "107,10,108,11'--",
    ],
)
def test_bad_boxes(client: Client, plots: LayerVersion, bbox: str) -> None:
    problem(client.get(ITEMS, {"bbox": bbox}), 400, "bad-bbox")


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "many", "", "1e3", "٣", "00", " 5"])
def test_bad_limits(client: Client, plots: LayerVersion, limit: str) -> None:
    problem(client.get(ITEMS, {"limit": limit}), 400, "bad-limit")


@pytest.mark.parametrize(
    "after", ["-1", "x", "", "5", "1.2.3", "9" * 19 + ".1", "1.5;drop table", "999999.1"]
)
def test_bad_page_tokens(client: Client, plots: LayerVersion, after: str) -> None:
    problem(client.get(ITEMS, {"after": after}), 400, "bad-page")


@pytest.mark.parametrize(
    "query",
    [
        "area_measured=wide",
        "area_measured=NaN",
        "fenced=perhaps",
        "decided=31/02/2026",
        "status=sold",
        "status=",
        "status=leased&status=vacant",
        "unit=abc",
        "unit=999999",
        "sheet_no=" + "5" * 400,
        "Status=leased",
        "status%00=leased",
        "geometry=x",
        "id=1",
        "area_m2=wide",
        "filter-lang=cql-text",
        "skipGeometry=yes",
    ],
)
def test_bad_filters(client: Client, plots: LayerVersion, query: str) -> None:
    problem(client.get(f"{ITEMS}?{query}"), 400, "bad-filter")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sortby=nonsense", "bad-sort"),
        ("sortby=", "bad-sort"),
        ("sortby=uses", "bad-sort"),
        ("sortby=geometry", "bad-sort"),
        ("sortby=unit", "bad-sort"),
        ("sortby=--sheet_no", "bad-sort"),
        ("sortby=sheet_no,-sheet_no", "bad-sort"),
        ("sortby=sheet_no,parcel_no,name,code,status", "bad-sort"),
        ("properties=nonsense", "bad-properties"),
        ("properties=sheet_no,", "bad-properties"),
        ("properties=geometry", "bad-properties"),
        ("filter=", "filter-syntax"),
        ("filter=sheet_no", "bad-filter"),
        ("filter=nonsense = 1", "bad-filter"),
        ("datetime=yesterday", "bad-datetime"),
        ("datetime=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", "bad-datetime"),
        ("datetime=../..", "bad-datetime"),
    ],
)
def test_bad_orders_choices_and_conditions(
    client: Client, plots: LayerVersion, query: str, code: str
) -> None:
    problem(client.get(f"{ITEMS}?{query}"), 400, code)


@pytest.mark.parametrize("parameter", ["sortby={}", "properties={}", "filter={} = 1"])
def test_a_private_field_is_not_there_whatever_it_is_asked_for(
    client: Client, plots: LayerVersion, parameter: str
) -> None:
    answers = []
    for name in ("dispute", "nothing"):
        answer = client.get(f"{ITEMS}?{parameter.format(name)}")
        assert answer.status_code == 400
        answers.append(answer.content.decode().replace(name, "*"))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["dispute", "occupier", "nonsense"])
def test_a_private_field_is_refused_in_the_words_of_an_unknown_one(
    client: Client, plots: LayerVersion, name: str
) -> None:
    body = problem(client.get(ITEMS, {name: "1"}), 400, "bad-filter")
    assert body["detail"] == f"Không có tham số hoặc trường lọc “{name}”."


def test_zero_bytes_in_values_do_no_harm(client: Client, plots: LayerVersion) -> None:
    assert client.get(f"{ITEMS}?sheet_no=1%00").status_code == 200


@pytest.mark.parametrize("path", ["", "/items", "/queryables", f"/items/{NOBODY}"])
@pytest.mark.parametrize("slug", ["nowhere", "'--", "a" * 300, "%00", "Test-Plots"])
def test_unknown_layers(client: Client, plots: LayerVersion, slug: str, path: str) -> None:
    problem(client.get(f"/api/collections/{slug}{path}"), 404, "unknown-layer")


def test_a_layer_that_is_not_for_the_caller_answers_like_an_unknown_one(
    client: Client, publish_plots: Callable[..., LayerVersion], django_user_model: Any
) -> None:
    publish_plots([plot(1)], visibility="internal")
    hidden = client.get(ITEMS)
    unknown = client.get("/api/collections/nowhere/items")
    hidden_body = problem(hidden, 404, "unknown-layer")
    assert hidden_body["title"] == problem(unknown, 404, "unknown-layer")["title"]
    assert "test-plots" not in client.get("/api/collections").content.decode()
    client.force_login(django_user_model.objects.create_user("officer"))
    shown = client.get(ITEMS)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in shown.headers


def test_a_layer_without_data_says_so(client: Client, plots: LayerVersion) -> None:
    Layer.objects.filter(slug="test-plots").update(live_version=None)
    problem(client.get(ITEMS), 404, "layer-not-published")


@pytest.mark.parametrize("uid", ["x", "1", NOBODY, "%00", "' or 1=1"])
def test_unknown_items(client: Client, plots: LayerVersion, uid: str) -> None:
    problem(client.get(f"{ITEMS}/{uid}"), 404, "unknown-item")


def test_a_feature_that_is_gone_names_its_successors(
    client: Client, plots: LayerVersion, publish_plots: Callable[..., LayerVersion]
) -> None:
    first, second = Feature.objects.filter(version_id=plots.pk).order_by("id")[:2]
    publish_plots(plot(number) for number in range(1, 250))
    RetiredIdentity.objects.filter(uid=first.uid).update(successors=[second.uid])
    body = problem(client.get(f"{ITEMS}/{first.uid}"), 410, "item-retired")
    assert body["successors"] == [str(second.uid)]
    assert body["links"][0]["href"].endswith(f"/items/{second.uid}")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/", ITEMS, COLLECTION, "/api/search"])
def test_writing_is_refused(client: Client, plots: LayerVersion, path: str, method: str) -> None:
    response = getattr(client, method)(path, {"a": 1}, content_type="application/json")
    problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path", ["/api/", "/api/conformance", "/api/collections", COLLECTION, "/api/openapi.json"]
)
def test_unknown_parameters_are_named(client: Client, plots: LayerVersion, path: str) -> None:
    assert "colour" in problem(client.get(path, {"colour": "red"}), 400, "bad-filter")["detail"]


def test_a_format_that_there_is_not(client: Client, plots: LayerVersion) -> None:
    problem(client.get(ITEMS, {"f": "shp"}), 406, "not-acceptable")
    assert client.get(ITEMS, {"f": "geojson"}).status_code == 200


def test_an_address_that_there_is_not(client: Client, db: None) -> None:
    problem(client.get("/api/nothing/here"), 404, "not-found")


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=" + "a" * 201, "q=%00"])
def test_bad_questions(client: Client, db: None, query: str) -> None:
    problem(client.get(f"/api/search?{query}"), 400, "bad-query")


def test_messages_in_english_when_asked(client: Client, plots: LayerVersion) -> None:
    response = client.get(ITEMS, {"limit": "0", "lang": "en"})
    assert response.headers["Content-Language"] == "en"
    problem(response, 400, "bad-limit")


def test_a_form_without_its_token_has_a_name(db: None) -> None:
    stranger = Client(enforce_csrf_checks=True)
    problem(stranger.post(f"/api/exports/{NOBODY}/x.csv"), 403, "form-expired")
    page = stranger.post("/steward/keys/")
    assert page.status_code == 403
    assert "Biểu mẫu này đã hết hạn" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "host"), [("&".join(f"a{n}=1" for n in range(1001)), "testserver"), ("", "evil.test")]
)
def test_what_cannot_be_read_at_all_is_a_problem_too(
    client: Client, db: None, query: str, host: str
) -> None:
    there = client.get(f"/api/collections?{query}", headers={"host": host})
    problem(there, 400, "unreadable-request")
    page = client.get(f"/?{query}", headers={"host": host})
    assert (page.status_code, page.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
