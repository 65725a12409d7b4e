"""The public parcels' Shapefile: count, area, topology, numbers, encoding."""

import re
import zipfile
from pathlib import Path

import numpy as np
import shapely

from gis_portal.demo.province import Province
from tests.gis_portal.demo.conftest import ReadBack

PARCELS = "public-land-parcels"


def shapes_of(files: dict[str, ReadBack]) -> np.ndarray:
    return files[PARCELS].shapes


def test_count_and_area_in_the_source_grid(files: dict[str, ReadBack]) -> None:
    shapes = shapes_of(files)
    assert len(shapes) == 7571
    hectares = shapely.area(shapes).sum() / 1e4
    assert abs(hectares - 11_104) / 11_104 < 0.0005


def test_shapes_are_valid_with_some_holes_and_parts(files: dict[str, ReadBack]) -> None:
    shapes = shapes_of(files)
    assert shapely.is_valid(shapes).all()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    assert (shapely.get_num_interior_rings(parts) > 0).sum() > 20
    assert (np.bincount(owner) > 1).sum() > 10


def test_sizes_have_a_long_tail(files: dict[str, ReadBack]) -> None:
    area = shapely.area(shapes_of(files))
    assert ((area > 100) & (area < 2000)).mean() > 0.5
    assert 30 < (area > 200_000).sum() < 400
    assert area.min() > 20


def test_no_two_parcels_overlap(files: dict[str, ReadBack]) -> None:
    shapes = shapes_of(files)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    assert shapely.area(shapely.intersection(shapes[one], shapes[other])).max() < 0.01


def test_neighbours_share_whole_edges(files: dict[str, ReadBack]) -> None:
    shapes = shapes_of(files)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    assert (shared > 1.0).sum() > 4000


def test_each_parcel_lies_in_its_commune(files: dict[str, ReadBack], province: Province) -> None:
    cells = {commune.code: commune.cell for commune in province.communes}
    codes, shapes = files[PARCELS].columns["MAXA"], shapes_of(files)
    for code in np.unique(codes.astype(str)):
        assert shapely.covers(cells[code], shapes[codes == code]).all(), code


def test_every_commune_has_parcels(files: dict[str, ReadBack], province: Province) -> None:
    counts = {
        c.code: int((files[PARCELS].columns["MAXA"] == c.code).sum()) for c in province.communes
    }
    assert len(counts) == 30
    assert min(counts.values()) > 30


def test_numbers_are_unique_in_their_sheet_and_sheets_are_text(
    files: dict[str, ReadBack],
) -> None:
    columns = files[PARCELS].columns
    keys = set(zip(columns["MAXA"], columns["SOTO"], columns["SOTHUA"], strict=True))
    assert len(keys) == 7571
    singly = [sheet for sheet in columns["SOTO"] if not str(sheet).isdigit()]
    assert len(singly) > 50
    assert all(re.fullmatch(r"TĐ\d\d-20\d\d", str(sheet)) for sheet in singly)
    assert sum(bool(old) for old in columns["SOTHUACU"]) > 2000


def test_parcels_of_a_sheet_are_numbered_from_the_north(files: dict[str, ReadBack]) -> None:
    columns, shapes = files[PARCELS].columns, shapes_of(files)
    sheet = (columns["MAXA"] == "26506") & np.array([str(s).isdigit() for s in columns["SOTO"]])
    largest = max(set(columns["SOTO"][sheet]), key=list(columns["SOTO"][sheet]).count)
    members = sheet & (columns["SOTO"] == largest)
    number = columns["SOTHUA"][members].astype(int)
    north = shapely.get_y(shapely.centroid(shapes[members]))
    assert np.corrcoef(number, north)[0, 1] < -0.8


def test_dbf_is_tcvn3_without_a_code_page(folder: Path) -> None:
    with zipfile.ZipFile(folder / "thua-dat-cong.zip") as archive:
        names = set(archive.namelist())
        dbf, prj = archive.read("thua-dat-cong.dbf"), archive.read("thua-dat-cong.prj").decode()
    assert names == {f"thua-dat-cong.{end}" for end in ("shp", "shx", "dbf", "prj")}
    assert "phường Vũng Tàu".encode() not in dbf
    assert "Ph\xad\xeang V\xf2ng T\xb5u".encode("latin-1") in dbf
    assert dbf[29] == 0
    assert "VN_2000" in prj
    assert "107.75" in prj


def test_text_reads_back_as_vietnamese(files: dict[str, ReadBack]) -> None:
    columns = files[PARCELS].columns
    assert "Phường Mỹ Xuân" in set(columns["XACU"])
    assert "Trung tâm Phát triển quỹ đất" in set(columns["DVQUANLY"])
    assert {"có", "không"} == set(columns["HANGRAO"])


def test_private_columns_hold_canaries(files: dict[str, ReadBack]) -> None:
    columns = files[PARCELS].columns
    phones = {str(phone) for phone in columns["DIENTHOAI"] if phone}
    assert len(phones) > 500
    assert all(phone.startswith("0100 ") for phone in phones)
    people = {str(name) for name in columns["NGUOISD"] if name}
    assert all(name.endswith(("Dụ", "Họa", "Định", "Tượng")) for name in people)
