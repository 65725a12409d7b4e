"""The file that a version was made from stays with it, and goes when nobody needs it."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from importers import originals
from importers.models import ImportRun
from importers.refusals import FileChanged, FileMissing
from importers.run import run_import
from layers import publish
from tests.importers.made import plots, plots_geojson

pytestmark = pytest.mark.django_db
DAY = 86_400


def age(sha256: str, days: float = 2) -> None:
    """Make a kept file look old."""
    then = time.time() - days * DAY
    os.utime(originals.original_path(sha256), (then, then))


def test_a_version_keeps_its_file(tmp_path: Path) -> None:
    file = plots_geojson(tmp_path / "a.geojson")
    run = run_import(file, plots(), dry_run=False)
    assert run.version is not None
    kept = originals.original_path(run.version.source_sha256)
    assert kept.read_bytes() == file.read_bytes()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert run.version.source_size == file.stat().st_size


def test_a_check_and_a_refusal_keep_nothing(tmp_path: Path) -> None:
    layer = plots()
    run = run_import(plots_geojson(tmp_path / "a.geojson"), layer)
    assert run.file_sha256
    assert not originals.is_kept(run.file_sha256)


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    one, two = plots_geojson(tmp_path / "a.geojson"), plots_geojson(tmp_path / "b.geojson")
    assert originals.keep(one) == originals.keep(two)
    folder = originals.original_path(originals.keep(one)).parent
    assert len(list(folder.iterdir())) == 1
    assert originals.keep(originals.original_path(originals.keep(one))) == originals.keep(one)


def test_a_damaged_file_is_not_handed_out_and_is_mended_by_the_next_import(tmp_path: Path) -> None:
    file = plots_geojson(tmp_path / "a.geojson")
    sha256 = originals.keep(file)
    originals.original_path(sha256).write_bytes(b"x")
    with pytest.raises(FileChanged):
        originals.original_path(sha256)
    originals.keep(file)
    assert originals.original_path(sha256).read_bytes() == file.read_bytes()


def test_names_that_are_no_digest_lead_nowhere() -> None:
    for name in ("", "../../secret-key", "a" * 64, "A" * 64):
        with pytest.raises(FileMissing):
            originals.original_path(name)


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = plots_geojson(tmp_path / "a.geojson")
    layer = plots()
    keep = originals.keep

    def changed(path: Path, *, sha256: str = "") -> str:
        path.write_bytes(path.read_bytes() + b" ")
        return keep(path, sha256=sha256)

    monkeypatch.setattr(originals, "keep", changed)
    run = run_import(file, layer, publish=True)
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "file-changed")
    layer.refresh_from_db()
    assert layer.live_version is None
    assert not list((tmp_path / "files" / "originals").iterdir())


def test_files_that_nobody_needs_are_deleted(tmp_path: Path, settings: Any) -> None:
    layer = plots()
    first = run_import(plots_geojson(tmp_path / "a.geojson", 5), layer, publish=True)
    second = run_import(plots_geojson(tmp_path / "b.geojson", 6), layer, publish=True)
    stray = originals.keep(plots_geojson(tmp_path / "c.geojson", 7))
    for sha256 in (first.file_sha256, second.file_sha256):
        age(sha256)
    assert originals.drop_unneeded() == 0, "a file of today may be an import's that is running"
    age(stray)
    assert originals.drop_unneeded() == 1
    assert first.version is not None
    publish.discard(first.version)
    assert originals.drop_unneeded() == 0, "the run is younger than PORTAL_ORIGINALS_DAYS"
    settings.PORTAL_ORIGINALS_DAYS = 0
    assert originals.drop_unneeded() == 1
    assert not originals.is_kept(first.file_sha256)
    assert originals.is_kept(second.file_sha256)
