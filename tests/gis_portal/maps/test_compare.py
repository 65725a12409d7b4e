"""Two published versions compared: counts, lists, and only what everybody could read."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from gis_portal.maps import compare
from layers.models import Layer, LayerVersion
from tests.layers.grounds import A, B, C, D, published, staged
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
ADDRESS = "/layers/test-plots/compare/"
WIDER = (0, 0, 20, 25)


@pytest.fixture
def layer() -> Layer:
    """Three versions: plot a grows, c goes, d comes, at last a private value alone changes."""
    layer = plots_layer()
    published(layer, {"a": A, "b": B, "c": C})
    published(layer, {"a": WIDER, "b": B, "d": D})
    published(layer, {"a": WIDER, "b": B, "d": D}, owners={"b": "Nguyễn Văn Kín"})
    layer.refresh_from_db()
    return layer


def page(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == status, answer.content
    return unescape(answer.content.decode())


def counts(text: str) -> dict[str, str]:
    return {
        word: number for number, word in re.findall(r'numeric">([^<]*)</b> ([^<]+)</span>', text)
    }


def test_counts_lists_and_places(client: Client, layer: Layer) -> None:
    text = page(client, "?from=1&to=2")
    assert counts(text) == {"thêm mới": "1", "thay đổi": "1", "không còn": "1"}
    assert text.count("đổi hình") == 1
    for title in ("Lô a", "Lô c", "Lô d"):
        assert title in text
    assert "Lô b" not in text
    assert counts(page(client, "?from=2&to=1")) == counts(text)
    sides = json.loads(re.search(r'compare-sides" type="application/json">(.*?)<', text)[1])  # type: ignore[index]
    found = [
        {f["properties"]["code"] for f in client.get(side["items"]).json()["features"]}
        for side in sides
    ]
    assert found == [{"a", "b", "c"}, {"a", "b", "d"}]
    assert "datetime=" in sides[1]["items"]


def test_the_newest_two_are_compared_when_none_is_named(client: Client, layer: Layer) -> None:
    text = page(client)
    assert '<option value="2" selected' in text
    assert '<option value="3" selected' in text
    # A private value alone is no change that anybody is told of.
    assert counts(text) == {"thêm mới": "0", "thay đổi": "0", "không còn": "0"}
    assert "Nguyễn Văn Kín" not in text


def test_what_was_never_public_cannot_be_compared(client: Client, layer: Layer) -> None:
    staged(layer, {"a": A})
    LayerVersion.objects.filter(layer=layer, number=1).update(first_public_at=None)
    for query in ("?from=1&to=2", "?from=2&to=4", "?from=99", "?to=%00", "?from=-1"):
        assert "unknown-version" not in page(client, query, 404)
    assert 'value="1"' not in page(client)
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    page(client, "", 404)


def test_one_version_or_a_cut_list_is_said(client: Client) -> None:
    layer = plots_layer()
    assert "chưa có dữ liệu công bố" in page(client)
    published(layer, {"a": A})
    assert "mới công bố một phiên bản" in page(client)
    published(layer, {"b": B})
    LayerVersion.objects.filter(layer=layer, number=2).update(change={"added": 1})
    text = page(client)
    assert "Không còn đủ danh sách thay đổi" in text
    assert not counts(text)


def test_counts_say_when_they_are_not_all(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.changes.COUNTED", 2)
    compare.forget()
    assert "≥" in page(client, "?from=1&to=2")
    compare.forget()
