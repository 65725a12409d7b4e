"""Golden points within 1 mm in pyproj and in PostGIS; no tearing at the seam; nothing guessed."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from layers import crs
from layers.errors import UnknownCrs

GOLDEN = Path(__file__).parent.parent / "data" / "golden_points.csv"
POINTS = list(csv.DictReader(GOLDEN.read_text(encoding="utf-8").splitlines()))
MILLIMETRE = 0.001


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p['place']}-{p['epsg']}")
def test_golden_points_in_pyproj(point: dict[str, str]) -> None:
    east, north = crs.transform_point(
        float(point["lon"]), float(point["lat"]), crs.WGS84, crs.by_code(point["epsg"])
    )
    assert math.hypot(east - float(point["east"]), north - float(point["north"])) < MILLIMETRE


@pytest.mark.django_db
@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p['place']}-{p['epsg']}")
def test_golden_points_in_postgis(point: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(g), ST_Y(g) FROM "
            "(SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) AS g) t",
            [float(point["lon"]), float(point["lat"]), crs.by_code(point["epsg"]).srid],
        )
        east, north = cursor.fetchone()
    assert math.hypot(east - float(point["east"]), north - float(point["north"])) < MILLIMETRE


def test_own_numbers_are_those_of_the_shared_table(shared: Path) -> None:
    table = (shared / "domain" / "sample_conversions.csv").read_text(encoding="utf-8")
    theirs = list(csv.DictReader(table.splitlines()))
    ours = [(p["place"], p["epsg"], float(p["east"]), float(p["north"])) for p in POINTS]
    assert ours == [
        (
            t["place"],
            t["epsg"],
            float(t["easting_E_m(EPSG:6960)"]),
            float(t["northing_N_m(EPSG:6960)"]),
        )
        for t in theirs
    ]


@pytest.mark.django_db
def test_a_square_across_the_seam_keeps_its_shape_in_both_libraries() -> None:
    """PROJ left alone changes the operation at lon 107.1111: corners would move by 0.80 m against
    each other.
    """
    grid = crs.by_code("EPSG:5899")
    x, y = crs.transform_point(107.1111, 10.60, crs.WGS84, grid)
    square = shapely.box(x - 50, y - 50, x + 50, y + 50)
    moved = crs.transform_geometries(np.array([square]), grid, crs.WGS84)
    back = crs.transform_geometries(moved, crs.WGS84, grid)[0]
    assert shapely.hausdorff_distance(square, back) < MILLIMETRE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Transform(ST_GeomFromWKB(%s, 4326), %s))",
            [shapely.to_wkb(moved[0]), grid.srid],
        )
        postgis = shapely.from_wkb(bytes(cursor.fetchone()[0]))
    assert shapely.hausdorff_distance(square, postgis) < MILLIMETRE
    assert postgis.area == pytest.approx(10_000, abs=0.01)


@given(
    st.sampled_from([c for c in crs.VN2000.values() if not c.is_geographic]),
    st.floats(-80_000, 80_000),
    st.floats(950_000, 2_500_000),
)
def test_every_zone_comes_back_to_where_it_started(
    zone: crs.Crs, east: float, north: float
) -> None:
    lon, lat = crs.transform_point(500_000 + east, north, zone, crs.WGS84)
    back = crs.transform_point(lon, lat, crs.WGS84, zone)
    # The inverse of a seven-parameter shift is itself approximate: up to 1.1 mm in the far west of
    # the country. That is why the source geometry is stored and not computed back.
    assert math.hypot(back[0] - 500_000 - east, back[1] - north) < 2 * MILLIMETRE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EPSG:5899", "EPSG:5899"),
        ("5899", "EPSG:5899"),
        ("VN-2000 107°45'", "EPSG:5899"),
        ("VN-2000 105°45′", "EPSG:9210"),
        ("OGC:CRS84", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/EPSG/0/9210", "EPSG:9210"),
        ("EPSG:2154", "EPSG:2154"),
    ],
)
def test_names_that_people_and_files_use(text: str, code: str) -> None:
    assert crs.by_code(text).code == code


@pytest.mark.parametrize("text", ["", "EPSG:1", "VN-2000", "VN-2000 107°46'", "somewhere"])
def test_an_unknown_name_is_refused(text: str) -> None:
    with pytest.raises(UnknownCrs):
        crs.by_code(text)


def test_a_prj_file_of_vn2000_is_recognised_by_name_or_shift_only() -> None:
    esri = CRS.from_epsg(5899).to_wkt("WKT1_ESRI")
    named = crs.identify(esri)
    assert named.crs == crs.by_code("EPSG:5899")
    assert not named.datum_shift
    shifted = crs.identify(crs.by_code("EPSG:5899").proj4)
    assert shifted.crs == crs.by_code("EPSG:5899")
    assert shifted.datum_shift
    plain = crs.identify(
        "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m"
    )
    assert plain.crs is None
    assert plain.candidate == crs.by_code("EPSG:5899")


def test_rubbish_is_not_named() -> None:
    assert crs.identify("GEOGCS[").crs is None
