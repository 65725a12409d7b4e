"""KML, MapInfo, FileGDB, FlatGeobuf, sequences and archives: what their readers make of a file."""

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from importers.encoding import encode_cp1258, encode_tcvn3, encode_vni
from importers.georeference import georeference
from importers.readers.filegdb import domains_in
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from importers.refusals import (
    BrokenFile,
    CrsDatumUnclear,
    CrsMissing,
    LayerChoiceNeeded,
    MapInfoIncomplete,
    NoGeometry,
    UnsafeFile,
    UnsupportedFormat,
)
from layers.crs import WGS84
from tests.importers.made import EAST, NORTH, write

RING = [(EAST, NORTH), (EAST + 20, NORTH), (EAST + 20, NORTH + 20), (EAST, NORTH)]
# As MapInfo writes a datum of its own: ellipsoid 28 is WGS 84, then shifts, turns, scale, meridian.
VN2000 = (
    "Earth Projection 8, 9999, 28, -191.90441429, -39.30318279, -111.45032835, -0.00928836, "
    '0.01975479, -0.00427372, 0.252906278, 0, "m", 107.75, 0, 0.9999, 500000, 0'
)
PLACEMARK = (
    "<Placemark><name>{name}</name><ExtendedData><SchemaData><SimpleData name='so_to'>{name}"
    "</SimpleData></SchemaData><Data name='loai'><value>ONT</value></Data></ExtendedData>"
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>107.1,10.5,0 107.2,10.5,0 107.2,10.6,0 "
    "{last}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
)


def opened(path: Path, folder: Path, sheet: str | None = None) -> Source:
    work = folder / "work"
    work.mkdir(exist_ok=True, parents=True)
    return open_source(path, Wanted("polygon", sheet=sheet), work)


def mif(folder: Path, coordsys: str = VN2000, charset: str = "Neutral", text: bytes = b"1") -> Path:
    corners = "\n".join(f"{x} {y}" for x, y in RING)
    head = f'Version 300\nCharset "{charset}"\nDelimiter ","\nCoordSys {coordsys}\n'
    body = f"Columns 1\n  ten Char(60)\nData\n\nRegion 1\n  4\n{corners}\n    Pen (1,2,0)\n"
    write(folder / "Lop.MID", b'"' + text + b'"\n')
    return write(folder / "Lop.mif", head + body)


def kml(inside: str, declared: str = "") -> str:
    return f"<?xml version='1.0'?>{declared}<kml><Document>{inside}</Document></kml>"


def folder_of(name: str, last: str = "107.1,10.5,0") -> str:
    return f"<Folder><name>{name}</name>{PLACEMARK.format(name=name, last=last)}</Folder>"


def test_mapinfos_vn2000_is_known_by_its_parameters(tmp_path: Path) -> None:
    place = georeference(opened(mif(tmp_path), tmp_path), None)
    assert place.crs.code == "EPSG:5899"


def test_mapinfo_without_datum_shift_or_earth_is_not_guessed(tmp_path: Path) -> None:
    plain = 'Earth Projection 8, 104, "m", 107.75, 0, 0.9999, 500000, 0'
    with pytest.raises(CrsDatumUnclear):
        georeference(opened(mif(tmp_path, plain), tmp_path), None)
    with pytest.raises(CrsMissing):
        georeference(opened(mif(tmp_path, 'NonEarth Units "m"'), tmp_path), None)


@pytest.mark.parametrize(
    ("charset", "encode"),
    [
        ("WindowsVietnamese", encode_cp1258),
        ("Neutral", encode_tcvn3),
        ("Neutral", encode_vni),
        ("WindowsLatin1", encode_tcvn3),
        ("UTF-8", str.encode),
    ],
)
def test_mapinfo_text_comes_back_as_unicode(
    charset: str, encode: Callable[[str], bytes], tmp_path: Path
) -> None:
    text = "Đất ở tại nông thôn, xã Phước Thuận"
    source = opened(mif(tmp_path, charset=charset, text=encode(text)), tmp_path)
    batch, _issues = next(source.read(WGS84))
    assert batch.columns["ten"].tolist() == [text]


def tab(folder: Path) -> Path:
    pyogrio.raw.write(
        folder / "a.tab",
        shapely.to_wkb(np.array([shapely.Polygon(RING)])),
        field_data=[np.array(["Sông"], dtype=object)],
        fields=["ten"],
        geometry_type="Polygon",
        crs="EPSG:32648",
        driver="MapInfo File",
    )
    return folder / "a.tab"


def test_a_tab_needs_its_parts_and_takes_them_in_any_case(tmp_path: Path) -> None:
    path = tab(tmp_path)
    for part in list(tmp_path.glob("a.*")):
        part.rename(tmp_path / part.name.upper())
    source = opened(path.with_name("A.TAB"), tmp_path)
    assert (source.feature_count, source.crs_text) == (1, "EPSG:32648")
    (tmp_path / "A.MAP").unlink()
    with pytest.raises(MapInfoIncomplete):
        opened(path.with_name("A.TAB"), tmp_path)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('!table\n!version 300\nOpen Table "/etc/passwd" Hide\nCreate View a As\n', UnsafeFile),
        ("!table\nDefinition Table\n  Type LINKED\n  Fields 1\n", UnsafeFile),
        ('!table\nDefinition Table\n  File "x.tif"\n  Type "RASTER"\n', UnsupportedFormat),
        ("!table\nDefinition Table\n  Type ODBC\n", UnsupportedFormat),
    ],
)
def test_a_tab_that_points_elsewhere(text: str, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        opened(write(tmp_path / "a.tab", text), tmp_path)


def test_kml_folders_are_layers_and_extended_data_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.kml", kml(folder_of("Tờ 1") + folder_of("Tờ 2")))
    with pytest.raises(LayerChoiceNeeded) as refused:
        opened(path, tmp_path)
    assert refused.value.extra["layers"] == ["Tờ 1", "Tờ 2"]
    source = opened(path, tmp_path, "Tờ 2")
    batch, issues = next(source.read(WGS84))
    assert {n: v.tolist() for n, v in batch.columns.items()} == {
        "name": ["Tờ 2"],
        "so_to": ["Tờ 2"],
        "loai": ["ONT"],
    }
    assert not issues
    assert not shapely.has_z(batch.geometry).any()
    assert opened(path, tmp_path, "*").feature_count == 2


def test_an_open_ring_of_kml_is_named_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.kml", kml(folder_of("1", last="107.1,10.6,0")))
    batch, issues = next(opened(path, tmp_path).read(WGS84))
    assert len(batch) == 0
    assert [(i.code, i.x, i.y) for i in issues] == [("unclosed-ring", 107.1, 10.5)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (kml("<NetworkLink><Link><href>http://127.0.0.1/</href></Link></NetworkLink>"), UnsafeFile),
        (kml(folder_of("1"), '<!DOCTYPE kml [<!ENTITY a "b">]>'), UnsafeFile),
        (kml("<x:NetworkLink/>"), UnsafeFile),
        (kml(folder_of("1")).replace("</Document>", ""), BrokenFile),
        (kml("<Folder>" * 300), BrokenFile),
        (kml("<Placemark><name>1</name></Placemark>"), NoGeometry),
    ],
)
def test_kml_that_is_refused(text: str, error: type[Exception], tmp_path: Path) -> None:
    plain = write(tmp_path / "a.kml", text)
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(plain, "doc.kml")
    for path in (plain, tmp_path / "a.kmz"):
        with pytest.raises(error):
            opened(path, tmp_path)


def test_a_kmz_is_its_kml(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", kml(folder_of("1")))
        archive.writestr("files/icon.png", b"\x89PNG\r\n")
    assert opened(tmp_path / "a.kmz", tmp_path).feature_count == 1


def feature(number: int) -> str:
    shape = {"type": "Point", "coordinates": [107, 10]}
    return json.dumps({"type": "Feature", "properties": {"a": number}, "geometry": shape})


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_sequences_lose_nothing_quietly(mark: str, tmp_path: Path) -> None:
    texts = [mark + feature(i) for i in range(3)]
    source = opened(write(tmp_path / "a.json", "\n".join(texts)), tmp_path)
    assert (source.format, source.feature_count) == ("GeoJSON (Seq)", 3)
    texts[1] = texts[1][:-9]
    with pytest.raises(BrokenFile, match="2"):
        opened(write(tmp_path / "a.json", "\n".join(texts)), tmp_path)


def layers_of(path: Path, driver: str, names: list[str]) -> Path:
    for i, name in enumerate(names):
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array([shapely.Polygon(RING)])),
            field_data=[np.array(["Đất ở"], dtype=object)],
            fields=["ten"],
            layer=name,
            geometry_type="Polygon",
            crs="EPSG:32648",
            driver=driver,
            append=i > 0,
        )
    return path


def test_a_zipped_geodatabase_with_two_classes(tmp_path: Path) -> None:
    folder = layers_of(tmp_path / "du_lieu.gdb", "OpenFileGDB", ["thua", "duong"])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"goi/du_lieu.gdb/{file.name}")
    with pytest.raises(LayerChoiceNeeded) as refused:
        opened(tmp_path / "a.zip", tmp_path / "1")
    assert refused.value.extra["layers"] == ["thua", "duong"]
    source = opened(tmp_path / "a.zip", tmp_path / "2", "thua")
    assert (source.format, source.name, source.feature_count) == ("FileGDB", "thua", 1)
    with pytest.raises(UnsupportedFormat):
        opened(folder, tmp_path)


def test_number_codes_of_a_domain_become_words() -> None:
    """As ArcGIS writes its catalogue; codes that are text stay as they are."""
    value = "<CodedValue><Name>{0}</Name><Code>{1}</Code></CodedValue>"
    domain = "<t:GPCodedValueDomain2 xmlns:t='a'>{}</t:GPCodedValueDomain2>"
    field = "<GPFieldInfoEx><Name>{0}</Name><DomainName>{1}</DomainName></GPFieldInfoEx>"
    fields = field.format("tinh_trang", "TT") + field.format("loai", "LD")
    definitions = {
        "thua": f"<t:DEFeatureClassInfo xmlns:t='a'>{fields}</t:DEFeatureClassInfo>",
        "TT": domain.format(value.format("Đất trống", 1) + value.format("Đang thuê", 2)),
        "LD": domain.format(value.format("Đất ở", "ONT")),
        "": "None",
    }
    expected = {"tinh_trang": {"1": "Đất trống", "2": "Đang thuê"}}
    assert domains_in(definitions, "thua") == expected
    assert domains_in(definitions, "thua_2026") == expected


def test_flatgeobuf(tmp_path: Path) -> None:
    path = layers_of(tmp_path / "a.fgb", "FlatGeobuf", ["a"])
    batch, _issues = next(opened(path, tmp_path).read(WGS84))
    assert batch.columns["ten"].tolist() == ["Đất ở"]


def test_arcs_become_chords_and_the_row_says_so(tmp_path: Path) -> None:
    path = layers_of(tmp_path / "a.gpkg", "GPKG", ["a"])
    ring = b"\x01" + struct.pack("<II10d", 8, 5, 0, 0, 50, 50, 100, 0, 50, -50, 0, 0)
    blob = b"GP\x00\x01" + struct.pack("<i", 32648) + b"\x01" + struct.pack("<II", 10, 1) + ring
    with sqlite3.connect(path) as database:
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY", "ST_IsEmpty"):
            database.create_function(name, 1, lambda _blob: 0)
        database.execute("UPDATE a SET geom = ?", (blob,))
    batch, issues = next(opened(path, tmp_path).read(WGS84))
    assert [i.code for i in issues] == ["curve-linearised"]
    assert batch.geometry[0].area == pytest.approx(np.pi * 50**2, rel=1e-4)


def test_an_archive_lists_its_data_sets_and_opens_the_chosen(tmp_path: Path) -> None:
    """Two of one name are told apart by folder; notes, pictures and other names change nothing."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for commune in ("xa A", "xa B"):
            archive.writestr(f"{commune}/thua.dat.txt", kml(folder_of(commune)))
        archive.writestr("doc.txt", "Ghi chú, số 1; số 2")
        archive.writestr("quyet dinh.pdf", b"%PDF-1.7")
    with pytest.raises(LayerChoiceNeeded) as refused:
        opened(tmp_path / "a.zip", tmp_path / "1")
    assert refused.value.extra["layers"] == ["xa A/thua.dat", "xa B/thua.dat"]
    source = opened(tmp_path / "a.zip", tmp_path / "2", "xa B/thua.dat")
    assert source.name == "xa B"
