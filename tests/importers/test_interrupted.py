"""An import that is stopped, or whose process died, says so and leaves nothing on disk."""

import os
import signal
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from importers.models import ImportRun
from importers.run import run_import
from tests.importers.made import plots, plots_geojson, written

pytestmark = pytest.mark.django_db


def from_keyboard(*_args: object) -> None:
    raise KeyboardInterrupt


def terminate(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("stop", [from_keyboard, terminate])
def test_a_stopped_import_is_recorded(
    stop: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plots()
    before = written()
    monkeypatch.setattr("importers.staging.load", stop)
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_layer",
            plots_geojson(tmp_path / "a.geojson"),
            layer="test-plots",
            publish=True,
            stderr=errors,
        )
    assert ended.value.code == 130
    assert errors.getvalue().count("\n") == 1
    run = ImportRun.objects.get()
    assert (run.state, run.error_code) == (ImportRun.INTERRUPTED, "interrupted")
    assert run.report["outcome"] == "bị ngắt giữa chừng"
    assert written() == before
    assert not list((Path(settings.MEDIA_ROOT) / "importing").iterdir())


def test_a_dead_run_is_closed_and_its_folder_removed(tmp_path: Path) -> None:
    layer = plots()
    dead = ImportRun.objects.create(layer=layer, file_name="dead.zip")
    left = Path(settings.MEDIA_ROOT) / "importing" / f"import-{dead.pk}"
    left.mkdir(parents=True)
    (left / "people.dbf").write_bytes(b"x")
    run_import(plots_geojson(tmp_path / "a.geojson"), layer)
    dead.refresh_from_db()
    assert (dead.state, dead.error_code) == (ImportRun.INTERRUPTED, "interrupted")
    assert dead.finished_at is not None
    assert not left.exists()


def test_a_living_run_is_left_alone(tmp_path: Path) -> None:
    layer = plots()
    living = ImportRun.objects.create(layer=layer, file_name="living.zip")
    folder = Path(settings.MEDIA_ROOT) / "importing" / f"import-{living.pk}"
    folder.mkdir(parents=True)
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7021, %s)", [living.pk])
        run_import(plots_geojson(tmp_path / "a.geojson"), layer)
    finally:
        other.close()
    living.refresh_from_db()
    assert living.state == ImportRun.RUNNING
    assert folder.exists()


def test_the_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def look(*_args: object) -> None:
        folders = list((Path(settings.MEDIA_ROOT) / "importing").iterdir())
        seen.extend(folder.stat().st_mode & 0o777 for folder in folders)

    monkeypatch.setattr("importers.run.check_position", lambda *_a, **_k: look())
    run_import(plots_geojson(tmp_path / "a.geojson"), plots())
    assert seen == [0o700]
