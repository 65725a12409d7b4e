"""Values that not everybody may read appear neither in issues nor in reports."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from importers.models import ImportIssue
from importers.report import render
from importers.run import run_import
from layers.models import Layer
from tests.importers import made
from tests.importers.made import geojson, planner_layer, plots, prj, squares
from tests.importers.test_units import unit

pytestmark = pytest.mark.django_db
HIDDEN = "•••"


def doubtful(visibility: str) -> Layer:
    """A layer whose fields of type land use, area and unit are not public."""
    fields: list[dict[str, Any]] = [
        {"name": "code", "type": "text", "required": True},
        {"name": "purpose", "type": "land_use", "visibility": visibility},
        {"name": "stated", "type": "decimal", "role": "area", "visibility": visibility},
        {"name": "commune", "type": "unit", "visibility": visibility},
        {"name": "day", "type": "date", "visibility": visibility},
    ]
    return planner_layer("test-doubtful", fields)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rows that every check has a remark on."""
    unit("99001", -500, since=dt.date(2025, 7, 1))
    row = {"purpose": "XYZ", "stated": "77777", "commune": "99002"}
    rows = [{"code": str(i), **row, "day": "mai" if i == 7 else ""} for i in range(40)]
    return geojson(
        tmp_path / "a.geojson", list(zip(squares(40, side=2), rows, strict=True)), "EPSG:5899"
    )


CODES = {"unknown-land-use", "area-far-off", "unknown-unit", "not-a-date"}


@pytest.mark.parametrize("visibility", ["officer", "restricted"])
def test_no_check_shows_a_private_value(visibility: str, file: Path) -> None:
    run = run_import(file, doubtful(visibility))
    issues = ImportIssue.objects.filter(run=run)
    assert {issue.code for issue in issues} >= CODES
    assert {issue.value for issue in issues} == {HIDDEN}
    text = json.dumps(run.report, ensure_ascii=False) + render(run.report)
    assert not [secret for secret in ("XYZ", "77777", "99002", "mai") if secret in text]


def test_public_values_are_shown(file: Path) -> None:
    run = run_import(file, doubtful("public"))
    shown = {issue.code: issue.value for issue in ImportIssue.objects.filter(run=run)}
    assert shown["unknown-land-use"] == "XYZ"
    assert shown["unknown-unit"] == "99002"
    assert HIDDEN not in shown.values()


def test_only_columns_of_public_fields_give_examples(tmp_path: Path) -> None:
    """A column that fills no field may hold anybody's name."""
    people = ["Trần Thị Ánh", "Lê Đức"]
    columns = {"code": ["1", "2"], "TENCHU": people, "paper": people, "name": ["Đất", "Đồi"]}
    file = made.shapefile(tmp_path, squares(2), columns, encoding="tcvn3", prj=prj(5899))
    run = run_import(file, plots())
    shown = {guess["column"]: guess["preview"] for guess in run.report["source"]["encodings"]}
    assert shown["TENCHU"] == shown["paper"] == []
    assert shown["name"]
    assert "Ánh" not in json.dumps(run.report, ensure_ascii=False) + render(run.report)
