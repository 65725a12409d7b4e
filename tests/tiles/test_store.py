"""The store: what is kept, for whom, and that nothing of a dead or internal version survives."""

import gzip
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
import zstandard
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers import publish
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published, staged
from tiles import front, store, store_order
from tiles.grid import Tile
from tiles.source import source_of

pytestmark = pytest.mark.django_db
HERE = Tile.at(14, 107.1005, 10.5005)
STYLE = {"min_zoom": 7, "working_zoom": 14}
Commits = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def layer() -> Layer:
    return plots_layer(style=STYLE)


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer, [f"A{number}" for number in range(20)])


def exact(version: LayerVersion, tile: Tile = HERE) -> str:
    source = source_of("test-plots", version.pk)
    place = f"{tile.z}/{tile.x}/{tile.y}"
    return f"/tiles/test-plots/{version.pk}/{place}.mvt?d={source.digest}"


def kept_files() -> list[str]:
    """Everything in the store, by its path in it."""
    root = Path(settings.PORTAL_TILE_STORE)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def get(client: Client, path: str, accept: str = "gzip", **headers: str) -> Any:
    return client.get(path, headers={"Accept-Encoding": accept, **headers})


def test_a_tile_is_made_once_and_packed_once_for_each_coding(
    client: Client, version: LayerVersion
) -> None:
    path = exact(version)
    made = get(client, path)
    digest = path.partition("?d=")[2]
    name = f"test-plots/{version.pk}/{digest}/{HERE.z}/{HERE.x}/{HERE.y}.mvt"
    assert kept_files() == [f"{name}.gz"]
    with CaptureQueriesContext(connection) as queries:
        kept, zstd, plain = (get(client, path, a) for a in ("gzip", "br, zstd", "identity"))
    assert not queries.captured_queries
    assert kept_files() == [f"{name}.gz", f"{name}.zst"]
    assert (kept.content, dict(kept.headers)) == (made.content, dict(made.headers))
    bodies = {gzip.decompress(made.content), zstandard.decompress(zstd.content), plain.content}
    assert len(bodies) == 1
    assert mapbox_vector_tile.decode(bodies.pop())
    assert len({answer.headers["ETag"] for answer in (kept, zstd, plain)}) == 3


def test_an_empty_square_is_remembered(client: Client, version: LayerVersion) -> None:
    path = exact(version, Tile(3, 6, 3))
    assert get(client, path).status_code == 204
    assert kept_files() == [f"test-plots/{version.pk}/{path.partition('?d=')[2]}/3/6/3.mvt.none"]
    with CaptureQueriesContext(connection) as queries:
        answer = get(client, path)
    assert (answer.status_code, len(queries)) == (204, 0)
    assert answer.headers["Cache-Control"] == front.FOR_EVER


def test_the_validator_is_what_nginx_makes_of_the_file(
    client: Client, version: LayerVersion
) -> None:
    tag = get(client, exact(version)).headers["ETag"]
    (name,) = kept_files()
    seen = Path(settings.PORTAL_TILE_STORE, name).stat()
    assert tag == f'"{int(seen.st_mtime):x}-{seen.st_size:x}"'
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = get(client, exact(version), **{"If-None-Match": known})
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag)
        assert answer.headers["Cache-Control"] == front.FOR_EVER
    assert get(client, exact(version), **{"If-None-Match": '"other"'}).status_code == 200


def test_a_request_with_cookies_neither_takes_from_the_store_nor_gives(
    client: Client, version: LayerVersion
) -> None:
    path = exact(version)
    client.cookies["django_language"] = "en"
    with_cookie = get(client, path)
    assert with_cookie.status_code == 200
    assert kept_files() == []
    without = get(Client(), path)
    (name,) = kept_files()
    Path(settings.PORTAL_TILE_STORE, name).write_bytes(gzip.compress(b"another"))
    assert gzip.decompress(get(Client(), path).content) == b"another"
    assert get(client, path).content == with_cookie.content == without.content


def test_internal_layers_never_come_to_the_store(client: Client) -> None:
    version = published(plots_layer(style=STYLE, visibility="internal"), ["A1"])
    client.force_login(User.objects.create_user("officer"))
    source = source_of("test-plots", version.pk)
    address = exact(version)
    assert get(client, address).headers["Cache-Control"] == "private, no-store"
    assert kept_files() == []
    assert not store.keep(front.shelf_of(source), "14/1/1.mvt", b"x")
    assert kept_files() == []
    assert get(Client(), address).status_code == 404


def test_other_addresses_are_not_kept(client: Client, version: LayerVersion) -> None:
    bare = exact(version).partition("?")[0]
    for path in (bare, f"{bare}?d=000000000000"):
        assert get(client, path).status_code == 200
    assert kept_files() == []


def test_publishing_takes_the_former_version_away(
    client: Client,
    layer: Layer,
    version: LayerVersion,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    former = exact(version)
    get(client, former)
    with django_capture_on_commit_callbacks(execute=True):
        following = published(layer, ["A1"])
    assert kept_files() == []
    assert get(client, former, "identity").json()["code"] == "version-retired"
    assert get(client, exact(following)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        publish.roll_back(Layer.objects.get(pk=layer.pk), as_operator=True)
    assert kept_files() == []
    assert get(client, former).status_code == 200
    assert len(kept_files()) == 1


@pytest.mark.parametrize("change", [{"visibility": "internal"}, {"label": {"template": "{area}"}}])
def test_an_edited_layer_loses_what_was_kept(
    client: Client,
    version: LayerVersion,
    django_capture_on_commit_callbacks: Commits,
    change: dict[str, Any],
) -> None:
    get(client, exact(version))
    with django_capture_on_commit_callbacks(execute=True):
        plots_layer(style=STYLE, **change)
    assert kept_files() == []


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Something happens after a tile was made and before it is kept."""

    def arrange(happens: Callable[[], Any]) -> None:
        keep = store.keep

        def late(*args: Any) -> bool:
            happens()
            return keep(*args)

        monkeypatch.setattr(store, "keep", late)

    return arrange


@pytest.mark.parametrize("was_open", [True, False])
def test_a_tile_under_way_when_its_version_ends_is_not_kept(
    client: Client,
    layer: Layer,
    version: LayerVersion,
    django_capture_on_commit_callbacks: Commits,
    meanwhile: Callable[[Callable[[], Any]], None],
    was_open: bool,
) -> None:
    following = staged(layer, ["A1"])
    if was_open:
        get(client, exact(version, Tile(15, HERE.x * 2, HERE.y * 2)))

    def publish_it() -> None:
        if following.state == LayerVersion.STAGED:
            with django_capture_on_commit_callbacks(execute=True):
                publish.publish(following, as_operator=True)
            following.refresh_from_db()

    meanwhile(publish_it)
    assert get(client, exact(version)).status_code == 200
    assert kept_files() == []
    assert not list(Path(settings.PORTAL_TILE_STORE).glob("*/*"))


def test_a_folder_whose_version_ended_while_it_was_made_goes_again(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit and its clearing come between the question and the answer of a third process."""
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    monkeypatch.setattr(store, "may_stand", lambda _shelf: False)
    assert not store.keep(shelf, "1/1/1.mvt", b"x")
    assert not Path(shelf.folder).exists()


def test_order_is_made_after_a_crash_between_commit_and_clearing(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    get(client, exact(version))
    following = published(layer, ["A1"])  # its signals are not sent in a test's transaction
    get(client, exact(following))
    assert len(kept_files()) == 2
    assert store_order.settle() == 1
    (name,) = kept_files()
    assert name.startswith(f"test-plots/{following.pk}/")


def test_what_is_not_a_shelf_is_left_alone(version: LayerVersion) -> None:
    other = Path(settings.PORTAL_TILE_STORE, "lost+found")
    other.mkdir(parents=True)
    assert store_order.settle() == 0
    assert other.exists()


def test_the_bound_takes_notes_of_empty_squares_first_then_the_oldest(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    for number in range(3):
        assert store.keep(shelf, f"14/0/{number}.mvt", os.urandom(2**20 - 2**16))
    for number in range(200):
        store.keep_empty(shelf, f"14/1/{number}.mvt")
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 4)
    assert store_order.hold_bound() == 0
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 3)
    assert store_order.hold_bound() == 200
    assert len(kept_files()) == 3
    ages = {name: number for number, name in enumerate(kept_files())}
    monkeypatch.setattr(
        store_order, "_slot", lambda entry: (True, next(ages[n] for n in ages if n in entry.path))
    )
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 2)
    assert store_order.hold_bound() == 1
    assert kept_files() == sorted(ages)[1:]


def test_leftovers_of_killed_processes_are_swept(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    store.keep(shelf, "14/0/0.mvt", b"x")
    Path(shelf.folder, "14/0/.new-1.mvt-77-1").write_bytes(b"half")
    gone = Path(shelf.folder).with_name(".gone-77-1")
    (gone / "14").mkdir(parents=True)
    (gone / "14" / "1.mvt").write_bytes(b"x")
    store_order.sweep()
    assert [Path(name).name for name in kept_files()] == [".new-1.mvt-77-1", "0.mvt"]
    monkeypatch.setattr(store_order, "SECONDS_UNFINISHED", -1)
    store_order.keep_house()
    assert [Path(name).name for name in kept_files()] == ["0.mvt"]


def test_a_disk_that_cannot_be_written_costs_no_answer(
    client: Client, version: LayerVersion, tmp_path: Path
) -> None:
    (tmp_path / "tiles").write_text("a file where the folder should be")
    assert get(client, exact(version)).status_code == 200
    assert get(client, exact(version)).status_code == 200


def test_nothing_is_kept_when_the_store_is_off(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 0)
    assert get(client, exact(version)).status_code == 200
    assert kept_files() == []


def test_readers_never_see_half_a_file(version: LayerVersion) -> None:
    """Writers of the same name, a clearer and a reader at once."""
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    bodies = {bytes([number]) * 100_000 for number in range(4)}
    store.opened.shelves.add(shelf.folder)
    Path(shelf.folder).mkdir(parents=True)

    def write(body: bytes) -> None:
        for _ in range(50):
            store._write(shelf.folder, "1/1/1.mvt", body, 1)

    writers = [threading.Thread(target=write, args=(body,)) for body in bodies]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        found = store.read(shelf, "1/1/1.mvt")
        assert found is None or found in bodies
    assert store.read(shelf, "1/1/1.mvt") in bodies
    assert [Path(name).name for name in kept_files()] == ["1.mvt"]
