"""The planner's form: mistakes are named, and stored data keep what they were read by."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from layers.models import Layer, LayerField, Sector
from tests.layers.rows import published

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


def form(rows: list[Row], **changes: Any) -> dict[str, Any]:
    """What a browser sends: the layer and its rows (existing ones with their id)."""
    sent: dict[str, Any] = {
        "title_vi": "Đèn đường",
        "slug": "den-duong",
        "sector": Sector.objects.get(slug="transport").pk,
        "geometry_kind": "polygon",
        "visibility": "public",
        "position": 500,
        "colour": "#336699",
        "field_rows-TOTAL_FORMS": len(rows),
        "field_rows-INITIAL_FORMS": sum(1 for row in rows if "id" in row),
        **changes,
    }
    for place, row in enumerate(rows):
        sent |= {f"field_rows-{place}-{name}": value for name, value in row.items()}
    return sent


def row(name: str, **changes: Any) -> Row:
    kept = {"name": name, "type": "text", "label_vi": name, "visibility": "public", "position": 1}
    return {**kept, **changes}


def add(client: Client, rows: list[Row], **changes: Any) -> str:
    """The page that the answer shows; empty when the layer was saved."""
    answer = client.post(reverse("admin:layers_layer_add"), form(rows, **changes))
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        ([row("code")], {"slug": "Đèn đường"}, "Chỉ gồm chữ thường không dấu"),
        ([row("code"), row("code")], {}, "trùng lặp"),
        ([row("code")], {"colour_by": "code"}, "trường phải có kiểu choice hoặc land_use"),
        ([row("kind", type="choice")], {}, "cần danh sách"),
        ([row("kind", type="choice", choices="a = A\na = B")], {}, "ghi hai lần"),
        ([row("bbox", filterable="on")], {}, "dành cho tham số"),
        ([row("a", aliases="MA"), row("b", aliases="ma")], {}, "được khai cho hai trường"),
        ([row("code", visibility="officer", is_key="on")], {}, "trường công khai"),
    ],
)
def test_a_mistake_is_named(
    admin_client: Client, rows: list[Row], changes: dict[str, Any], words: str
) -> None:
    assert words in add(admin_client, rows, **changes)
    assert not Layer.objects.filter(slug="den-duong").exists()


def test_values_are_coloured_without_a_word_and_with_one(admin_client: Client) -> None:
    kind = row("kind", type="choice", choices="led = Đèn LED\nold = Đèn cũ = #112233")
    assert add(admin_client, [row("code", is_key="on"), kind], colour_by="kind") == ""
    choices = Layer.objects.get(slug="den-duong").parsed.by_name["kind"].type.choices
    assert [(c.value, c.vi, c.color) for c in choices] == [
        ("led", "Đèn LED", "#0072b2"),
        ("old", "Đèn cũ", "#112233"),
    ]


def test_data_are_expected_in_the_province_unless_said_otherwise(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:layers_layer_add")).content.decode()
    assert re.search(r'<input[^>]*name="in_province"[^>]*checked', page)
    assert add(admin_client, [row("code")], in_province="on") == ""
    assert Layer.objects.get(slug="den-duong").parsed.extent == "province"


@pytest.fixture
def with_data(admin_client: Client) -> Layer:
    assert add(admin_client, [row("code", is_key="on"), row("area")]) == ""
    layer = Layer.objects.get(slug="den-duong")
    published(layer, ["a"])
    return layer


def change(client: Client, layer: Layer, **of_area: Any) -> str:
    """Send the layer again with the row `area` changed."""
    stored = {r.name: r.pk for r in LayerField.objects.filter(layer=layer)}
    rows = [
        row("code", is_key="on", id=stored["code"]),
        {**row("area", id=stored["area"]), **of_area},
    ]
    for one in rows:
        one["layer"] = layer.pk
    answer = client.post(reverse("admin:layers_layer_change", args=[layer.pk]), form(rows))
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize("of_area", [{"name": "surface"}, {"type": "decimal"}, {"is_key": "on"}])
def test_what_data_were_read_by_stays(
    admin_client: Client, with_data: Layer, of_area: dict[str, str]
) -> None:
    assert "đã có dữ liệu nên không đổi được" in change(admin_client, with_data, **of_area)


def test_a_field_made_private_is_withdrawn_and_the_planner_is_told(
    admin_client: Client, with_data: Layer
) -> None:
    assert change(admin_client, with_data, visibility="officer") == ""
    page = admin_client.get(reverse("admin:layers_layer_changelist")).content.decode()
    assert "Đã gỡ khỏi dữ liệu công bố: area" in page
    with_data.refresh_from_db()
    items = admin_client.get(reverse("api-items", args=[with_data.slug])).json()
    assert "area" not in items["features"][0]["properties"]
