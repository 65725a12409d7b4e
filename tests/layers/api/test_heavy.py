"""Dear questions take few threads, so that the others stay free."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from layers import heavy
from layers.api import items
from layers.models import LayerVersion
from layers.queries import NOTHING, Page

ITEMS = "/api/collections/test-plots/items"


def slow(*_args: Any, **_more: Any) -> Page:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.4)")
    return NOTHING


def test_a_dear_filter_goes_on_only_where_there_is_a_place(
    client: Client, plots: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "QUICK_SECONDS", 0.05)
    dear = {"filter": "area_m2 > 1"}
    with heavy.PLACES, heavy.PLACES:
        assert client.get(ITEMS, dear).status_code == 200
    monkeypatch.setattr(items, "features_page", slow)
    assert client.get(ITEMS, dear).status_code == 200
    with heavy.PLACES, heavy.PLACES:
        assert client.get(ITEMS, {"bbox": "107,10,108,11"}).status_code == 200
        refused = client.get(ITEMS, dear)
    assert (refused.status_code, refused.json()["code"]) == (503, "service-busy")
    assert refused.headers["Retry-After"] == "5"
    for _time in range(2):
        assert heavy.PLACES.acquire(blocking=False)
    heavy.PLACES.release(2)
