"""A field that becomes private while its file is imported is in no public row."""

from pathlib import Path
from typing import Any

import pytest

from importers import staging
from importers.models import ImportRun
from importers.run import run_import
from layers.errors import DefinitionChanged
from layers.models import Layer, LayerVersion
from layers.publish import publish, roll_back
from tests.importers.made import planner_layer, plots_geojson

pytestmark = pytest.mark.django_db


def declared(visibility: str) -> Layer:
    fields: list[dict[str, Any]] = [
        {"name": "code", "type": "text", "required": True},
        {"name": "name", "type": "text", "label": {"vi": "Tên khu"}, "visibility": visibility},
    ]
    return planner_layer("test-plots", fields)


def test_made_private_between_reading_and_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, context_of = declared("public"), staging.context_of

    def and_then_private(*args: Any) -> Any:
        context = context_of(*args)
        declared("officer")
        return context

    monkeypatch.setattr(staging, "context_of", and_then_private)
    run = run_import(plots_geojson(tmp_path / "a.geojson"), layer, dry_run=False)
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "definition-changed")
    assert not LayerVersion.objects.filter(layer=layer).exists()


def test_a_version_staged_under_another_declaration_is_not_published(tmp_path: Path) -> None:
    run = run_import(plots_geojson(tmp_path / "a.geojson"), declared("public"), dry_run=False)
    assert run.version is not None
    declared("officer")
    LayerVersion.objects.filter(pk=run.version.pk).update(public_fields=["code", "name"])
    with pytest.raises(DefinitionChanged, match="name"):
        publish(run.version, as_operator=True)


def test_withdrawn_values_hinder_neither_publication_nor_the_way_back(tmp_path: Path) -> None:
    path = plots_geojson(tmp_path / "a.geojson")
    first = run_import(path, declared("public"), publish=True)
    run = run_import(path, declared("public"), dry_run=False)
    layer = declared("officer")
    assert run.version is not None
    assert publish(run.version, as_operator=True).public_fields == ["code"]
    layer.refresh_from_db()
    assert roll_back(layer, as_operator=True) == first.version
