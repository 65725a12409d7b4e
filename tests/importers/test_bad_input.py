"""Every bad file has its name; the command says it, exits with an error and writes nothing."""

import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command
from pyproj import CRS

from importers.georeference import named_crs
from importers.models import ImportIssue, ImportRun
from importers.run import run_import
from layers.models import Feature
from tests.importers.made import (
    EAST,
    NORTH,
    geojson,
    plot_rows,
    plots,
    plots_geojson,
    prj,
    shapefile,
    squares,
    table,
    workbook,
    write,
    written,
)

pytestmark = pytest.mark.django_db
ZERO_SHIFT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563],'
    'TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
NAMES = {"code": ["1", "2"], "name": ["Bà Rịa", "Vũng Tàu"]}


def refused(path: Path, **options: object) -> str:
    """The error code that the command ends with; checks that nothing was written."""
    before = written()
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_layer", str(path), layer="test-plots", stdout=out, **options)
    assert written() == before
    code = str(caught.value).partition("]")[0].lstrip("[")
    if run := ImportRun.objects.first():
        assert run.state == ImportRun.REFUSED
        assert run.error_code == code
        assert run.version is None
        assert f"LỖI [{code}]" in out.getvalue()
        assert "Cần làm" in out.getvalue()
    return code


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def _link(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("data.shp")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return path


def _vrt(path: Path) -> Path:
    return write(
        path,
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/hosts</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
    )


def _no_geometry(path: Path) -> Path:
    return geojson(path, [(None, row) for row in plot_rows(3)])


def _points(path: Path) -> Path:
    return geojson(path, [(shapely.Point(107, 10.5), row) for row in plot_rows(3)])


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.shp", bytes(50_000_000))
    return path


BAD_FILES: dict[str, tuple[str, str, Callable[[Path], Path]]] = {
    "empty": ("a.geojson", "empty-file", lambda p: write(p, b"")),
    "only spaces": ("a.csv", "empty-file", lambda p: write(p, b" \n ")),
    "no features": ("a.geojson", "empty-file", lambda p: geojson(p, [])),
    "no geometry": ("a.geojson", "no-geometry", _no_geometry),
    "wrong geometry type": ("a.geojson", "wrong-geometry-type", _points),
    "text as zip": ("a.zip", "broken-zip", lambda p: write(p, "code,lon,lat\n1,107,10")),
    "broken zip": ("a.zip", "broken-zip", lambda p: write(p, b"PK\x03\x04 no zip")),
    "empty zip": ("a.zip", "empty-file", lambda p: zipped(p, {})),
    "absolute name": ("a.zip", "unsafe-zip", lambda p: zipped(p, {"/etc/x.shp": b"x"})),
    "name with ..": ("a.zip", "unsafe-zip", lambda p: zipped(p, {"../x.shp": b"x"})),
    "zip in zip": ("a.zip", "unsafe-zip", lambda p: zipped(p, {"b.zip": b"PK"})),
    "link in zip": ("a.zip", "unsafe-zip", _link),
    "bomb": ("a.zip", "zip-too-large", _bomb),
    "vrt": ("a.geojson", "unsafe-file", _vrt),
    "streamed algorithm": (
        "a.geojson",
        "unsafe-file",
        lambda p: write(p, '{"type": "gdal_streamed_alg", "command_line": "gdal vector"}'),
    ),
    "linked crs": (
        "a.geojson",
        "unsafe-file",
        lambda p: write(
            p,
            '{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://x"}},'
            '"features":[]}',
        ),
    ),
    "kml": ("a.kml", "empty-file", lambda p: write(p, "<?xml version='1.0'?><kml></kml>")),
    "dwg as shp": ("a.shp", "unsupported-format", lambda p: write(p, b"AC1015\x00\x00")),
    "dgn v8": ("a.dgn", "unsupported-format", lambda p: write(p, b"\xd0\xcf\x11\xe0\xa1\xb1" * 9)),
    "half a json": ("a.geojson", "broken-file", lambda p: write(p, '{"type": "FeatureColl')),
    "deep json": ("a.geojson", "broken-file", lambda p: write(p, '{"a":' + "[" * 100_000)),
    "table without coordinates": (
        "a.csv",
        "bad-table",
        lambda p: table(p, ["code", "name"], [["1", "Bà Rịa"]]),
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_by_name(case: str, tmp_path: Path) -> None:
    plots()
    name, code, make = BAD_FILES[case]
    assert refused(make(tmp_path / name)) == code


def test_no_such_file(tmp_path: Path) -> None:
    plots()
    assert refused(tmp_path / "none.geojson") == "file-missing"


def test_unknown_layer(tmp_path: Path) -> None:
    assert refused(plots_geojson(tmp_path / "a.geojson")) == "unknown-layer"
    assert not ImportRun.objects.exists()


def test_unknown_crs(tmp_path: Path) -> None:
    plots()
    file = plots_geojson(tmp_path / "a.geojson")
    assert refused(file, crs="EPSG:999999") == "unknown-crs"
    assert refused(file, crs="hệ của tỉnh") == "unknown-crs"


def test_a_shapefile_without_prj_names_the_candidates(tmp_path: Path) -> None:
    plots()
    file = shapefile(tmp_path, squares(2), NAMES)
    assert refused(file) == "crs-missing"
    detail = ImportRun.objects.first().error_detail  # type: ignore[union-attr]
    assert "EPSG:5899" in detail
    assert "trong địa bàn" in detail


@pytest.mark.parametrize("missing", [".dbf", ".shp"])
def test_an_incomplete_shapefile(missing: str, tmp_path: Path) -> None:
    plots()
    file = shapefile(tmp_path, squares(2), NAMES, prj=prj(5899), without=[missing])
    assert refused(file) == "shapefile-incomplete"
    assert missing in ImportRun.objects.first().error_detail  # type: ignore[union-attr]


def test_a_shapefile_without_shx_is_read(tmp_path: Path) -> None:
    layer = plots()
    file = shapefile(tmp_path, squares(2), NAMES, prj=prj(5899), without=[".shx"])
    assert run_import(file, layer).rows_loaded == 2


def test_a_zone_of_vn2000_on_plain_wgs84_is_not_taken_for_vn2000(tmp_path: Path) -> None:
    plots()
    plain = CRS.from_proj4(
        "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +datum=WGS84 +units=m"
    )
    file = shapefile(tmp_path, squares(2), NAMES, prj=plain.to_wkt("WKT1_ESRI"))
    assert refused(file) == "crs-datum-unclear"


def test_swapped_axes_in_a_projected_file(tmp_path: Path) -> None:
    plots()
    turned = shapely.transform(squares(2), lambda xy: xy[:, ::-1])
    file = shapefile(tmp_path, turned, NAMES, prj=prj(5899))
    assert refused(file) == "axes-swapped"


def test_swapped_lon_and_lat(tmp_path: Path) -> None:
    plots()
    box = shapely.box(10.49, 107.1, 10.5, 107.2)
    file = geojson(tmp_path / "a.geojson", [(box, plot_rows(1)[0])])
    assert refused(file) == "axes-swapped"


def test_swapped_columns_of_a_table_show_both_readings(tmp_path: Path) -> None:
    plots(geometry="point")
    file = table(tmp_path / "a.csv", ["code", "X", "Y"], [["1", EAST, NORTH]])
    assert refused(file, crs="EPSG:5899") == "axes-swapped"
    detail = ImportRun.objects.first().error_detail  # type: ignore[union-attr]
    assert detail.count("Bắc =") == 2


def test_wrong_meridian_names_the_right_one(tmp_path: Path) -> None:
    plots(extent="province")
    file = plots_geojson(tmp_path / "a.geojson", 4)
    assert refused(file, crs="EPSG:9210") == "wrong-meridian"
    assert "EPSG:5899" in ImportRun.objects.first().error_detail  # type: ignore[union-attr]


def test_outside_the_province_in_every_reading(tmp_path: Path) -> None:
    plots(extent="province")
    file = geojson(tmp_path / "a.geojson", [(shapely.box(2, 48, 2.1, 48.1), plot_rows(1)[0])])
    assert refused(file) == "outside-province"


def test_degrees_said_to_be_metres_and_the_other_way(tmp_path: Path) -> None:
    plots()
    degrees = geojson(
        tmp_path / "d.geojson", [(shapely.box(107, 10, 107.1, 10.1), plot_rows(1)[0])]
    )
    assert refused(degrees, crs="EPSG:5899") == "degrees-in-projected"
    metres = plots_geojson(tmp_path / "m.geojson", 2)
    assert refused(metres, crs="EPSG:4326") == "metres-in-geographic"


def test_outside_the_area_of_the_system(tmp_path: Path) -> None:
    plots()
    assert refused(plots_geojson(tmp_path / "a.geojson", 2), crs="EPSG:2154") == "outside-crs-area"


def test_a_missing_column_is_named_with_what_is_there(tmp_path: Path) -> None:
    plots()
    rows = [{"ten": "x"}]
    assert refused(plots_geojson(tmp_path / "a.geojson", rows=rows)) == "missing-columns"
    assert "ten" in ImportRun.objects.first().error_detail  # type: ignore[union-attr]


def test_two_sheets_need_a_choice(tmp_path: Path) -> None:
    plots(geometry="point")
    rows: list[list[object]] = [["code", "lon", "lat"], ["1", 107.1, 10.4]]
    file = workbook(tmp_path / "a.xlsx", {"Lô 1": rows, "Lô 2": rows})
    assert refused(file) == "choice-needed"
    assert "Lô 2" in ImportRun.objects.first().error_detail  # type: ignore[union-attr]


def test_ten_bad_rows_in_a_thousand(tmp_path: Path) -> None:
    layer = plots()
    rows = plot_rows(1000)
    for index in range(5, 1000, 100):
        rows[index]["area"] = "rộng"
    run = run_import(plots_geojson(tmp_path / "a.geojson", rows=rows), layer, publish=True)
    assert (run.state, run.rows_read, run.rows_loaded) == (ImportRun.PUBLISHED, 1000, 990)
    assert run.version_id is not None
    assert Feature.objects.filter(version_id=run.version_id).count() == 990
    issues = list(ImportIssue.objects.filter(run=run))
    assert [issue.row for issue in issues] == list(range(6, 1000, 100))
    assert {(i.field, i.code, i.value) for i in issues} == {("area", "not-a-number", "rộng")}
    assert all(issue.message and issue.hint for issue in issues)


def test_too_many_bad_rows_refuse_the_file(tmp_path: Path) -> None:
    plots()
    rows = plot_rows(20)
    for row in rows[:6]:
        row["day"] = "31/02/2024"
    assert refused(plots_geojson(tmp_path / "a.geojson", rows=rows)) == "too-many-bad-rows"
    assert ImportIssue.objects.count() == 6


def test_a_few_bad_rows_of_a_small_file_are_left_out(tmp_path: Path) -> None:
    layer = plots()
    rows = plot_rows(19)
    rows[0]["day"] = "31/02/2024"
    run = run_import(plots_geojson(tmp_path / "a.geojson", rows=rows), layer)
    assert (run.rows_read, run.rows_loaded) == (19, 18)


def test_a_column_wrong_in_every_row(tmp_path: Path) -> None:
    plots()
    rows = [{**row, "area": "?"} for row in plot_rows(3)]
    assert refused(plots_geojson(tmp_path / "a.geojson", rows=rows)) == "nothing-left"


def test_a_refused_file_leaves_the_live_version_alone(tmp_path: Path) -> None:
    layer = plots()
    good = run_import(plots_geojson(tmp_path / "a.geojson"), layer, publish=True)
    refused(write(tmp_path / "b.geojson", "{"), publish=True)
    layer.refresh_from_db()
    assert layer.live_version_id == good.version_id


def test_values_of_restricted_fields_are_not_shown(tmp_path: Path) -> None:
    layer = plots()
    definition = layer.definition
    next(f for f in definition["field"] if f["name"] == "owner")["max_length"] = 5
    layer.definition = json.loads(json.dumps(definition))
    layer.save()
    run_import(plots_geojson(tmp_path / "a.geojson", 2), layer)
    assert {issue.value for issue in ImportIssue.objects.all()} == {"•••"}


@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        (CRS.from_epsg(32648).to_wkt("WKT1_ESRI"), "EPSG:32648"),
        (CRS.from_epsg(3405).to_wkt("WKT1_ESRI"), "EPSG:3405"),
        (CRS.from_epsg(9210).to_wkt("WKT1_GDAL"), "EPSG:9210"),
        (ZERO_SHIFT, "EPSG:4326"),
    ],
)
def test_a_prj_is_taken_at_its_word(wkt: str, code: str) -> None:
    assert named_crs(wkt)[0].code == code


def test_a_text_too_long_for_an_index_refuses_its_row(tmp_path: Path) -> None:
    rows = plot_rows(3)
    rows[0]["code"] = "a" * 9000
    path = geojson(
        tmp_path / "a.geojson", list(zip(squares(3), rows, strict=True)), crs="EPSG:5899"
    )
    run = run_import(path, plots(), publish=True)
    assert (run.state, run.rows_refused) == (ImportRun.PUBLISHED, 1)
    issue = run.issues.get()
    assert (issue.code, issue.hint) == ("too-long", "Tối đa 600 ký tự.")
