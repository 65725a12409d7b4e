"""What every answer passes: a busy database is named, and staff's pages are kept nowhere."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from gis_portal.maps import style_views, views
from layers.api import resource
from layers.models import LayerVersion
from tests.layers.rows import plots_layer, published
from tiles import mvt
from tiles import views as tile_views
from tiles.grid import Tile

pytestmark = pytest.mark.django_db
HERE = Tile.at(14, 107.1005, 10.5005)


@pytest.fixture
def version() -> LayerVersion:
    return published(plots_layer(style={"min_zoom": 7, "working_zoom": 14}), ["A1"])


def too_slow(*_args: object, **_named: object) -> Any:
    """A query that the database itself cancels; the test's transaction survives it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        cursor.execute("SELECT pg_sleep(5)")


@pytest.mark.parametrize(
    ("path", "place", "name"),
    [
        ("/", views, "visible_layers"),
        ("/layers/", views, "visible_layers"),
        ("/layers/test-plots/", views, "layer_by_slug"),
        ("/panel/place/?lon=107.1&lat=10.5", views, "place_at"),
        ("/style.json", style_views, "visible_layers"),
        ("/tiles/test-plots/tilejson.json", tile_views, "_visible"),
        ("/tiles/test-plots/{}/{}/{}/{}.mvt", mvt, "_run"),
        ("/api/collections/test-plots/items", resource, "standing_layer"),
    ],
)
def test_a_statement_that_takes_too_long_is_a_busy_server(
    client: Client,
    version: LayerVersion,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    place: Any,
    name: str,
) -> None:
    monkeypatch.setattr(place, name, too_slow)
    response = client.get(path.format(version.pk, HERE.z, HERE.x, HERE.y))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Cache-Control"] == "no-store"
    if path.startswith(("/api", "/tiles", "/style")):
        assert response.json()["code"] == "service-busy"
    else:
        assert "Máy chủ đang bận" in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/layers/", "/layers/test-plots/", "/design/"])
def test_pages_of_staff_are_kept_nowhere(client: Client, version: LayerVersion, path: str) -> None:
    assert "no-store" not in client.get(path).headers.get("Cache-Control", "")
    client.force_login(User.objects.create_user("officer"))
    assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_what_a_view_says_of_keeping_stands(client: Client, version: LayerVersion) -> None:
    client.force_login(User.objects.create_user("officer"))
    for path, said in (
        ("/style.json", "private, no-cache"),
        ("/tiles/test-plots/tilejson.json", "no-cache"),
        ("/api/collections/test-plots/items", "public, max-age=0, must-revalidate"),
    ):
        assert client.get(path).headers["Cache-Control"] == said
