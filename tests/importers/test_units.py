"""The commune of each feature by its place, and rows that claim another one."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon

from importers.models import ImportIssue
from importers.run import run_import
from layers.crs import VN2000, WGS84, transform_geometries
from layers.models import AdminUnit, Feature, UnitSuccession
from tests.importers.made import EAST, NORTH, geojson, planner_layer, squares

pytestmark = pytest.mark.django_db
GRID = VN2000[5899]
FIELDS = [
    {"name": "commune", "type": "unit", "required": True},
    {"name": "no", "type": "text", "required": True},
]


def unit(code: str, west: float, *, since: dt.date, until: dt.date | None = None) -> AdminUnit:
    """A square commune of 1 km, `west` metres east of the test plots' corner."""
    box = shapely.box(EAST + west, NORTH - 500, EAST + west + 1000, NORTH + 500)
    shape = transform_geometries(np.array([box]), GRID, WGS84)[0]
    geom = MultiPolygon.from_ewkt(shapely.MultiPolygon([shape]).wkt)
    assert isinstance(geom, MultiPolygon)
    return AdminUnit.objects.create(
        code=code,
        level=AdminUnit.COMMUNE,
        kind="Xã",
        name=f"Xã {code}",
        short_name=code,
        name_en=code,
        valid_from=since,
        valid_to=until,
        geom=None if until else geom,
    )


def test_place_decides_and_claims_are_compared(tmp_path: Path) -> None:
    merged = dt.date(2025, 7, 1)
    west = unit("90001", 0, since=merged)
    east = unit("90002", 1000, since=merged)
    old = unit("90009", 0, since=dt.date(2004, 1, 1), until=merged)
    UnitSuccession.objects.create(old=old, new=west)
    layer = planner_layer("unit-plots", FIELDS, key=("commune", "no"), extent="province")
    shapes = [*squares(3), *squares(2, EAST + 1500), *squares(1, EAST + 5000)]
    codes = ["90001", "90009", "90002", "90002", "90001", "90001"]
    rows = [{"commune": code, "no": str(i)} for i, code in enumerate(codes)]
    file = geojson(tmp_path / "a.geojson", list(zip(shapes, rows, strict=True)), "EPSG:5899")
    run = run_import(file, layer, publish=True, data_date=dt.date(2026, 1, 1))
    assert run.version_id is not None
    stored = Feature.objects.filter(version_id=run.version_id)
    by_no = {f.properties["no"]: f for f in stored}
    found = [by_no[str(i)].unit_id for i in range(6)]
    assert found == [west.pk, west.pk, west.pk, east.pk, east.pk, None]
    # The key dates the code: it means this commune since the merger.
    assert by_no["0"].key == "90001@2025-07-01/0"
    issues = ImportIssue.objects.filter(run=run).values_list("row", "code", "value")
    assert set(issues) == {
        (3, "outside-commune", "90002 ≠ 90001"),
        (5, "outside-commune", "90001 ≠ 90002"),
        (6, "outside-province", ""),
    }


def test_a_parcel_over_the_border_says_how_much_lies_outside(tmp_path: Path) -> None:
    merged = dt.date(2025, 7, 1)
    unit("90001", 0, since=merged)
    unit("90002", 1000, since=merged)
    layer = planner_layer("unit-plots", FIELDS, key=("commune", "no"))
    over = shapely.box(EAST + 990, NORTH, EAST + 1030, NORTH + 20)
    file = geojson(tmp_path / "a.geojson", [(over, {"commune": "90001", "no": "1"})], "EPSG:5899")
    run = run_import(file, layer)
    issue = ImportIssue.objects.get(run=run, code="outside-commune")
    assert issue.value == "90001 ≠ 90002 (75 % diện tích nằm ngoài)"
