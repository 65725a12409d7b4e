"""What the readers take from a file before anything is imported."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from importers.columns import map_columns
from importers.hilbert import hilbert_codes
from importers.readers.archive import unpack
from importers.readers.coordinates import find_columns
from importers.readers.corners import build
from importers.readers.opening import open_source
from importers.readers.source import Wanted
from importers.refusals import AmbiguousColumns, ArchiveTooLarge, BadTable, UnsafeArchive
from importers.steps.repair import in_words, place_in_reason
from layers.catalogue import shipped_definitions
from layers.crs import WGS84
from tests.importers.made import prj, shapefile, squares, table


@pytest.mark.parametrize(
    ("header", "east", "vietnamese"),
    [
        (["STT", "X", "Y"], "Y", True),
        (["Toạ độ X (m)", "Toạ độ Y (m)"], "Toạ độ Y (m)", True),
        (["Đông", "Bắc"], "Đông", False),
        (["Northing", "Easting"], "Easting", False),
        (["Kinh độ", "Vĩ độ"], "Kinh độ", False),
        (["lat", "lon"], "lon", False),
    ],
)
def test_headers_name_the_coordinates(header: list[str], east: str, vietnamese: bool) -> None:
    found = find_columns(header)
    assert found is not None
    assert (found.east_name, found.vietnamese) == (east, vietnamese)


def test_two_columns_for_one_coordinate_are_refused() -> None:
    with pytest.raises(BadTable):
        find_columns(["lon", "longitude", "lat"])


def test_a_zip_with_nested_folders_and_capitals(tmp_path: Path) -> None:
    made = shapefile(tmp_path, squares(3), {"code": ["1", "2", "3"]}, prj=prj(5899))
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(f"Bản đồ/2026/{name.upper()}", old.read(name))
    (tmp_path / "work").mkdir()
    source = open_source(other, Wanted("polygon"), tmp_path / "work")
    assert (source.format, source.feature_count) == ("Shapefile", 3)
    assert source.crs_text is not None


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """A bomb of overlapping entries: their compressed sizes add up to more than the file."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", bytes(range(256)) * 40)
        archive.filelist += [archive.filelist[0]] * 3
    with pytest.raises(UnsafeArchive):
        unpack(path, tmp_path)


def test_too_many_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(501):
            archive.writestr(f"{number}.txt", b"x")
    with pytest.raises(ArchiveTooLarge):
        unpack(path, tmp_path)


def test_a_workbook_that_unpacks_too_far(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", bytes(30_000_000))
    with pytest.raises(ArchiveTooLarge):
        open_source(path, Wanted("point"), tmp_path)


def test_a_csv_streams_rows_with_their_numbers(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["code", "lon", "lat"], [["1", 107, 10], [], ["2", 108, 11]])
    source = open_source(path, Wanted("point"), tmp_path)
    batch, issues = next(source.read(WGS84))
    assert not issues
    assert batch.rows.tolist() == [2, 4]
    assert batch.columns["code"].tolist() == ["1", "2"]


def test_rings_become_holes_and_parts() -> None:
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], float)
    shape = build([square, square * 0.2 + 2, square + 20], "polygon")
    assert isinstance(shape, shapely.MultiPolygon)
    assert shape.area == pytest.approx(100 - 4 + 100)
    assert build([square[:2]], "polygon") is None


def test_columns_find_their_fields_by_alias_label_and_cut_name() -> None:
    definition = next(d for _raw, d in shipped_definitions() if d.slug == "public-land-parcels")
    columns = ["MAXA", "Số hiệu tờ bản đồ", "SOTHUA", "LOAIDAT", "TRANGTHAI", "loaiDoiTuo", "Len"]
    mapping = map_columns(definition, columns)
    assert mapping.source["sheet_no"] == "Số hiệu tờ bản đồ"
    assert mapping.source["commune_code"] == "MAXA"
    assert mapping.source["manager_type"] == "loaiDoiTuo"
    assert mapping.unused == ["Len"]
    with pytest.raises(AmbiguousColumns):
        map_columns(definition, [*columns, "SOTO"])


def test_reasons_of_geos_are_told_in_words_and_place() -> None:
    reason = "Self-intersection[426902.3 1144200.5]"
    assert place_in_reason(reason) == (426902.3, 1144200.5)
    assert in_words(reason) == "đường ranh giới tự cắt"
    assert place_in_reason("Too few points") == (None, None)


def test_the_curve_keeps_neighbours_together() -> None:
    """Each cell of a block has its own place, and one step on the curve is one cell away."""
    side = 360 / 2**24
    x, y = np.meshgrid(np.arange(16), np.arange(16))
    points = np.asarray(shapely.points((x.ravel() + 0.5) * side, (y.ravel() + 0.5) * side))
    codes = hilbert_codes(points)
    assert len(set(codes.tolist())) == 256
    order = np.argsort(codes)
    steps = np.abs(np.diff(x.ravel()[order])) + np.abs(np.diff(y.ravel()[order]))
    assert (steps == 1).all()
