"""Folders that a hostile file, or its reader, fills or leaves: bounded and removed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from importers import jobs
from importers.confined.refusals import FileTooDemanding
from importers.folder_size import fits
from importers.heartbeat import Heartbeat
from importers.models import ImportRun
from importers.progress import StoppableProgress
from importers.removing import remove_tree, removed
from importers.running import private_folder
from tests.importers.made import plots

# Beyond Python's depth of calls, and beyond the longest path that the system takes.
DEPTH = 2500


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    """Pytest itself cannot remove such a tree."""
    yield
    for place in (tmp_path, Path(settings.MEDIA_ROOT) / "importing"):
        remove_tree(place)


def dig(folder: Path, depth: int = DEPTH) -> Path:
    """Folders in folders, a file in the last one."""
    folder.mkdir(parents=True)
    here = os.open(folder, os.O_RDONLY)
    for _level in range(depth):
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("people.dbf", os.O_CREAT, 0o600, dir_fd=here))
    os.close(here)
    return folder


def test_a_deep_tree_goes(tmp_path: Path) -> None:
    folder = dig(tmp_path / "deep")
    remove_tree(folder)
    assert not folder.exists()
    remove_tree(folder)


def test_what_links_lead_to_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    folder = tmp_path / "import"
    (folder / "inner").mkdir(parents=True)
    (folder / "one").symlink_to(outside)
    (folder / "inner" / "two").symlink_to(outside)
    remove_tree(folder)
    assert not folder.exists()
    link = tmp_path / "link"
    link.symlink_to(outside)
    assert not removed(link)
    assert (outside / "kept").exists()


def test_rights_are_no_hindrance(tmp_path: Path) -> None:
    """Root is not held up by them: another account shows more."""
    folder = tmp_path / "import"
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch(mode=0)
    for closed in (folder / "a" / "b", folder / "a", folder):
        closed.chmod(0)
    remove_tree(folder)
    assert not folder.exists()


def test_a_folder_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "import"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c").write_bytes(b"a" * 2**20)
    (folder / "a" / "link").symlink_to("/usr")
    assert fits(folder, most_bytes=2**21, most_entries=4)
    assert not fits(folder, most_bytes=2**20 - 1, most_entries=4)
    assert not fits(folder, most_bytes=2**21, most_entries=3)
    assert fits(tmp_path / "absent", most_bytes=0, most_entries=0)
    deep = dig(tmp_path / "deep")
    assert not fits(deep, most_bytes=2**40, most_entries=10**6)
    # pytest could not.
    remove_tree(deep)


@pytest.mark.django_db
def test_a_reader_that_fills_the_disk_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PORTAL_IMPORT_LIMITS", {"unpacked_bytes": 2**16})
    interrupted: list[Heartbeat] = []

    def interrupt(heartbeat: Heartbeat) -> None:
        interrupted.append(heartbeat)

    monkeypatch.setattr(Heartbeat, "_interrupt", interrupt)
    run = ImportRun.objects.create(layer=plots(), file_name="a", worker="here:1")
    progress = StoppableProgress(run)
    heartbeat = Heartbeat(progress)
    with private_folder(run) as folder:
        (folder / "usual").write_bytes(b"a" * 2**16)
        heartbeat.beat()
        assert not interrupted
        (folder / "endless").write_bytes(b"a" * 2**17)
        heartbeat.beat()
    assert interrupted == [heartbeat]
    with pytest.raises(FileTooDemanding):
        progress.checkpoint()


@pytest.mark.django_db
def test_the_sweeper_goes_on_past_a_bad_folder(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = Path(settings.MEDIA_ROOT) / "importing"
    bad, deep = root / "import-900001-1", dig(root / "import-900002-1")
    bad.mkdir()
    real = remove_tree

    def stumbles(folder: Path) -> None:
        if folder == bad:
            raise RecursionError
        real(folder)

    monkeypatch.setattr("importers.removing.remove_tree", stumbles)
    jobs.sweep()
    assert bad.exists()
    assert not deep.exists()
    assert "import-900001-1" in caplog.text
    monkeypatch.undo()
    # The lock of the bad one was given back: it goes as soon as it can.
    jobs.sweep()
    assert not bad.exists()


@pytest.mark.django_db
def test_a_stage_that_fails_keeps_no_other_from_its_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RuntimeError("stage")

    for name in ("close_dead_runs", "remove_left_folders", "start_waiting"):
        monkeypatch.setattr(f"importers.jobs.{name}", fails)
    run = ImportRun.objects.create(
        layer=plots(), file_name="a", worker="gone:1", attempts=jobs.MOST_ATTEMPTS
    )
    jobs.sweep()
    run.refresh_from_db()
    assert run.state == ImportRun.INTERRUPTED
    assert caplog.text.count("RuntimeError: stage") == 3
