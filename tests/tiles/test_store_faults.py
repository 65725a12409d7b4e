"""The store after a machine that stopped, under a definition that cannot be read, with a database
that fails in part."""

from collections.abc import Callable
from pathlib import Path

import pytest
import worker
import zstandard
from django import db
from django.conf import settings

from importers import jobs
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published
from tests.tiles.test_front import seen
from tests.tiles.test_store import STYLE, exact, kept_files
from tests.tiles.wsgi_call import call
from tiles import coding, front, store, store_order
from tiles.source import source_of

pytestmark = pytest.mark.django_db
HALF = b"\x28\xb5\x2f\xfd\x04"


@pytest.fixture
def version() -> LayerVersion:
    return published(plots_layer(style=STYLE), [f"A{number}" for number in range(20)])


@pytest.mark.parametrize("left", [b"", b"\0" * 300, HALF, HALF + b"\0" * 300])
@pytest.mark.parametrize(("first", "then"), [("zstd", "gzip"), ("gzip", "zstd"), ("gzip", "")])
def test_a_damaged_file_is_made_again(
    version: LayerVersion, left: bytes, first: str, then: str
) -> None:
    path = exact(version)
    whole = {accept: seen(call(path, Accept_Encoding=accept)) for accept in (first, then)}
    for name in kept_files():
        Path(settings.PORTAL_TILE_STORE, name).unlink()
    call(path, Accept_Encoding=first)
    (name,) = kept_files()
    Path(settings.PORTAL_TILE_STORE, name).write_bytes(left)
    assert seen(call(path, Accept_Encoding=then)) == whole[then]


@pytest.mark.parametrize("left", [b"", b"\0" * 300])
@pytest.mark.parametrize("accept", ["zstd", "gzip"])
def test_a_damaged_file_is_not_answered(version: LayerVersion, left: bytes, accept: str) -> None:
    whole = seen(call(exact(version), Accept_Encoding=accept))
    (name,) = kept_files()
    file = Path(settings.PORTAL_TILE_STORE, name)
    body = file.read_bytes()
    file.write_bytes(left)
    assert seen(call(exact(version), Accept_Encoding=accept)) == whole
    assert file.read_bytes() == body


def test_what_is_packed_begins_as_it_is_looked_for() -> None:
    for packing, beginning in coding.BEGINNING.items():
        assert coding.pack(b"", packing).startswith(beginning)
    assert coding.BEGINNING[coding.ZSTD] == zstandard.FRAME_HEADER


def test_empty_files_are_swept_and_notes_are_not(version: LayerVersion) -> None:
    """nginx cannot see that a file is empty."""
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    for packing in (coding.ZSTD, coding.GZIP):
        store.keep(shelf, "14/0/0.mvt", b"", packing)
    store.keep(shelf, "14/0/1.mvt", b"x", coding.GZIP)
    store.keep_empty(shelf, "14/0/2.mvt")
    store_order.keep_house()
    assert [Path(name).name for name in kept_files()] == ["1.mvt.gz", "2.mvt.none"]


def _ended(version: LayerVersion) -> Path:
    """A shelf that lost its right to stand while nobody looked."""
    shelf = front.shelf_of(source_of("test-plots", version.pk))
    assert store.keep(shelf, "1/1/1.mvt", b"x")
    Layer.objects.filter(slug="test-plots").update(visibility="internal")
    return Path(shelf.folder)


@pytest.fixture
def beat(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """The worker's, on the connection that sees the test's rows."""
    monkeypatch.setattr(worker, "HEARTBEAT", tmp_path / "heartbeat")
    monkeypatch.setattr(db, "close_old_connections", lambda: None)
    return worker.beat


def test_the_worker_settles_whatever_else_fails(
    version: LayerVersion, monkeypatch: pytest.MonkeyPatch, beat: Callable[[], None]
) -> None:
    def fails(_name: str) -> None:
        raise RuntimeError

    folder = _ended(version)
    monkeypatch.setattr(jobs, "show_worker", fails)
    beat()
    assert not folder.exists()


def test_the_worker_does_the_rest_when_settling_fails(
    monkeypatch: pytest.MonkeyPatch, beat: Callable[[], None]
) -> None:
    def fails() -> None:
        raise RuntimeError

    shown: list[str] = []
    monkeypatch.setattr(store_order, "settle", fails)
    monkeypatch.setattr(jobs, "show_worker", shown.append)
    beat()
    assert shown == [worker.NAME]


def test_a_definition_that_cannot_be_read_stands_for_nothing_and_stops_nobody(
    version: LayerVersion,
) -> None:
    folder = _ended(version)
    other = published(plots_layer(slug="another", style=STYLE), ["B1"])
    shelf = front.shelf_of(source_of("another", other.pk))
    assert store.keep(shelf, "1/1/1.mvt", b"x")
    Layer.objects.filter(slug="another").update(definition={"slug": 7})
    assert store_order.settle() == 2
    assert not folder.exists()
    assert kept_files() == []
