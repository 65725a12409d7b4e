"""Every file of the demo: counts, columns that map, determinism, positions."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_portal.demo.grid import geometries_to_lonlat
from gis_portal.demo.province import (
    FILES,
    MANIFEST,
    SEED,
    Province,
    write_lots_only,
    write_province,
)
from importers.columns import map_columns
from layers.landuse import parse_codes
from tests.gis_portal.demo.conftest import TODAY, ReadBack

COUNTS = {
    "administrative-units": 30,
    "public-land-parcels": 7571,
    "auction-lots": 60,
    "traffic-cameras": 89,
    "telecom-stations": 1959,
    "tourism-points": 150,
    "industrial-clusters": 15,
    "growing-areas": 60,
    "public-wifi": 120,
}
GEOMETRY = {"polygon": {3, 6}, "line": {1, 5}, "point": {0}}


@pytest.mark.parametrize("slug", [f.slug for f in FILES])
def test_columns_map_to_the_definition(slug: str, files: dict[str, ReadBack]) -> None:
    read = files[slug]
    mapping = map_columns(read.definition, read.source.fields)
    assert set(mapping.unused) <= {"Điểm"}


@pytest.mark.parametrize("slug", [f.slug for f in FILES])
def test_every_value_fits_its_field(slug: str, files: dict[str, ReadBack]) -> None:
    read = files[slug]
    mapping = map_columns(read.definition, read.source.fields)
    for name, column in mapping.source.items():
        kind = read.definition.by_name[name].type
        for value in set(read.columns[column].tolist()):
            coerced = kind.coerce(value)
            if coerced is not None and kind.name == "land_use":
                assert parse_codes(coerced), value


@pytest.mark.parametrize("slug", [f.slug for f in FILES])
def test_shapes_are_of_the_layer_s_kind_and_valid(slug: str, files: dict[str, ReadBack]) -> None:
    read = files[slug]
    assert set(shapely.get_type_id(read.shapes)) <= GEOMETRY[read.definition.geometry]
    assert shapely.is_valid(read.shapes).all()


@pytest.mark.parametrize(("slug", "count"), COUNTS.items())
def test_counts(slug: str, count: int, files: dict[str, ReadBack]) -> None:
    assert len(files[slug].shapes) == count


def test_plans_and_roads_are_more_than_a_few(files: dict[str, ReadBack]) -> None:
    assert 200 < len(files["land-use-plan"].shapes) < 600
    assert 80 < len(files["construction-plan"].shapes) < 400
    assert len(files["road-centrelines"].shapes) > 300


def test_both_grids_of_the_province_occur(files: dict[str, ReadBack]) -> None:
    east = shapely.get_coordinates(files["road-centrelines"].shapes)[:, 0]
    assert east.min() > 580_000  # 105°45′: the same land lies 200 km further east
    assert shapely.get_coordinates(files["growing-areas"].shapes)[:, 0].max() < 500_000


def test_units_are_a_coverage_with_their_centres_inside(
    files: dict[str, ReadBack], province: Province
) -> None:
    cells = [commune.cell for commune in province.communes]
    assert shapely.coverage_is_valid(cells)
    for commune in province.communes:
        assert commune.cell.contains(shapely.Point(commune.centre)), commune.name
    drawn = geometries_to_lonlat(cells)
    read = files["administrative-units"].shapes
    assert shapely.equals(drawn, read).all()


def test_shapes_of_units_resemble_the_official_areas(province: Province) -> None:
    drawn = np.array([commune.cell.area / 1e6 for commune in province.communes])
    official = np.array([commune.area_km2 for commune in province.communes])
    assert np.median(np.abs(drawn / official - 1)) < 0.25


def test_the_land_use_plan_covers_every_commune(
    files: dict[str, ReadBack], province: Province
) -> None:
    land = sum(commune.cell.area for commune in province.communes)
    assert shapely.area(files["land-use-plan"].shapes).sum() == pytest.approx(land, rel=1e-4)


def test_cameras_stand_along_national_road_51(
    files: dict[str, ReadBack], province: Province
) -> None:
    road = next(r for r in province.routes if r.code == "QL51")
    assert shapely.distance(files["traffic-cameras"].shapes, road.line).max() < 60
    assert set(files["traffic-cameras"].columns["NHOM"]) == {"Camera giao thông", "Camera an ninh"}


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_province(tmp_path, SEED, TODAY)
    for file in FILES:
        assert (tmp_path / file.name).read_bytes() == (folder / file.name).read_bytes(), file.name


@pytest.mark.long
def test_another_day_changes_only_the_lots(folder: Path, tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file.name).write_bytes((folder / file.name).read_bytes())
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    before = {f["slug"]: f["sha256"] for f in manifest["files"]}
    after = write_lots_only(tmp_path, SEED, TODAY + dt.timedelta(days=1))
    assert [f.slug for f in after if f.sha256 != before[f.slug]] == ["auction-lots"]


@pytest.mark.long
def test_another_seed_gives_another_province(folder: Path, tmp_path: Path) -> None:
    write_province(tmp_path, SEED + 1, TODAY)
    name = "thua-dat-cong.zip"
    assert (tmp_path / name).read_bytes() != (folder / name).read_bytes()
