"""The lane before Django: the same answers with fewer questions; all else is Django's."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_portal import wsgi
from layers.errors import ServiceBusy
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.test_store import HERE, STYLE, exact, kept_files
from tests.tiles.wsgi_call import Called, call
from tiles import front, mvt
from tiles.coding import choose
from tiles.grid import Tile
from tiles.known import sources

pytestmark = pytest.mark.django_db
CACHING = (
    "cache-control",
    "etag",
    "vary",
    "access-control-allow-origin",
    "content-type",
    "content-encoding",
    "content-length",
    "x-content-type-options",
)
ACCEPTS = ("gzip, deflate, br, zstd", "gzip, deflate", "gzip;q=0, identity", "")


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style=STYLE)


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, [f"A{number}" for number in range(20)])


@pytest.fixture
def django_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that the lane left to Django."""
    paths: list[str] = []

    def noted(environ: dict[str, Any], start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return wsgi.portal(environ, start_response)

    monkeypatch.setattr(wsgi.application, "portal", noted)
    return paths


def seen(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, what caches and clients go by, body: of the lane and of Django's test client."""
    is_called = isinstance(answer, Called)
    headers = answer.headers if is_called else {n.lower(): v for n, v in answer.headers.items()}
    body = answer.body if is_called else answer.content
    kept = {name: headers[name] for name in CACHING if name in headers}
    # Django says of nothing that it is nothing; and "identity" to its own packing.
    for name, value in (("content-encoding", "identity"), ("content-length", "0")):
        if kept.get(name) == value:
            del kept[name]
    return answer.status if is_called else answer.status_code, kept, body


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("tile", [HERE, Tile(14, 0, 0), Tile(3, 6, 3), Tile(10, 816, 481)])
def test_the_lane_answers_as_django_does(
    version: LayerVersion, django_calls: list[str], accept: str, tile: Tile
) -> None:
    path = exact(version, tile)
    made, kept = call(path, Accept_Encoding=accept), call(path, Accept_Encoding=accept)
    from_store = Client().get(path, headers={"Accept-Encoding": accept})
    anew = Client(headers={"Cookie": "a=b"}).get(path, headers={"Accept-Encoding": accept})
    assert seen(made) == seen(kept) == seen(from_store) == seen(anew)
    assert not django_calls
    if made.status == 200:
        assert made.headers["etag"] == kept.headers["etag"]
        assert int(made.headers["content-length"]) == len(made.body)
        head = call(path, "HEAD", Accept_Encoding=accept)
        assert (head.headers, head.body) == (made.headers, b"")
        tag = made.headers["etag"]
        unchanged = call(path, Accept_Encoding=accept, If_None_Match=tag)
        assert (unchanged.status, unchanged.headers["etag"], unchanged.body) == (304, tag, b"")


def test_a_miss_is_one_statement_and_a_hit_none(
    version: LayerVersion, django_calls: list[str]
) -> None:
    call(exact(version))
    beside = exact(version, Tile(HERE.z + 1, HERE.x * 2, HERE.y * 2))
    call(beside)
    for path, expected in ((exact(version, Tile(16, 52260, 30840)), 1), (beside, 0)):
        with CaptureQueriesContext(connection) as queries:
            call(path)
        assert len(queries) == expected, queries.captured_queries
    assert not django_calls


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.partition("?")[0],
        lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"),
        lambda path: path.replace("/tiles/", "//tiles/"),
        lambda path: path.replace("test-plots", "road-centrelines"),
        lambda path: path.replace("/14/", "/99/"),
        lambda path: path.replace("test-plots/", "test-plots/../test-plots/"),
    ],
)
def test_what_is_not_exact_is_djangos(
    version: LayerVersion, django_calls: list[str], change: Any
) -> None:
    path = change(exact(version))
    answer = call(path)
    assert len(django_calls) == 1
    assert answer.status in (200, 404)
    assert answer.headers.get("cache-control") != front.FOR_EVER
    assert kept_files() == []


@pytest.mark.parametrize("change", [("?", "?x=1&"), ("/14/", "/014/"), ("?d=", "?%64=")])
def test_another_spelling_of_an_exact_address_is_answered_alike(
    version: LayerVersion, django_calls: list[str], change: tuple[str, str]
) -> None:
    expected = seen(call(exact(version)))
    assert seen(call(exact(version).replace(*change))) == expected
    assert len(django_calls) == 1
    assert len(kept_files()) == 1


def test_other_methods_and_cookies_are_djangos(
    version: LayerVersion, django_calls: list[str]
) -> None:
    assert call(exact(version), "POST").status in (403, 405)
    assert call(exact(version), Cookie="django_language=en").status == 200
    assert len(django_calls) == 2
    assert kept_files() == []


def test_internal_layers_are_djangos(django_calls: list[str]) -> None:
    version = published(plots_layer(style=STYLE, visibility="internal"), ["A1"])
    assert call(exact(version)).status == 404
    assert len(django_calls) == 1
    client = Client()
    client.force_login(User.objects.create_user("officer"))
    session = client.cookies["sessionid"].value
    answer = call(exact(version), Cookie=f"sessionid={session}")
    assert (answer.status, answer.headers["cache-control"]) == (200, "private, no-store")
    assert call(exact(version)).status == 404
    assert kept_files() == []


def test_a_layer_made_internal_gives_nothing_more(
    layer: Layer, version: LayerVersion, django_capture_on_commit_callbacks: Any
) -> None:
    path = exact(version)
    assert call(path).status == 200
    with django_capture_on_commit_callbacks(execute=True):
        plots_layer(style=STYLE, visibility="internal")
    assert call(path).status == 404


def test_a_retired_version_is_named(layer: Layer, version: LayerVersion) -> None:
    path = exact(version, Tile(15, HERE.x * 2, HERE.y * 2))
    published(layer, ["A1"])
    answer = call(path)
    assert (answer.status, b"version-retired" in answer.body) == (404, True)


def test_a_busy_database_is_asked_once(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def busy(*_args: Any) -> None:
        asked.append(1)
        raise ServiceBusy

    monkeypatch.setattr(mvt, "make_tile", busy)
    answer = call(exact(version))
    assert (answer.status, len(asked)) == (503, 1)
    assert answer.headers["retry-after"]
    assert b"service-busy" in answer.body


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP, zstd", "zstd"),
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("gzip; q=0.000, br", ""),
        ("zstd; q=0.0,gzip;q=0", ""),
        ("x-gzip", ""),
        ("zstd;q=0.001", "zstd"),
    ],
)
def test_the_coding_is_one_that_the_client_takes(header: str, expected: str) -> None:
    assert choose(header) == expected


def test_what_the_process_knew_is_forgotten_with_the_version(
    layer: Layer, version: LayerVersion
) -> None:
    path = exact(version, Tile(15, HERE.x * 2, HERE.y * 2))
    assert sources.get(version.pk) is not None
    published(layer, ["A1"])
    call(path)
    assert sources.get(version.pk) is None
