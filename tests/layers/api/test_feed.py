"""The Atom feeds: valid by RFC 4287, and what they tell of a publication."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from layers.api.feed import NAMES
from layers.models import Layer, LayerVersion
from layers.publish import publish, roll_back
from tests.layers.grounds import A, B, C, published, staged
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
FEED, OF_LAYER = "/api/feed.atom", "/api/collections/test-plots/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
OURS = f"{{{NAMES}}}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
OWNED = {"owner_org": {"vi": "Sở Thử & Đo", "en": "Test office"}, "licence": "CC-BY-4.0"}


@pytest.fixture
def layer() -> Layer:
    return plots_layer(**OWNED)


def read(client: Client, address: str, **query: Any) -> ET.Element:
    """The feed, checked against what RFC 4287 asks of every feed."""
    response = client.get(address, query)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    check_feed(feed)
    return feed


def check_feed(feed: ET.Element) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what must be there, once, and of which form."""
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text(element, "id"))
        for moment in (*element.iterfind(f"{ATOM}updated"), *element.iterfind(f"{ATOM}published")):
            assert RFC_3339.fullmatch(moment.text or ""), moment.text
        links = element.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("http") for link in links)
        assert len([link for link in links if link.get("rel") == "alternate"]) == 1
        assert len(element.findall(f"{ATOM}author/{ATOM}name")) == 1, "each has an author"
        assert len(element.findall(f"{ATOM}summary")) <= 1
    ids = [text(entry, "id") for entry in feed.iterfind(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    assert [link for link in feed.iterfind(f"{ATOM}link") if link.get("rel") == "self"]


def text(element: ET.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or element.findtext(f"{OURS}{name}") or ""


def entries(feed: ET.Element) -> list[ET.Element]:
    return feed.findall(f"{ATOM}entry")


def titles(feed: ET.Element) -> list[str]:
    return [text(entry, "title") for entry in entries(feed)]


def test_a_publication_says_who_how_many_when_and_why(client: Client, layer: Layer) -> None:
    person = get_user_model().objects.create_user("nguyen.van.a", first_name="Nguyễn Văn A")
    published(layer, {"a": A, "b": B})
    version = staged(layer, {"a": (0, 0, 20, 25), "c": C}, by=person)
    version.data_date, version.decision_no = dt.date(2026, 6, 30), "12/QĐ-UBND <b>\x07"
    version.removal_reason, version.is_illustrative = "thử", True
    version.save()
    publish(version, by=person, as_operator=True)
    feed = read(client, OF_LAYER)
    newest, first = entries(feed)
    assert text(newest, "title") == "Lô thử: phiên bản 2"
    assert newest.findtext(f"{ATOM}author/{ATOM}name") == "Sở Thử & Đo"
    assert text(newest, "rights") == "CC-BY-4.0"
    told = {name: text(newest, name) for name in ("added", "removed", "changedShape", "features")}
    assert told == {"added": "1", "removed": "1", "changedShape": "1", "features": "2"}
    assert text(newest, "dataDate") == "2026-06-30"
    assert text(newest, "decision") == "12/QĐ-UBND <b>"
    assert text(newest, "illustrative") == "true"
    assert text(newest, "summary") == (
        "Sở Thử & Đo công bố phiên bản 2, 2 đối tượng. Thêm 1, mất 1, đổi hình 1. "
        "Ngày dữ liệu: 30/06/2026. Quyết định: 12/QĐ-UBND <b>. "
        "Dữ liệu minh họa, không phải số liệu thật."
    )
    assert "Đây là lần công bố đầu tiên." in text(first, "summary")
    everything = ET.tostring(feed, "unicode")
    assert "nguyen" not in everything
    assert "Nguyễn" not in everything


def test_an_entry_leads_to_what_changed(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    published(layer, {"a": A, "b": B})
    newest = entries(read(client, OF_LAYER))[0]
    (related,) = [at for at in newest.iterfind(f"{ATOM}link") if at.get("rel") == "related"]
    answer = client.get(related.get("href", ""))
    assert [line["change"] for line in answer.json()["changes"]] == ["added"]


def test_going_back_is_a_publication(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    published(layer, {"a": A, "b": B})
    before = [text(entry, "id") for entry in entries(read(client, OF_LAYER))]
    layer.refresh_from_db()
    roll_back(layer, as_operator=True)
    feed = read(client, OF_LAYER)
    assert titles(feed)[0] == "Lô thử: quay lại phiên bản 1"
    assert text(entries(feed)[0], "removed") == "1"
    assert [text(entry, "id") for entry in entries(feed)[1:]] == before, "ids are for ever"


def test_private_changes_are_not_counted(client: Client, layer: Layer) -> None:
    published(layer, {"a": A}, owners={"a": "Ông A"})
    published(layer, {"a": A}, owners={"a": "Bà B"})
    newest = entries(read(client, OF_LAYER))[0]
    assert newest.find(f"{OURS}changed") is None
    assert "đổi thuộc tính" not in text(newest, "summary")


def test_values_are_counted_where_all_fields_are_public(client: Client) -> None:
    public = [field for field in plots_layer().definition["field"] if "visibility" not in field]
    layer = plots_layer(field=public)
    published(layer, {"a": A})
    published(layer, {"7": A})
    newest = entries(read(client, OF_LAYER))[0]
    assert text(newest, "changed") == "1"
    assert "đổi hình 0, chỉ đổi thuộc tính 1." in text(newest, "summary")


def test_the_feed_of_everything_holds_public_layers_only(
    client: Client, admin_client: Client
) -> None:
    published(plots_layer(), {"a": A})
    published(plots_layer(slug="test-inner", visibility="internal"), {"b": B})
    for reader in (client, admin_client):
        assert titles(read(reader, FEED)) == ["Lô thử: phiên bản 1"]
    inner = "/api/collections/test-inner/feed.atom"
    assert client.get(inner).status_code == 404
    assert len(entries(read(admin_client, inner))) == 1
    assert admin_client.get(inner).headers["Cache-Control"] == "private, no-store"
    LayerVersion.objects.filter(layer__slug="test-inner").update(first_public_at=None)
    plots_layer(slug="test-inner", visibility="public")
    opened = entries(read(client, inner))
    assert len(opened) == 1, "shown since it was opened"


def test_an_empty_feed_is_valid_and_stays_the_same(client: Client) -> None:
    assert entries(read(client, FEED)) == []
    assert client.get(FEED).content == client.get(FEED).content


def test_it_speaks_the_readers_language(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    feed = read(client, FEED, lang="en")
    assert titles(feed) == ["Test plots: version 1"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_feeds_are_tagged(client: Client, layer: Layer) -> None:
    published(layer, {"a": A})
    response = client.get(FEED)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Last-Modified"]
    tag = {"If-None-Match": response.headers["ETag"]}
    assert client.get(FEED, headers=tag).status_code == 304
    published(layer, {"a": A, "b": B})
    assert client.get(FEED, headers=tag).status_code == 200


def test_a_feed_costs_few_queries(
    client: Client, layer: Layer, django_assert_max_num_queries: Any
) -> None:
    for codes in ({"a": A}, {"a": A, "b": B}, {"b": B}):
        published(layer, codes)
    with django_assert_max_num_queries(4):
        client.get(FEED)


@pytest.mark.parametrize("address", [FEED + "?since=1", OF_LAYER + "?f=html"])
def test_bad_input_has_a_name(client: Client, layer: Layer, address: str) -> None:
    published(layer, {"a": A})
    response = client.get(address)
    assert (response.status_code, response.json()["code"]) == (400, "bad-filter")
