"""Packages of tiles: asked for, made by the queue's worker, read back, downloaded, thrown away."""

import datetime as dt
import gzip
import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.utils import timezone
from pmtiles.reader import MemorySource, all_tiles

from layers.models import AdminUnit, Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.packages_asked import PACKAGES, address, ask, body_of, made, reader, state, work
from tiles import mvt
from tiles.grid import Tile
from tiles.packages import building, queue
from tiles.packages.model import Package, folder
from tiles.packages.tasks import make_package

pytestmark = pytest.mark.django_db
STYLE = {"min_zoom": 7, "working_zoom": 14}
CODES = [f"A{number}" for number in range(30)]


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style=STYLE, licence="CC-BY-4.0")


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, CODES, private={"restricted": {"owner": "Nguyễn Văn A"}})


def test_a_package_holds_the_tiles_of_the_server(client: Client, version: LayerVersion) -> None:
    found = made(client)
    response, body = body_of(client, address(found))
    assert response.status_code == 200
    assert len(body) == found["size"]
    package = reader(body)
    tilejson = client.get("/tiles/test-plots/tilejson.json").json()
    template = tilejson["tiles"][0].removeprefix("http://testserver")
    stored = {place: gzip.decompress(tile) for place, tile in all_tiles(MemorySource(body))}
    assert {place[0] for place in stored} == set(range(7, 17))
    asked = set()
    for zoom in range(7, 17):
        first = Tile.at(zoom, version.extent.extent[0], version.extent.extent[3])  # type: ignore[union-attr]
        last = Tile.at(zoom, version.extent.extent[2], version.extent.extent[1])  # type: ignore[union-attr]
        for x in range(first.x, last.x + 1):
            for y in range(first.y, last.y + 1):
                answer = client.get(
                    template.format(z=zoom, x=x, y=y), headers={"Accept-Encoding": "identity"}
                )
                asked.add((zoom, x, y))
                assert stored.get((zoom, x, y), b"") == answer.content
                if answer.content:
                    assert gzip.decompress(package.get(zoom, x, y)) == answer.content
    assert set(stored) <= asked


def test_it_says_what_it_is_and_whose(client: Client, version: LayerVersion) -> None:
    LayerVersion.objects.filter(pk=version.pk).update(data_date="2026-06-30", decision_no="12/QĐ")
    found = made(client)
    assert found["name"] == "test-plots-v1-2026-06-30.pmtiles"
    _response, body = body_of(client, address(found))
    header, metadata = reader(body).header(), reader(body).metadata()
    assert header["clustered"]
    assert (header["min_zoom"], header["max_zoom"]) == (7, 16)
    assert header["min_lon_e7"] == pytest.approx(107.1e7, abs=1)
    assert header["tile_compression"].name == "GZIP"
    assert [one["id"] for one in metadata["vector_layers"]] == ["test-plots", "test-plots.cells"]
    assert (metadata["license"], metadata["data_date"]) == ("CC-BY-4.0", "2026-06-30")
    assert (metadata["decision_no"], metadata["layer_version"]) == ("12/QĐ", 1)
    assert "Nguyễn" not in json.dumps(metadata, ensure_ascii=False)
    assert all(
        b"Nguy" not in gzip.decompress(tile) for _place, tile in all_tiles(MemorySource(body))
    )


def test_equal_tiles_are_stored_once(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mvt, "make_tile", lambda *_: b"the same everywhere")
    found = made(client)
    _response, body = body_of(client, address(found))
    header = reader(body).header()
    assert header["tile_contents_count"] == 1
    assert header["addressed_tiles_count"] > 10


def test_the_whole_layer_is_made_once_a_version(client: Client, version: LayerVersion) -> None:
    first = made(client)
    status, again = ask(client)
    assert (status, again["id"]) == (200, first["id"])
    assert ask(Client(REMOTE_ADDR="10.0.0.9"))[1]["id"] == first["id"]
    assert client.get(PACKAGES).json()["packages"][0]["id"] == first["id"]


def test_an_area_by_box_and_by_zooms(client: Client, version: LayerVersion) -> None:
    found = made(client, bbox=[107.1, 10.49, 107.11, 10.51], min_zoom=14, max_zoom=15)
    assert found["bbox"] == [107.1, 10.5, 107.11, 10.501]
    assert found["expires_at"]
    assert found["name"].endswith("-khu-vuc-z14-15.pmtiles")
    _response, body = body_of(client, address(found))
    places = [place for place, _tile in all_tiles(MemorySource(body))]
    assert {place[0] for place in places} == {14, 15}
    first, last = Tile.at(15, 107.1, 10.501), Tile.at(15, 107.11, 10.5)
    deep = [place for place in places if place[0] == 15]
    assert all(first.x <= x <= last.x and first.y <= y <= last.y for _z, x, y in deep)


def test_an_area_by_commune(client: Client, version: LayerVersion) -> None:
    unit = AdminUnit.objects.create(
        code="99001", level="commune", kind="Xã", name="Xã Thử", short_name="Thử", name_en="Thu",
        valid_from="2025-07-01",
        geom=MultiPolygon(Polygon.from_bbox((107.1, 10.49, 107.12, 10.51))),
    )  # fmt: skip
    found = made(client, unit="99001", max_zoom=15)
    assert (found["unit"], found["area"]) == (unit.code, "unit")
    assert "-99001-z7-15.pmtiles" in found["name"]
    assert ask(client, unit="12345")[1]["code"] == "unknown-unit"


def test_sizes_are_bounded(client: Client, version: LayerVersion, settings: Any) -> None:
    settings.PORTAL_PACKAGE_TILES = 10
    assert ask(client)[1]["code"] == "package-too-large"
    settings.PORTAL_PACKAGE_TILES, settings.PORTAL_PACKAGE_MB = 100_000, 0
    _status, found = ask(client)
    work()
    found = state(client, found)
    assert (found["state"], found["error"]["code"]) == ("failed", "package-too-large")
    assert [path.name for path in folder().iterdir()] == []
    settings.PORTAL_PACKAGE_MB = 10
    assert made(client)["id"] != found["id"]


def test_one_host_cannot_fill_the_disk(
    client: Client, version: LayerVersion, settings: Any
) -> None:
    settings.PORTAL_PACKAGES_EACH = 2
    for zoom in (14, 15):
        assert ask(client, bbox=[107.1, 10.4, 107.2, 10.6], max_zoom=zoom)[0] == 202
    status, found = ask(client, bbox=[107.1, 10.4, 107.2, 10.6], max_zoom=16)
    assert (status, found["code"]) == (429, "too-many-packages")
    other = Client(REMOTE_ADDR="10.0.0.9")
    assert ask(other, bbox=[107.1, 10.4, 107.2, 10.6], max_zoom=16)[0] == 202
    assert ask(client)[0] == 202, "the whole layer is everybody's"
    assert "127.0.0.1" not in json.dumps(list(Package.objects.values_list("host", flat=True)))


def test_a_proxy_of_ours_tells_hosts_apart(
    client: Client, version: LayerVersion, settings: Any
) -> None:
    settings.PORTAL_PACKAGES_EACH, box = 1, [107.1, 10.4, 107.2, 10.6]
    forged = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}

    def post(zoom: int, **headers: str) -> int:
        wish = json.dumps({"bbox": box, "max_zoom": zoom})
        return client.post(
            PACKAGES, wish, content_type="application/json", headers=headers
        ).status_code

    assert post(14) == 202
    assert post(15, **forged) == 429, "nobody is believed without a proxy of ours"
    settings.PORTAL_PROXIES = 1
    assert post(15, **forged) == 202
    assert post(16, **{"X-Forwarded-For": "9.9.9.9, 2.2.2.2"}) == 429


def test_the_room_for_all_is_bounded(client: Client, version: LayerVersion, settings: Any) -> None:
    Package.objects.filter(pk=made(client)["id"]).update(size=300 * 2**20)
    settings.PORTAL_PACKAGES_MB = 500
    assert ask(client, max_zoom=10)[0] == 202, "areas are counted apart"
    settings.PORTAL_PACKAGES_WAITING = 1
    assert ask(client, max_zoom=11)[1]["code"] == "too-many-packages"
    settings.PORTAL_PACKAGES_WAITING = 9
    Package.objects.filter(area="all").update(size=251 * 2**20)
    assert ask(client, max_zoom=11)[1]["code"] == "packages-full"


def test_the_share_of_areas_holds_while_they_are_made(
    client: Client, version: LayerVersion, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All were asked for while there was room."""
    monkeypatch.setattr(building, "BEAT_SECONDS", 0.0)
    settings.PORTAL_PACKAGES_MB = 500
    _status, found = ask(client, max_zoom=10)
    other = made(Client(REMOTE_ADDR="10.0.0.9"), max_zoom=9)
    Package.objects.filter(pk=found["id"]).update(state=Package.WAITING)
    Package.objects.filter(pk=other["id"]).update(size=251 * 2**20)
    make_package.call()
    assert state(client, found)["error"]["code"] == "packages-full"
    assert made(client)["state"] == "ready", "the layer's own finds its room"


def test_strangers_leave_places_and_go_last(
    client: Client, version: LayerVersion, settings: Any
) -> None:
    settings.PORTAL_PACKAGES_WAITING = 4
    anonymous = [ask(Client(REMOTE_ADDR=f"10.0.0.{zoom}"), max_zoom=zoom)[1] for zoom in (9, 10)]
    assert ask(client, max_zoom=11)[1]["code"] == "too-many-packages"
    officer = Client()
    officer.force_login(User.objects.create_user("officer"))
    own, whole = ask(officer, max_zoom=11)[1], ask(client)[1]
    for found in (whole, own, *anonymous):
        make_package.call()
        assert state(officer, found)["state"] == "ready"


def test_a_network_counts_as_one_host(client: Client, version: LayerVersion, settings: Any) -> None:
    settings.PORTAL_PACKAGES_EACH = 1

    def status(address: str, zoom: int) -> int:
        return ask(Client(REMOTE_ADDR=address), max_zoom=zoom)[0]

    assert status("2001:db8:1:2::1", 9) == 202
    assert status("2001:db8:1:2:ffff::7", 10) == 429
    assert status("2001:db8:1:3::1", 10) == 202
    assert status("::ffff:10.0.0.1", 11) == 202
    assert status("10.0.0.1", 12) == 429
    assert status("::ffff:10.0.0.2", 12) == 202


def test_what_failed_counts_for_an_hour(
    client: Client, version: LayerVersion, settings: Any
) -> None:
    settings.PORTAL_PACKAGE_MB, settings.PORTAL_PACKAGES_EACH = 0, 2
    for _time in range(2):
        assert ask(client, max_zoom=9)[0] == 202
        work()
    for zoom in (9, 10):
        assert ask(client, max_zoom=zoom)[1]["code"] == "too-many-packages"
    settings.PORTAL_PACKAGES_EACH = 100
    for _time in range(3):
        assert ask(Client(REMOTE_ADDR="10.0.0.9"), max_zoom=9)[0] == 202
        work()
    assert ask(client, max_zoom=9)[1]["code"] == "too-many-packages", "that wish, by anybody"
    settings.PORTAL_PACKAGES_EACH = 2
    Package.objects.update(started_at=timezone.now() - dt.timedelta(minutes=61))
    assert ask(client, max_zoom=9)[0] == 202


def test_what_expired_is_made_again(
    client: Client, version: LayerVersion, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.PORTAL_PACKAGES_EACH = 1
    found = made(client, max_zoom=12)
    old = Package.objects.get()
    Package.objects.update(expires_at="2026-01-01T00:00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        again = made(client, max_zoom=12)
    assert again["id"] != found["id"]
    assert not old.path.exists()
    assert client.get(address(again)).status_code == 200


def test_an_internal_layer_is_for_its_readers(client: Client) -> None:
    published(plots_layer(style=STYLE, visibility="internal"), CODES)
    assert client.get(PACKAGES).status_code == 404
    assert ask(client)[1]["code"] == "unknown-layer"
    reader_ = Client()
    reader_.force_login(User.objects.create_user("officer"))
    found = made(reader_)
    for path in (f"/api/packages/{found['id']}", address(found)):
        assert client.get(path).status_code == 404
    response, _body = body_of(reader_, address(found))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_layer_made_internal_takes_its_package_along(
    client: Client, version: LayerVersion
) -> None:
    found = made(client)
    raw = {**version.layer.definition, "visibility": "internal"}
    Layer.objects.filter(slug="test-plots").update(visibility="internal", definition=raw)
    assert client.get(address(found)).status_code == 404
    client.force_login(User.objects.create_user("officer"))
    assert client.get(address(found)).json()["code"] == "version-retired"


def test_a_replaced_version_takes_its_package_along(
    client: Client, layer: Layer, version: LayerVersion, django_capture_on_commit_callbacks: Any
) -> None:
    found = made(client)
    path = Package.objects.get().path
    published(layer, ["B1"])
    assert client.get(address(found)).json()["code"] == "version-retired"
    with django_capture_on_commit_callbacks(execute=True):
        queue.keep_house()
    assert not path.exists()
    assert client.get(address(found)).json()["code"] == "unknown-package"


def test_housekeeping_takes_what_expired_and_what_nobody_knows(
    client: Client, version: LayerVersion, django_capture_on_commit_callbacks: Any
) -> None:
    whole, area = made(client), made(client, max_zoom=12, bbox=[107.1, 10.4, 107.2, 10.6])
    Package.objects.filter(pk=area["id"]).update(expires_at="2026-01-01T00:00:00Z")
    stray = folder() / f"{uuid.uuid4()}.pmtiles"
    stray.write_bytes(b"left")
    assert client.get(address(area)).json()["code"] == "unknown-package"
    with django_capture_on_commit_callbacks(execute=True):
        queue.keep_house()
    assert {path.stem for path in folder().iterdir()} == {whole["id"]}
    assert set(Package.objects.values_list("pk", flat=True)) == {uuid.UUID(whole["id"])}


def test_a_lost_file_is_made_again(client: Client, version: LayerVersion) -> None:
    found = made(client)
    Package.objects.get().path.unlink()
    assert client.get(address(found)).json()["code"] == "unknown-package"
    assert client.get(PACKAGES).json()["packages"] == []
    assert made(client)["id"] != found["id"]


def test_housekeeping_takes_the_row_of_a_lost_file(client: Client, version: LayerVersion) -> None:
    made(client)
    Package.objects.get().path.unlink()
    queue.keep_house()
    assert not Package.objects.exists()


def test_another_site_cannot_ask_in_the_name_of_a_session(version: LayerVersion) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ask(client)[0] == 202, "nobody's session"
    client.force_login(User.objects.create_user("officer"))
    status, found = ask(client, max_zoom=12)
    assert (status, found["code"]) == (403, "token-missing")
