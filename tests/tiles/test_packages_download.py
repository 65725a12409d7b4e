"""The file of a package by ranges of bytes, as browsers and map programs ask for it."""

import json
from typing import Any

import pytest
from django.test import Client
from pmtiles.reader import Reader

from layers.ondemand import download
from tests.layers.rows import plots_layer, published
from tiles.packages.model import Package
from tiles.packages.tasks import make_package

pytestmark = pytest.mark.django_db
PACKAGES = "/api/collections/test-plots/packages"


@pytest.fixture
def path(client: Client) -> str:
    """The address of a package that is ready."""
    published(plots_layer(style={"min_zoom": 7, "working_zoom": 14}), [f"A{n}" for n in range(30)])
    found = client.post(PACKAGES, "{}", content_type="application/json").json()
    make_package.call()
    package = Package.objects.get(pk=found["id"])
    assert package.state == Package.READY
    return f"/api/packages/{package.pk}/{package.name}"


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


def test_a_range_is_answered_as_asked(client: Client, path: str) -> None:
    whole = body(client.get(path))
    size = len(whole)
    for wanted, first, last in (
        ("bytes=0-126", 0, 126),
        ("bytes=100-", 100, size - 1),
        ("bytes=-10", size - 10, size - 1),
        (f"bytes=0-{size * 9}", 0, size - 1),
        (f"bytes=-{size * 9}", 0, size - 1),
        (f"bytes={size - 1}-{size - 1}", size - 1, size - 1),
    ):
        response = client.get(path, headers={"Range": wanted})
        assert response.status_code == 206, wanted
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert response.headers["Content-Length"] == str(last - first + 1)
        assert body(response) == whole[first : last + 1]


def test_a_range_that_is_not_there_is_named(client: Client, path: str) -> None:
    size = Package.objects.get().size
    for wanted in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        response = client.get(path, headers={"Range": wanted})
        assert response.status_code == 416, wanted
        assert response.headers["Content-Range"] == f"bytes */{size}"
        assert json.loads(response.content)["code"] == "bad-range"


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "lines=0-1", "bytes=-", "bytes=a-b", "bytes=9-3", "bytes", "\x00"]
)
def test_what_is_no_range_of_ours_gives_the_whole_file(
    client: Client, path: str, wanted: str
) -> None:
    response = client.get(path, headers={"Range": wanted})
    assert response.status_code == 200
    assert len(body(response)) == Package.objects.get().size


def test_a_broken_download_goes_on_where_it_broke(client: Client, path: str) -> None:
    first = client.get(path, headers={"Range": "bytes=0-999"})
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    rest = client.get(path, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert rest.status_code == 206
    assert body(first) + body(rest) == body(client.get(path))
    other = client.get(path, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (other.status_code, len(body(other))) == (200, Package.objects.get().size)
    dated = {"Range": "bytes=1000-", "If-Range": first.headers["Last-Modified"]}
    assert client.get(path, headers=dated).status_code == 206


def test_head_says_the_size_without_the_bytes(client: Client, path: str) -> None:
    response = client.head(path, headers={"Range": "bytes=0-9"})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(Package.objects.get().size)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert "attachment" in response.headers["Content-Disposition"]


def test_conditions_are_kept(client: Client, path: str) -> None:
    tag = client.head(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(path, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(path, headers={"If-Match": tag}).status_code == 200


def test_nothing_on_the_way_may_pack_it(client: Client, path: str) -> None:
    whole = client.get(path, headers={"Accept-Encoding": "gzip, br, zstd"})
    assert whole.headers["Content-Encoding"] == "identity"
    assert "no-transform" in whole.headers["Cache-Control"]
    assert "Cookie" not in whole.headers.get("Vary", "")
    assert len(body(whole)) == Package.objects.get().size


def test_pages_of_other_sites_may_read_ranges(client: Client, path: str) -> None:
    response = client.options(path, headers={"Access-Control-Request-Headers": "range"})
    assert response.status_code == 204
    assert "Range" in response.headers["Access-Control-Allow-Headers"]
    answer = client.get(path, headers={"Range": "bytes=0-16383", "Origin": "https://a.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert "ETag" in exposed
    assert "Content-Range" in exposed
    assert client.post(path).status_code == 405


def test_a_map_program_reads_single_tiles_by_ranges(client: Client, path: str) -> None:
    asked = []

    def get_bytes(offset: int, length: int) -> bytes:
        wanted = f"bytes={offset}-{offset + length - 1}"
        asked.append(wanted)
        response = client.get(path, headers={"Range": wanted})
        assert response.status_code == 206
        return body(response)

    from tiles.grid import Tile

    tile = Tile.at(14, 107.1005, 10.5005)
    assert Reader(get_bytes).get(tile.z, tile.x, tile.y)
    assert 2 <= len(asked) <= 5


def test_slow_downloads_leave_places_for_others(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "AT_ONCE", 10)
    slow = [client.get(path) for _ in range(2)]
    busy = client.get(path)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert client.get(path, headers={"Range": "bytes=0-9"}).status_code == 206
    for response in slow:
        assert len(body(response)) == Package.objects.get().size
    left = download.Stream(Package.objects.get().path, 0, 100)
    left.close()
    left.close()
    slow = [client.get(path) for _ in range(2)]
    assert [response.status_code for response in slow] == [200, 200]
    assert all(body(response) for response in slow)


def test_a_file_is_called_by_its_own_name(client: Client, path: str) -> None:
    assert client.get(path.replace("test-plots-v1", "other")).status_code == 404
    assert client.get("/api/packages/0/x.pmtiles").status_code == 404


def test_a_package_that_waits_has_no_file(client: Client, path: str) -> None:
    Package.objects.update(state=Package.WAITING)
    assert client.get(path).json()["code"] == "package-not-ready"
