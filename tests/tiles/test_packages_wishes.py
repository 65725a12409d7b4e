"""Wishes for a package: what cannot be is refused by name, whatever bytes are sent."""

from typing import Any

import pytest
from django.test import Client

from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.packages_asked import PACKAGES, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style={"min_zoom": 7, "working_zoom": 14})


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, ["A1", "A2"])


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"min_zoom": 3}, 400, "bad-package"),
        ({"max_zoom": 17}, 400, "bad-package"),
        ({"min_zoom": 12, "max_zoom": 9}, 400, "bad-package"),
        ({"max_zoom": "1e1"}, 400, "bad-package"),
        ({"max_zoom": True}, 400, "bad-package"),
        ({"max_zoom": ""}, 400, "bad-package"),
        ({"unit": ""}, 400, "bad-package"),
        ({"bbox": ""}, 400, "bad-bbox"),
        ({"colour": "red"}, 400, "bad-package"),
        ({"bbox": [107, 10]}, 400, "bad-bbox"),
        ({"bbox": [0, 0, 1, 1]}, 422, "package-empty"),
        ({"bbox": "107.1,10.5,107.1,10.5"}, 400, "bad-package"),
        ({"bbox": [107.1, 10.4, 107.2, 10.6], "unit": "26506"}, 400, "bad-package"),
    ],
)
def test_a_wish_that_cannot_be_is_named(
    client: Client, version: LayerVersion, wish: dict[str, Any], status: int, code: str
) -> None:
    answer, found = ask(client, **wish)
    assert (answer, found["code"]) == (status, code)


def test_what_is_no_json_is_named(client: Client, version: LayerVersion) -> None:
    for body in ("{", "[1]", "7", "null", "[" * 100_000, '{"bbox": ' + "[" * 100_000):
        response = client.post(PACKAGES, body, content_type="application/json")
        assert (response.status_code, response.json()["code"]) == (400, "bad-package"), body[:20]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (r'{"unit": "\u0000"}', "bad-package"),
        (r'{"unit": "\ud800"}', "bad-package"),
        (r'{"unit": ["26506"]}', "bad-package"),
        (r'{"unit": "265061"}', "bad-package"),
        (r'{"\ud800": 1}', "bad-package"),
        (r'{"min_zoom": "\ud800"}', "bad-package"),
        (r'{"min_zoom": [' + "[" * 300 + "]" * 300 + "]}", "bad-package"),
        (r'{"bbox": [' + "[" * 300 + "]" * 300 + "]}", "bad-bbox"),
        (r'{"bbox": {"west": 107}}', "bad-bbox"),
        (r'{"bbox": ["\ud800", 1, 2, 3]}', "bad-bbox"),
        (r'{"bbox": [1e999, 1, 2, 3]}', "bad-bbox"),
        ('{"min_zoom": ' + "9" * 5000 + "}", "bad-package"),
    ],
)
def test_what_no_program_should_send_is_named(
    client: Client, version: LayerVersion, body: str, code: str
) -> None:
    response = client.post(PACKAGES, body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize("charset", ["zlib", "base64", "rot13", "utf-16", "idna", "none-such"])
def test_json_is_utf_8_whatever_is_said(
    client: Client, version: LayerVersion, charset: str
) -> None:
    content_type = f"application/json; charset={charset}"
    response = client.generic("POST", PACKAGES, b'{"max_zoom": 12}', content_type=content_type)
    assert response.status_code == 202


def test_boxes_a_metre_apart_are_different_wishes(client: Client, version: LayerVersion) -> None:
    first = ask(client, bbox=[107.10001, 10.4, 107.2, 10.6])[1]
    second = ask(client, bbox=[107.10002, 10.4, 107.2, 10.6])[1]
    assert first["id"] != second["id"]
    assert [first["bbox"][0], second["bbox"][0]] == [107.10001, 107.10002]
    assert ask(client, bbox=[107.100011, 10.4, 107.2, 10.6])[1]["id"] == first["id"]
