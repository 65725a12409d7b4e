"""Values that a person says once for the whole file: where rows say nothing, never over a cell."""

import json
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command

from importers.fixed_values import BadFixedValue, parse_values
from importers.models import ImportRun
from importers.run import run_import
from layers.models import Feature
from tests.importers.made import geojson, planner_layer

pytestmark = pytest.mark.django_db

FIELDS = (
    {"name": "code", "type": "text", "required": True},
    {"name": "status", "type": "text", "required": True, "label": {"vi": "Tình trạng"}},
    {"name": "owner", "type": "text", "visibility": "restricted"},
)


def drawing(path: Path) -> Path:
    """Three squares; only the second says its status."""
    shapes = [shapely.box(107.1 + i / 100, 10.4, 107.105 + i / 100, 10.405) for i in range(3)]
    rows = [{"code": "1"}, {"code": "2", "status": "Bị lấn chiếm"}, {"code": "3", "status": ""}]
    return geojson(path, list(zip(shapes, rows, strict=True)))


def test_a_required_field_may_be_said_for_the_file(tmp_path: Path) -> None:
    layer = planner_layer("fixed-values", FIELDS)
    path = drawing(tmp_path / "a.geojson")
    said = {"Tình trạng": "Đang quản lý", "owner": "Nguyễn Văn Kín"}
    run = run_import(path, layer, publish=True, values=said)
    assert run.state == ImportRun.PUBLISHED
    assert run.version is not None
    stored = {f.key: f.properties for f in Feature.objects.filter(version_id=run.version.pk)}
    assert {key: values["status"] for key, values in stored.items()} == {
        "1": "Đang quản lý",
        "2": "Bị lấn chiếm",
        "3": "Đang quản lý",
    }
    told = json.dumps(run.report, ensure_ascii=False)
    assert "Tình trạng = Đang quản lý" in told
    assert "Nguyễn Văn Kín" not in told


def test_a_field_that_the_layer_has_not_is_refused(tmp_path: Path) -> None:
    layer = planner_layer("fixed-values", FIELDS)
    run = run_import(drawing(tmp_path / "a.geojson"), layer, values={"Trạng thái khác": "1"})
    assert (run.state, run.error_code) == (ImportRun.REFUSED, "bad-fixed-value")
    assert "Tình trạng" in run.error_detail


def test_the_command_takes_them(tmp_path: Path) -> None:
    planner_layer("fixed-values", FIELDS)
    path = drawing(tmp_path / "a.geojson")
    told = StringIO()
    call_command("import_layer", path, layer="fixed-values", value=["status=Trống"], stdout=told)
    assert "nạp được: 3" in told.getvalue()


def test_a_line_without_an_equals_sign_is_named() -> None:
    assert parse_values(["a = b", "", "c=d = e"]) == {"a": "b", "c": "d = e"}
    with pytest.raises(BadFixedValue):
        parse_values(["Tình trạng: Trống"])
