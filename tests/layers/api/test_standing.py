"""A layer that is kept between requests answers as one that is fetched anew, at every moment."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.errors import UnknownLayer
from layers.models import Layer
from layers.standing import standing_layer, standing_layers
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
ITEMS = "/api/collections/test-plots/items"


@pytest.fixture
def layer() -> Layer:
    return published(plots_layer(), ["A1", "A2"]).layer


def test_it_is_fetched_once(layer: Layer) -> None:
    first = standing_layer("test-plots", AnonymousUser())
    with CaptureQueriesContext(connection) as queries:
        assert standing_layer("test-plots", AnonymousUser()) is first
    assert len(queries) == 1


def test_a_publication_is_seen_at_once(client: Client, layer: Layer) -> None:
    assert client.get(ITEMS).json()["numberMatched"] == 2
    published(layer, ["A1", "A2", "A3"])
    assert client.get(ITEMS).json()["numberMatched"] == 3


def test_an_edit_is_seen_at_once(client: Client, layer: Layer) -> None:
    before = client.get(ITEMS)
    edited = Layer.objects.get(pk=layer.pk)
    edited.title_vi = "Tên khác"
    edited.definition["licence"] = "CC0-1.0"
    edited.save()
    after = client.get(ITEMS)
    assert (after.json()["title"], after.json()["license"]) == ("Tên khác", "CC0-1.0")
    assert after.headers["ETag"] != before.headers["ETag"]


def test_who_may_see_it_is_asked_each_time(client: Client, layer: Layer) -> None:
    staff = User(username="staff")
    assert standing_layer("test-plots", staff) == standing_layer("test-plots", None)
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    assert standing_layer("test-plots", staff).slug == "test-plots"
    for reader in (None, AnonymousUser(), User(username="gone", is_active=False)):
        with pytest.raises(UnknownLayer):
            standing_layer("test-plots", reader)
    assert client.get(ITEMS).status_code == 404
    Layer.objects.filter(pk=layer.pk).delete()
    with pytest.raises(UnknownLayer):
        standing_layer("test-plots", staff)


def test_all_of_them_are_asked_for_at_once(client: Client, layer: Layer) -> None:
    """The search reads them all: parsing each declaration took longer than searching."""
    first = standing_layers(None)
    assert [one.slug for one in first] == ["test-plots"]
    with CaptureQueriesContext(connection) as queries:
        assert standing_layers(AnonymousUser())[0] is first[0] is standing_layer("test-plots", None)
    assert len(queries) == 2
    Layer.objects.filter(pk=layer.pk).update(title_vi="Tên khác")
    assert standing_layers(None)[0].title_vi == "Tên khác"
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    assert standing_layers(None) == []
    assert len(standing_layers(User(username="staff"))) == 1
    Layer.objects.filter(pk=layer.pk).update(live_version=None)
    assert standing_layers(User(username="staff")) == []
