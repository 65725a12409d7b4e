"""What was answered is written a moment later, by one thread, and never holds up an answer."""

import threading
from pathlib import Path

import pytest

from tests.layers.rows import plots_layer, published
from tiles import front, store
from tiles.source import source_of
from tiles.store_writing import MOST, Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> store.Shelf:
    version = published(plots_layer(), ["A1", "A2"])
    return front.shelf_of(source_of("test-plots", version.pk))


def test_what_was_taken_is_written(shelf: store.Shelf) -> None:
    writer = Writer()
    assert writer.keep(shelf, "14/1/1.mvt", b"packed", "gzip")
    assert writer.keep_empty(shelf, "14/1/2.mvt")
    writer.wait()
    assert store.read(shelf, "14/1/1.mvt", "gzip") == b"packed"
    assert store.is_empty(shelf, "14/1/2.mvt")


def test_a_slow_disk_loses_tiles_and_holds_up_nobody(
    shelf: store.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, write = threading.Event(), store.write

    def slow(*task: object) -> bool:
        go_on.wait(60)
        return write(*task)  # type: ignore[arg-type]  # as the writer gives it

    monkeypatch.setattr(store, "write", slow)
    writer = Writer()
    taken = [writer.keep(shelf, f"14/1/{n}.mvt", b"packed", "gzip") for n in range(MOST + 10)]
    # One may be in the writer's hand already.
    assert MOST <= taken.count(True) <= MOST + 1
    go_on.set()
    writer.wait()
    assert len(list(Path(shelf.folder).rglob("*.gz"))) == taken.count(True)


def test_a_shelf_that_goes_meanwhile_is_not_made_again(
    shelf: store.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its version ended between the answer and the writing."""
    go_on, write = threading.Event(), store.write

    def late(*task: object) -> bool:
        go_on.wait(60)
        return write(*task)  # type: ignore[arg-type]  # as the writer gives it

    monkeypatch.setattr(store, "write", late)
    writer = Writer()
    assert writer.keep(shelf, "14/1/1.mvt", b"packed", "gzip")
    store.remove(Path(shelf.folder))
    go_on.set()
    writer.wait()
    assert not Path(shelf.folder).exists()


def test_the_writer_outlives_a_failure(shelf: store.Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_task: object) -> bool:
        raise RuntimeError

    writer = Writer()
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", broken)
        assert writer.keep(shelf, "14/1/1.mvt", b"packed", "gzip")
        writer.wait()
    assert writer.keep(shelf, "14/1/2.mvt", b"packed", "gzip")
    writer.wait()
    assert store.read(shelf, "14/1/2.mvt", "gzip") == b"packed"
