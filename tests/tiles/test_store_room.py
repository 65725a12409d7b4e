"""What anybody may make the portal keep is bounded: notes of empty squares, room on the disk."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.gis.geos import Polygon
from django.test import Client

from layers.models import LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.test_store import HERE, STYLE, exact, get, kept_files
from tests.tiles.wsgi_call import call
from tiles import front, store, store_order, store_room
from tiles.grid import Tile
from tiles.source import source_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> LayerVersion:
    return published(plots_layer(style=STYLE), [f"A{number}" for number in range(20)])


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A disk of 10 GB and a million files, half of it free."""
    state = SimpleNamespace(
        f_frsize=4096, f_blocks=2_500_000, f_bavail=1_250_000, f_files=10**6, f_favail=500_000
    )
    monkeypatch.setattr(os, "statvfs", lambda _path: state)
    store_room.room.forget()
    yield state
    store_room.room.forget()


@pytest.mark.parametrize("tile", [Tile(14, 0, 0), Tile(22, 5, 5), Tile(9, 1, 1), Tile(3, 0, 0)])
def test_an_empty_square_beside_the_features_leaves_nothing(
    version: LayerVersion, tile: Tile
) -> None:
    for answer in (call(exact(version, tile)), call(exact(version, tile))):
        assert (answer.status, answer.headers["cache-control"]) == (204, front.FOR_EVER)
    assert kept_files() == []
    assert not list(Path(settings.PORTAL_TILE_STORE).rglob("*"))


@pytest.mark.parametrize(("z", "is_noted"), [(3, True), (16, True), (17, False), (22, False)])
def test_an_empty_square_between_features_is_noted_as_far_as_the_map_asks(
    version: LayerVersion, z: int, is_noted: bool
) -> None:
    rows = LayerVersion.objects.filter(pk=version.pk)
    rows.update(extent=Polygon.from_bbox((107.1, 10.5, 107.2, 10.6)))
    assert call(exact(version, Tile.at(z, 107.15, 10.55))).status == 204
    assert [Path(name).suffix for name in kept_files()] == [".none"] * is_noted


@pytest.mark.parametrize("what", ["f_bavail", "f_favail"])
def test_nothing_more_is_kept_at_the_disks_floor(
    client: Client, version: LayerVersion, disk: SimpleNamespace, what: str
) -> None:
    setattr(disk, what, 1000)
    assert get(client, exact(version)).status_code == 200
    assert not Path(settings.PORTAL_TILE_STORE).exists()
    setattr(disk, what, 500_000)
    store_room.room.forget()
    assert get(client, exact(version)).status_code == 200
    assert len(kept_files()) == 1


def test_the_disk_is_looked_at_now_and_then_only(
    version: LayerVersion, disk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def statvfs(path: object) -> SimpleNamespace:
        looked.append(path)
        return disk

    monkeypatch.setattr(os, "statvfs", statvfs)
    monkeypatch.setattr(store_room, "SECONDS", 1000.0)
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    for number in range(100):
        assert store.keep(shelf, f"14/1/{number}.mvt", b"x")
    assert len(looked) == 1


def test_a_file_system_that_counts_no_files_is_not_full_of_them(disk: SimpleNamespace) -> None:
    disk.f_files = disk.f_favail = 0
    assert store_room.lacking() == 0


def test_housekeeping_makes_room_notes_first(version: LayerVersion, disk: SimpleNamespace) -> None:
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    assert store.keep(shelf, "14/0/0.mvt", b"x")
    for number in range(50):
        assert store.keep_empty(shelf, f"15/{number}/0.mvt")
    disk.f_favail = store_room.FLOOR_FILES
    disk.f_files = 4 * 10**9
    assert store_order.hold_bound() == 0
    disk.f_favail -= 20
    store_order.keep_house()
    assert [Path(name).name for name in kept_files()] == ["0.mvt"]
    assert not list(Path(shelf.folder).glob("15/*"))


def test_folders_count_as_much_as_files(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    for number in range(200):
        assert store.keep_empty(shelf, f"15/{number}/{HERE.y}.mvt")
    monkeypatch.setattr(settings, "PORTAL_TILE_STORE_MB", 1)
    assert store_order.hold_bound() == 200
