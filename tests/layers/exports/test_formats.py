"""Every format is read back by programs of others: counts, values, Vietnamese, shapes, notes."""

import csv
import io
import json
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from django.test import Client
from pyproj import Transformer

from layers.models import Layer, LayerVersion
from tests.layers.exports.files import (
    EXPORT,
    FIELDS,
    LONG,
    ROWS,
    body,
    exported,
    exports_layer,
    in_grid,
    published,
    text,
)

pytestmark = pytest.mark.django_db
GIS = ("gpkg", "fgb", "shp.zip", "geojson", "geojsonl", "kml")


@pytest.fixture
def layer() -> Layer:
    return exports_layer()


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer)


def read(path: Path) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """(what GDAL says of the layer, its columns)."""
    info = pyogrio.read_info(path)
    meta, found = pyogrio.raw.read_arrow(path, layer=info["layer_name"])
    told = {"crs": info["crs"], "geometry_name": meta["geometry_name"]}
    return told, found.to_pydict()


# The readers of imports leave GDAL few drivers: KML is read where it has all of them.
READ_KML = """
import pickle, sys, pyogrio
info = pyogrio.read_info(sys.argv[1])
meta, found = pyogrio.raw.read_arrow(sys.argv[1])
told = {"crs": info["crs"], "geometry_name": meta["geometry_name"]}
sys.stdout.buffer.write(pickle.dumps((told, found.to_pydict())))
"""


def read_elsewhere(path: Path) -> Any:
    """As `read`, in a process of its own."""
    command = [sys.executable, "-c", READ_KML, str(path)]
    return pickle.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def table(path: Path) -> tuple[dict[str, Any], Any, list[dict[str, Any]]]:
    """(info, shapes, rows) as GDAL reads the file."""
    if path.is_dir():
        path = next(iter([*path.glob("*.shp"), *path.glob("*.geojsonl"), *path.glob("*.csv")]))
    info, columns = (read_elsewhere if path.suffix == ".kml" else read)(path)
    shapes = shapely.from_wkb(columns.pop(info["geometry_name"] or "wkb_geometry"))
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    # FlatGeobuf has an order of its own.
    order = sorted(range(len(rows)), key=lambda place: str(rows[place]["code"] or ""))
    return info, [shapes[place] for place in order], [rows[place] for place in order]


def alike(first: Any, second: Any, tolerance: float) -> None:
    """The same ground: each shape covers the other but for the tolerance."""
    for one, other in zip(first, second, strict=True):
        assert shapely.hausdorff_distance(one, other) <= tolerance


@pytest.mark.parametrize("ending", GIS)
def test_gdal_reads_it_back(
    client: Client, version: LayerVersion, tmp_path: Path, ending: str
) -> None:
    _info, shapes, rows = table(exported(client, ending, tmp_path))
    assert len(rows) == len(ROWS)
    alike(shapes, in_grid(4326), 1e-7)
    assert [row["code"] for row in rows] == [row["code"] for row in ROWS]
    first = rows[0]
    assert first["note"] == ROWS[0]["note"]
    assert first["area"] == pytest.approx(235.4)
    assert float(first["price"]) == 3_619_200_000_000
    assert first["area_m2"] == 100
    assert str(first["signed"]).replace("/", "-").startswith("2026-06-30")
    assert "owner" not in first


@pytest.mark.parametrize("ending", ["gpkg", "fgb"])
def test_values_keep_their_types(
    client: Client, version: LayerVersion, tmp_path: Path, ending: str
) -> None:
    _info, _shapes, rows = table(exported(client, ending, tmp_path))
    first = rows[0]
    assert first["leased"] is True
    assert first["floors"] == 2
    assert first["uses"] == "ONT, CLN"
    # FlatGeobuf knows moments only.
    assert first["signed"].isoformat()[:10] == "2026-06-30"
    assert "08:30" in str(first["opens"]) or "01:30" in str(first["opens"])
    assert rows[2]["note"] == LONG.strip() or rows[2]["note"] == LONG
    assert rows[1]["price"] is None


@pytest.mark.parametrize("epsg", [5899, 9210, 3405, 4756, 3857, 4326])
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp.zip"])
def test_programs_put_it_where_our_map_has_it(
    client: Client, version: LayerVersion, tmp_path: Path, ending: str, epsg: int
) -> None:
    """Not by the official code alone: that would be 0.8 m off west of 107.11 degrees."""
    path = exported(client, ending, tmp_path, f"?crs=EPSG:{epsg}")
    info, shapes, _rows = table(path)
    alike(shapes, in_grid(epsg), 1e-3 if epsg not in (4326, 4756) else 1e-8)
    back = Transformer.from_crs(info["crs"], "EPSG:4326", always_xy=True)
    degrees = shapely.transform(np.array(shapes), lambda xy: np.column_stack(back.transform(*xy.T)))
    alike(degrees, in_grid(4326), 2e-8)


def test_geojson_in_a_grid_names_it(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    info, shapes, _rows = table(exported(client, "geojson", tmp_path, "?crs=EPSG:5899"))
    assert info["crs"] == "EPSG:5899"
    alike(shapes, in_grid(5899), 2e-3)


def test_each_file_says_what_it_is(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    wanted = ("CC-BY-4.0", "2026-06-30", "12/QĐ-UBND", "Dữ liệu minh họa", "Đất ở nông thôn")
    told = {
        "geojson": exported(client, "geojson", tmp_path).read_text(encoding="utf-8"),
        "kml": exported(client, "kml", tmp_path).read_text(encoding="utf-8"),
        "fgb": exported(client, "fgb", tmp_path).read_bytes().decode("utf-8", "ignore"),
    }
    for ending in ("shp.zip", "csv.zip", "geojsonl.zip"):
        folder = exported(client, ending, tmp_path)
        told[ending] = (folder / "README.txt").read_text(encoding="utf-8")
        told[ending] += (folder / "fields.csv").read_text(encoding="utf-8")
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        assert about["decision_no"] == "12/QĐ-UBND"
    with sqlite3.connect(exported(client, "gpkg", tmp_path)) as database:
        rows = database.execute("SELECT name, value FROM about").fetchall()
        rows += database.execute("SELECT name, label_vi, meaning FROM fields").fetchall()
        told["gpkg"] = str(rows) + str(database.execute("SELECT * FROM gpkg_metadata").fetchall())
        assert database.execute("PRAGMA user_version").fetchone() == (10300,)
        titles = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
        assert titles["area"] == "Diện tích (m²)"
    book = openpyxl.load_workbook(exported(client, "xlsx", tmp_path))
    told["xlsx"] = str([row for name in book.sheetnames[1:] for row in book[name].values])
    for ending, words in told.items():
        assert [word for word in wanted if word not in words] == [], ending


def test_a_bare_file_leads_to_what_explains_it(client: Client, version: LayerVersion) -> None:
    link = client.head(f"{EXPORT}csv").headers["Link"]
    address = link[1 : link.index(">")].removeprefix("http://testserver")
    assert 'rel="describedby"' in link
    found = client.get(address).json()
    assert found["about"]["license"] == "CC-BY-4.0"
    assert [field["name"] for field in found["fields"]][:2] == ["uid", "code"]


def test_dbase_names_are_short_and_explained(
    client: Client, version: LayerVersion, tmp_path: Path
) -> None:
    folder = exported(client, "shp.zip", tmp_path)
    assert (folder / "test-exports.cpg").read_text() == "UTF-8"
    _info, _shapes, rows = table(folder)
    names = list(rows[0])
    assert all(len(name) <= 10 for name in names)
    assert len({name.upper() for name in names}) == len(names)
    text = (folder / "fields.csv").read_text(encoding="utf-8-sig")
    meant = {row["name"]: row["dbf_name"] for row in csv.DictReader(io.StringIO(text))}
    assert rows[0][meant["sheet_number_old"]] == "05"
    assert rows[0][meant["sheet_number_new"]] == "117"
    assert rows[0][meant["opens"]] == "2026-07-01T08:30:00+07:00"


def test_what_dbase_cuts_is_counted(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    folder = exported(client, "shp.zip", tmp_path)
    _info, _shapes, rows = table(folder)
    assert LONG.startswith(rows[2]["note"])
    assert 245 < len(rows[2]["note"].encode()) <= 254
    assert "(giới hạn của .dbf): 1." in (folder / "README.txt").read_text(encoding="utf-8")


def csv_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_csv_has_places_in_three_ways(
    client: Client, version: LayerVersion, tmp_path: Path
) -> None:
    degrees, grid = in_grid(4326), in_grid(5899)
    for row, shape in zip(csv_rows(exported(client, "csv", tmp_path)), degrees, strict=True):
        assert shape.contains(shapely.Point(float(row["lon"]), float(row["lat"])))
    for query in ("?coordinates=xy", "?crs=EPSG:5899", "?coordinates=xy&crs=EPSG:5899"):
        for row, shape in zip(
            csv_rows(exported(client, "csv", tmp_path, query)), grid, strict=True
        ):
            # X is north, Y is east.
            assert shape.contains(shapely.Point(float(row["Y"]), float(row["X"])))
            assert float(row["X"]) > 1_100_000 > float(row["Y"])
    rows = csv_rows(exported(client, "csv", tmp_path, "?coordinates=wkt&crs=EPSG:5899"))
    alike([shapely.from_wkt(row["wkt"]) for row in rows], grid, 2e-3)


def test_csv_values(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    rows = csv_rows(exported(client, "csv", tmp_path))
    assert [row["code"] for row in rows] == ["0012", "0013", "0014", "0015"]
    assert rows[2]["sheet_number_old"] == "'+84 254 3"
    assert (rows[0]["area"], rows[1]["area"], rows[0]["leased"]) == ("235.4", "-1.5", "true")
    assert rows[0]["note"] == ROWS[0]["note"]
    assert rows[1]["note"].startswith("'=HYPERLINK")
    assert rows[3]["note"] == "dòng một\ndòng hai"
    assert rows[0]["uses"] == "ONT, CLN"
    assert (rows[1]["price"], rows[1]["uses"]) == ("", "")


def test_pandas_like_readers_need_no_hint(
    client: Client, version: LayerVersion, tmp_path: Path
) -> None:
    path = exported(client, "csv.zip", tmp_path)
    assert {found.name for found in path.iterdir()} == {
        "test-exports.csv", "README.txt", "about.json", "fields.csv",
    }  # fmt: skip
    assert len(csv_rows(path / "test-exports.csv")) == len(ROWS)


def test_xlsx_reads_back(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(exported(client, "xlsx", tmp_path, "?coordinates=xy"))
    sheet = book["Dữ liệu"]
    cells: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head, labels, *rows = cells
    assert labels[head.index("area")] == "Diện tích"
    first = dict(zip(head, rows[0], strict=True))
    assert first["code"] == "0012"
    assert (first["area"], first["leased"], first["floors"]) == (235.4, True, 2)
    assert first["signed"].isoformat()[:10] == "2026-06-30"
    assert first["opens"].isoformat() == "2026-07-01T08:30:00"
    assert first["X"] > 1_100_000 > first["Y"]
    assert len(rows) == len(ROWS)


def test_no_cell_is_a_formula(client: Client, version: LayerVersion, tmp_path: Path) -> None:
    labelled = [{**one, "label": text("=1+1", "@SUM(1)")} for one in FIELDS]
    exports_layer(field=labelled)
    dictionary = exported(client, "csv.zip", tmp_path) / "fields.csv"
    assert "'=1+1,'@SUM(1)" in dictionary.read_text("utf-8")
    book = openpyxl.load_workbook(exported(client, "xlsx", tmp_path))
    cells = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    (risky,) = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert risky.quotePrefix


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
@pytest.mark.parametrize("ending", GIS)
def test_every_kind_of_shape_and_none(
    client: Client, tmp_path: Path, ending: str, kind: str
) -> None:
    layer = exports_layer(geometry=kind)
    shapes = {
        "point": ["POINT(107.1 10.5)", "POINT(107.2 10.5)"],
        "line": ["LINESTRING(107.1 10.5,107.2 10.6)", "MULTILINESTRING((107 10,107.1 10.1))"],
        "polygon": [
            "POLYGON((107 10,108 10,108 11,107 10),(107.5 10.1,107.6 10.1,107.6 10.2,107.5 10.1))",
            "MULTIPOLYGON(((107 10,107.1 10,107.1 10.1,107 10)),((108 10,109 10,109 11,108 10)))",
        ],
    }[kind]
    published(layer, [{"code": "1"}, {"code": "2"}], shapes)
    _info, found, _rows = table(exported(client, ending, tmp_path))
    alike(found, [shapely.from_wkt(shape) for shape in shapes], 1e-7)
    response = client.get(f"{EXPORT}{ending}?code=ZZZ")
    assert response.status_code == 200
    assert body(response) or ending == "geojsonl"


def test_a_flatgeobuf_finds_what_is_in_a_box(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several levels of the tree, and batches that end anywhere."""
    monkeypatch.setattr("layers.exports.rows.BATCH", 37)
    shapes = [f"POINT({106.5 + n % 31 / 50} {10.1 + n % 53 / 50})" for n in range(700)]
    rows = [{"code": str(number)} for number in range(700)]
    published(exports_layer(geometry="point"), rows, shapes)
    path = exported(client, "fgb", tmp_path)
    info = pyogrio.read_info(path)
    assert info["features"] == 700
    assert info["capabilities"]["fast_spatial_filter"]
    assert info["total_bounds"] == pytest.approx((106.5, 10.1, 107.1, 11.14))
    for box in ((106.5, 10.1, 106.7, 10.3), (106.9, 10.9, 108, 12), (1, 1, 2, 2)):
        found = pyogrio.raw.read(path, bbox=box, columns=["code"])[3][0]
        wanted = {
            row["code"]
            for row, shape in zip(rows, shapes, strict=True)
            if shapely.box(*box).intersects(shapely.from_wkt(shape))
        }
        assert set(found) == wanted


def test_values_of_former_types_are_kept_where_there_is_room(
    client: Client, layer: Layer, tmp_path: Path
) -> None:
    published(layer, [{"code": "1", "area": "chưa đo", "signed": "năm 2020"}])
    _info, _shapes, rows = table(exported(client, "gpkg", tmp_path))
    assert [rows[0][name] for name in ("area", "signed")] == [None] * 2
    (found,) = csv_rows(exported(client, "csv", tmp_path))
    assert [found[name] for name in ("area", "signed")] == ["chưa đo", "năm 2020"]
    told = json.loads(exported(client, "geojson", tmp_path).read_text(encoding="utf-8"))
    assert told["features"][0]["properties"]["area"] == "chưa đo"
