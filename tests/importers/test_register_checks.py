"""What a register's own columns tell: areas by scale, land-use cells, numbers that stand twice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from importers.area_accuracy import allowed_difference
from importers.batch import Batch
from importers.models import ImportIssue, ImportRun
from importers.run import run_import
from importers.steps.land_use_parts import land_use_parts
from layers.catalogue import shipped_definitions
from layers.crs import WGS84
from layers.landuse import areas_by_code
from layers.models import Layer
from tests.importers.made import EAST, NORTH, geojson, planner_layer, squares

pytestmark = pytest.mark.django_db


def register(*, scale: bool = True, area: dict[str, Any] | None = None) -> Layer:
    """Parcels with the columns of a register (sổ mục kê)."""
    fields: list[dict[str, Any]] = [
        {"name": "commune", "type": "unit", "required": True},
        {"name": "sheet", "type": "text"},
        {"name": "no", "type": "text", "required": True},
        {"name": "area", "type": "decimal", "role": "area", "unit": "m²", "digits": 1}
        | (area or {}),
        {"name": "land_use", "type": "land_use"},
    ]
    fields += [{"name": "scale", "type": "scale"}] if scale else []
    return planner_layer("test-register", fields, key=("commune", "sheet", "no"))


def imported(
    folder: Path, layer: Layer, rows: list[dict[str, Any]], shapes: Any = None
) -> ImportRun:
    whole = [{"commune": "26560", "sheet": "1", "no": str(n), **r} for n, r in enumerate(rows)]
    shapes = squares(len(rows)) if shapes is None else shapes
    file = geojson(folder / "a.geojson", list(zip(shapes, whole, strict=True)), "EPSG:5899")
    return run_import(file, layer)


def found(run: ImportRun, *codes: str) -> list[tuple[int, str]]:
    """(row, value) of the issues with these codes."""
    return list(ImportIssue.objects.filter(run=run, code__in=codes).values_list("row", "value"))


# --- Areas ----------------------------------------------------------------------------------------
def test_the_tables_by_scale() -> None:
    """1:500, 100 m²: 0.81 m² by the table; 1:5000: the corners' 1.5 m decide."""
    allowed = allowed_difference(np.array([100.0, 400.0, 400.0]), np.array([500.0, 1000.0, 5000.0]))
    assert allowed == pytest.approx([0.81, 0.15 * 20, 1.5 * 20])


def test_areas_are_judged_by_the_scale_of_their_map(tmp_path: Path) -> None:
    """400 m² drawn; 4 m² more than that is much at 1:500 and nothing at 1:5000."""
    rows = [{"area": "404,0", "scale": scale} for scale in ("1:500", "1:1000", "1:2000", "1:5000")]
    run = imported(tmp_path, register(), rows)
    assert found(run, "area-mismatch") == [
        (1, "tệp 404,0 m², hình 400,0 m², chênh lệch 4,0 m² (tỷ lệ 1:500: đến 2,3 m²)"),
        (2, "tệp 404,0 m², hình 400,0 m², chênh lệch 4,0 m² (tỷ lệ 1:1.000: đến 3,0 m²)"),
    ]
    text = ImportIssue.objects.filter(run=run, code="area-mismatch")[0]
    assert "chênh lệch" in text.message
    assert "sai" not in text.message.split()
    assert "không phải giới hạn pháp lý" in text.hint


def test_a_map_without_a_scale_takes_the_usual_one(tmp_path: Path, settings: Any) -> None:
    rows = [{"area": "404,0"}, {"area": "404,0", "scale": "500"}]
    assert [row for row, _v in found(imported(tmp_path, register(), rows), "area-mismatch")] == [2]
    settings.PORTAL_MAP_SCALE = 500
    run = imported(tmp_path, register(scale=False), [{"area": "404,0"}])
    assert len(found(run, "area-mismatch")) == 1


def test_another_table_may_be_set(tmp_path: Path, settings: Any) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("scale,from_m2,to_m2,at_lower_m2,per_10_m2\n500,0,inf,100,0\n")
    settings.PORTAL_AREA_TOLERANCE = str(table)
    run = imported(tmp_path, register(), [{"area": "404,0", "scale": "500"}])
    assert found(run, "area-mismatch") == []


def test_hectares_are_rounded_hectares(tmp_path: Path) -> None:
    layer = register(area={"unit": "ha", "digits": 2})
    rows = [{"area": "0,04"}, {"area": "4"}]
    assert [row for row, _v in found(imported(tmp_path, layer, rows), "area-far-off")] == [2]


# --- Land-use cells -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "code", "value"),
    [
        ("ONT+CLN", "", ""),
        ("ONT 100; CLN 300,5", "land-use-parts", "ONT 100; CLN 300,5 → ONT+CLN"),
        ("ONT-C 100,5, CLN-P 99", "land-use-parts", "ONT-C 100,5, CLN-P 99 → ONT+CLN"),
        ("ONT*", "land-use-parts", "ONT* → ONT"),
        ("BHK", "legacy-land-use", "BHK → HNK"),
        ("ONT+NHK", "legacy-land-use", "NHK → HNK"),
        ("ONT+XYZ", "unknown-land-use", "XYZ (ONT+XYZ)"),
        ("1190", "not-a-land-use-code", "1190"),
    ],
)
def test_cells_with_several_codes_marks_and_areas(
    cell: str, code: str, value: str, tmp_path: Path
) -> None:
    rows = [{"land_use": cell}] + [{"land_use": "ONT"}] * 30
    run = imported(tmp_path, register(), rows)
    issues = ImportIssue.objects.filter(run=run, field="land_use")
    assert list(issues.values_list("code", "value")) == ([(code, value)] if code else [])
    refused = code == "not-a-land-use-code"
    assert run.rows_loaded == len(rows) - refused


def test_areas_of_purposes_go_to_the_field_that_the_register_has_for_them() -> None:
    (layer,) = (d for _raw, d in shipped_definitions() if d.slug == "public-land-parcels")
    cells = ["ONT:120;CLN:380", "ONT 1.200,5; CLN 5", "ONT-C 100; CLN 5", "ONT+CLN 5", "CLN", None]
    own = np.array([None, "ONT:1; CLN:2", None, None, None, None], dtype=object)
    columns = {"land_use_current": np.array(cells, dtype=object), "land_use_areas": own}
    for given in (columns, {"land_use_current": columns["land_use_current"]}):
        batch = Batch(given, np.full(6, None), np.arange(1, 7), WGS84)
        done, issues = land_use_parts(batch, layer)
        assert done.columns["land_use_current"].tolist() == ["ONT+CLN"] * 4 + ["CLN", None]
        second = "ONT:1; CLN:2" if given is columns else "ONT:1.200,5; CLN:5"
        kept = ["ONT:120; CLN:380", second, "ONT:100; CLN:5", None, None, None]
        assert done.columns["land_use_areas"].tolist() == kept
        # Said only where something is lost: the mark, and an area without its fellow.
        assert [issue.row for issue in issues] == [3, 4]
    assert areas_by_code(second) == {"ONT": 1200.5, "CLN": 5.0}
    assert areas_by_code("ONT:5; CLN") == areas_by_code("ONT:5; ONT:6") == {}


# --- Numbers that stand twice ---------------------------------------------------------------------
def test_doubles_name_both_rows_and_whether_the_shapes_are_one(tmp_path: Path) -> None:
    shapes = [*squares(3), *squares(1)]
    rows = [{"no": no} for no in ("1", "2", "2", "1")]
    run = imported(tmp_path, register(), rows, shapes)
    assert found(run, "duplicate-key") == [
        (3, "trùng với dòng 2, hình khác nhau"),
        (4, "trùng với dòng 1, hình giống nhau"),
    ]
    assert run.rows_loaded == 4


def test_heights_are_dropped_and_said(tmp_path: Path) -> None:
    shapes = shapely.force_3d(squares(2), 5.0)
    run = imported(tmp_path, register(), [{}, {}], shapes)
    assert run.report["flattened"]
    assert run.rows_loaded == 2


def test_an_open_ring_is_refused_with_its_place(tmp_path: Path) -> None:
    """A corner list written once round: GeoJSON asks for the first point again at the end."""
    layer = register()
    file = geojson(
        tmp_path / "a.geojson",
        [(s, {"commune": "26560", "sheet": "1", "no": str(n)}) for n, s in enumerate(squares(41))],
        "EPSG:5899",
    )
    document = json.loads(file.read_text(encoding="utf-8"))
    document["features"][1]["geometry"]["coordinates"][0].pop()
    file.write_text(json.dumps(document), encoding="utf-8")
    run = run_import(file, layer)
    issue = ImportIssue.objects.get(run=run, code="unclosed-ring")
    assert issue.row == 2
    assert (issue.x, issue.y) == pytest.approx((EAST + 40, NORTH))
    assert run.rows_read == 41
    assert run.rows_loaded == 40
