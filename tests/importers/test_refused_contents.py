"""What is not read is known by its content, whatever it is called, alone or in a zip."""

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from importers.readers.opening import open_source
from importers.readers.source import Wanted
from importers.refusals import UnsupportedFormat
from tests.importers.made import write

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
CONTENTS: dict[str, tuple[bytes, str]] = {
    "dwg": (b"AC1032\x00\x00", "DWG (AutoCAD 2018)"),
    "old dwg": (b"AC1015\x00\x00", "DWG (AutoCAD 2000)"),
    "dgn v8": (OLE + "Dgn~H".encode("utf-16-le"), "DGN V8 (MicroStation)"),
    "xls": (OLE + "Workbook".encode("utf-16-le"), "Excel 97–2003 (.xls)"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "Word 97–2003 (.doc)"),
    "gml": (b'<?xml version="1.0"?><x:FeatureCollection xmlns:x="http://a"/>', "GML"),
    "gpx": (b'<gpx version="1.1"></gpx>', "GPX"),
    "landxml": (b"<?xml version='1.0'?><LandXML/>", "XML"),
    "topojson": (b'{"type":"Topology","objects":{}}', "TopoJSON"),
    "esri json": (b'{"geometryType":"esriGeometryPolygon","features":[]}', "Esri JSON"),
    "geoparquet": (b"PAR1\x15\x00", "GeoParquet"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "tiff": (b"II*\x00\x08\x00", "ảnh GeoTIFF"),
    "png": (b"\x89PNG\r\n\x1a\n", "tệp ảnh"),
    "jpeg": (b"\xff\xd8\xff\xe0", "tệp ảnh"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "RAR"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    "gzip": (b"\x1f\x8b\x08\x00", "GZIP"),
    "tar": (bytes(257) + b"ustar\x0000", "TAR"),
    "rtf": (b"{\\rtf1\\ansi}", "RTF"),
    "access": (b"\x00\x01\x00\x00Standard Jet DB\x00", "Access (.mdb)"),
    "prj": (b'PROJCS["VN-2000",GEOGCS["a"]]', "PRJ"),
    "workspace": (b"!Workspace\n!Version 600\n", "MapInfo Workspace (.wor)"),
}


def refusal(path: Path, folder: Path) -> UnsupportedFormat:
    folder.mkdir(exist_ok=True)
    with pytest.raises(UnsupportedFormat) as refused:
        open_source(path, Wanted("polygon"), folder)
    return refused.value


@pytest.mark.parametrize("case", CONTENTS)
def test_content_decides_and_the_hint_says_how_to_save(case: str, tmp_path: Path) -> None:
    content, name = CONTENTS[case]
    path = write(tmp_path / "thua-dat.geojson", content)
    alone = refusal(path, tmp_path / "1")
    assert alone.detail == name
    assert str(alone.hint)
    with zipfile.ZipFile(tmp_path / "a.bin", "w") as archive:
        archive.write(path, "thu muc/thua-dat.geojson")
    assert refusal(tmp_path / "a.bin", tmp_path / "2").detail == f"“thua-dat.geojson”: {name}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00\x03" + bytes(99), "chương trình Windows"),
        (b"\x7fELF\x02\x01" + bytes(99), "chương trình Linux"),
        (b"\x91\x07\x00\xfe,\x03" * 99, "Tên tệp là .csv nhưng nội dung"),
    ],
)
def test_content_that_contradicts_its_name(content: bytes, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "virus.csv", content)
    alone = refusal(path, tmp_path / "1")
    assert said in str(alone.detail)
    assert "QGIS" not in str(alone.hint)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "virus.csv")
    inside = refusal(tmp_path / "a.zip", tmp_path / "2")
    assert said in str(inside.detail)
    assert "virus.csv" in str(inside.detail)


@pytest.mark.parametrize(
    ("tables", "name"),
    [
        (("tiles", "metadata"), "MBTiles"),
        (("geometry_columns", "spatial_ref_sys"), "SpatiaLite"),
        (("anything",), "SQLite"),
    ],
)
def test_databases_are_told_apart(tables: tuple[str, ...], name: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        for table in tables:
            database.execute(f"CREATE TABLE {table} (a)")
    assert refusal(tmp_path / "a.gpkg", tmp_path / "1").detail == name


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        ({"[Content_Types].xml": "", "word/document.xml": "<a/>"}, "Word (.docx)"),
        ({"[Content_Types].xml": "", "ppt/slides/slide1.xml": "<a/>"}, "PowerPoint (.pptx)"),
        ({"[Content_Types].xml": "", "xl/workbook.bin": "x"}, "Excel (.xlsb)"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ODS"),
        ({"du-an.qgs": "<!DOCTYPE qgis><qgis/>"}, "tệp dự án, không chứa dữ liệu"),
    ],
)
def test_documents_that_are_zips(entries: dict[str, str], name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for entry, text in entries.items():
            archive.writestr(entry, text)
    assert refusal(tmp_path / "a.zip", tmp_path / "1").detail == name


def test_a_process_for_one_file_keeps_one_driver(tmp_path: Path) -> None:
    """And none at all for kinds that GDAL does not read."""
    point = "<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>"
    kml = write(tmp_path / "a.kml", f"<kml>{point}</kml>")
    seq = write(tmp_path / "a.geojson", '{"type":"Feature","properties":{},"geometry":null}\n' * 2)
    for path, left in ((kml, "set()"), (seq, "{'GeoJSONSeq'}")):
        script = (
            "import django\n"
            "from django.conf import settings\n"
            "settings.configure()\n"
            "django.setup()\n"
            "from pathlib import Path\n"
            "from importers.readers.opening import open_source\n"
            "from importers.readers.gdal import registered_drivers\n"
            "from importers.readers.source import Wanted\n"
            f"open_source(Path({str(path)!r}), Wanted('point'), Path({str(tmp_path)!r}), "
            "only_its_driver=True)\n"
            "print(registered_drivers())"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True
        )
        assert done.stdout.strip() == left
