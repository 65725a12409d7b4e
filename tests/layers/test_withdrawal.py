"""A field that is made private after publication is out of everybody's reach at once."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from layers import partitions
from layers.models import Layer, LayerVersion
from tests.layers.rows import DEFINITION, plots_layer, published

pytestmark = pytest.mark.django_db
SECRET = "CANARY"


def fields(**of_code: Any) -> list[dict[str, Any]]:
    """The plots' fields, with changes of the field `code`."""
    changed: list[dict[str, Any]] = deepcopy(DEFINITION["field"])
    changed[0] |= of_code
    return changed


@pytest.fixture
def layer() -> Layer:
    return plots_layer(field=fields(searchable="text"))


@pytest.fixture
def versions(layer: Layer) -> list[LayerVersion]:
    return [published(layer, [SECRET]), published(layer, [SECRET, "b"])]


def stored(version: LayerVersion) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        table = partitions.feature_table(version.pk)
        cursor.execute(f"SELECT properties::text, search FROM {table}")
        return list(cursor.fetchall())


def make_private() -> Layer:
    private = fields(visibility="restricted", filterable=False, searchable="")
    return plots_layer(field=private, key=[], label={}, popup={})


def test_its_values_leave_every_kept_version(layer: Layer, versions: list[LayerVersion]) -> None:
    assert any(SECRET in properties for properties, _search in stored(versions[0]))
    make_private()
    for version in versions:
        assert not any(SECRET in text for row in stored(version) for text in row)


def test_it_cannot_be_found_by_its_value(
    client: Client, layer: Layer, versions: list[LayerVersion]
) -> None:
    make_private()
    answer = client.get(reverse("api-search"), {"q": SECRET}).json()
    assert answer["results"] == []
    items = client.get(reverse("api-items", args=[layer.slug]))
    assert SECRET not in items.content.decode()


def test_other_fields_stay(layer: Layer, versions: list[LayerVersion]) -> None:
    make_private()
    assert all('"area": 100' in properties for properties, _search in stored(versions[1]))


def test_a_field_that_is_no_longer_searched_is_no_longer_found(
    client: Client, layer: Layer, versions: list[LayerVersion]
) -> None:
    plots_layer(field=fields(searchable=""))
    assert client.get(reverse("api-search"), {"q": SECRET}).json()["results"] == []
