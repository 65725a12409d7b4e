"""What a decision rests on: the comparison that counts, and who had the file in hands."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from importers.comparison import comparison_of, removals_of, report_of
from importers.models import ImportRun
from importers.report import render
from importers.run import run_import
from layers.models import Layer, LayerVersion
from layers.permissions import STEWARD
from tests.gis_portal.steward.test_pages import person, text, user_of
from tests.importers.made import plots, plots_geojson

pytestmark = pytest.mark.django_db


def send(path: Path, count: int, layer: Layer, by: str = "steward") -> ImportRun:
    """An import of so many plots that waits for a decision."""
    file = plots_geojson(path / f"{count}.geojson", count)
    return run_import(file, layer, dry_run=False, user=user_of(by))


def publish(path: Path, count: int, layer: Layer) -> None:
    file = plots_geojson(path / f"live-{count}.geojson", count)
    run_import(file, layer, publish=True, allow_removals="thử")


def staged_version(run: ImportRun) -> LayerVersion:
    version = ImportRun.objects.get(pk=run.pk).version
    assert version is not None
    return version


def press(client: Client, run: ImportRun, button: str, **said: str) -> int:
    return client.post(f"/steward/imports/{run.pk}/{button}/", said).status_code


def test_after_comparing_again_every_place_tells_the_new_figures(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    publish(tmp_path, 10, layer)
    waiting = send(tmp_path, 9, layer)
    publish(tmp_path, 20, layer)
    assert press(steward, waiting, "compare") == 302
    run = ImportRun.objects.get(pk=waiting.pk)
    assert run.diff["removed"] == 1, "the run's own record stays what was counted then"
    assert comparison_of(run) == staged_version(run).change
    page = text(steward, f"/steward/imports/{run.pk}/")
    assert "Mất</dt><dd>11</dd>" in page
    assert "Bản này bỏ 11 đối tượng" in page
    assert removals_of(run)["too_many"]
    assert "Muốn công bố phải ghi lý do" in page
    told = steward.get(f"/api/imports/{run.pk}").json()
    assert told["diff"]["removed"] == told["report"]["diff"]["removed"] == 11
    assert told["report"]["removals"]["share"] == pytest.approx(11 / 20)
    assert "mất 11" in render(report_of(run))


def test_lists_are_counted_as_they_were_compared(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_CHANGES_KEPT = 3
    layer, steward = plots(), person("steward", STEWARD)
    publish(tmp_path, 20, layer)
    run = send(tmp_path, 10, layer)
    page = text(steward, f"/steward/imports/{run.pk}/")
    assert 'Mất</span><span class="soft">10</span>' in page
    assert "00013" not in text(steward, f"/steward/imports/{run.pk}/changes/?what=removed&page=2")
