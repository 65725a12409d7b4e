"""Say what a file is from its content, never from its name.

A `.geojson` that holds a GDAL virtual data source returns another file's contents when the library
may choose the driver, so only what is recognised here is opened. What we do not read is refused
with the program and the menu that saves it in a form we do.
"""

import json
import re
import sqlite3
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.readers.linked_crs import has_linked_crs
from importers.refusals import BrokenFile, EmptyFile, FileMissing, UnsafeFile, UnsupportedFormat

_HEAD = 65536


class Kind(StrEnum):
    """The contents that are read."""

    SHAPEFILE = "shapefile"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"
    ARCHIVE = "archive"
    XLSX = "xlsx"
    CSV = "csv"


_QGIS = _("Mở bằng QGIS: Layer → Export → Save Features As… → chọn GeoPackage.")
_MICROSTATION = _(
    "Trong gCadas hoặc VietMap: xuất Shapefile. Trong MicroStation: File → Save As → DXF, rồi mở "
    "bằng QGIS và xuất GeoPackage."
)
_AUTOCAD = _(
    "Mở bằng AutoCAD Map 3D: lệnh MAPEXPORT → Shapefile, rồi nén các tệp .shp .shx .dbf .prj."
)
_MAPINFO = _("Mở bằng MapInfo: Table → Export → ESRI Shapefile; hoặc bằng QGIS xuất GeoPackage.")
_ARCGIS = _("Mở bằng ArcGIS: chuột phải vào lớp → Data → Export Features → Shapefile.")
_EXCEL = _("Mở bằng Excel: File → Save As → Excel Workbook (*.xlsx).")

# Magic bytes at the start → (name for people, how to save it properly).
_REFUSED_MAGIC: tuple[tuple[bytes, str, object], ...] = (
    (b"AC10", "DWG (AutoCAD)", _AUTOCAD),
    (b"AutoCAD Binary DXF", "DXF nhị phân", _AUTOCAD),
    (b"\x08\x09\xfe\x02", "DGN V7 (MicroStation)", _MICROSTATION),
    (b"\xc8\x09\xfe\x02", "DGN V7 (MicroStation)", _MICROSTATION),
    (b"fgb\x03fgb", "FlatGeobuf", _QGIS),
    (b"II*\x00", "ảnh GeoTIFF", _("Ảnh được nạp ở mục ảnh nền, không phải ở lớp dữ liệu véc-tơ.")),
    (b"MM\x00*", "ảnh GeoTIFF", _("Ảnh được nạp ở mục ảnh nền, không phải ở lớp dữ liệu véc-tơ.")),
    (b"%PDF", "PDF", _("Xin đơn vị lập bản đồ tệp số gốc (Shapefile, GeoPackage).")),
    (b"Rar!", "RAR", _("Giải nén rồi nén lại thành .zip.")),
    (b"7z\xbc\xaf", "7-Zip", _("Giải nén rồi nén lại thành .zip.")),
    (b"\x1f\x8b", "GZIP", _("Giải nén rồi nén lại thành .zip.")),
    (b"PAR1", "GeoParquet", _QGIS),
)
_REFUSED_XML = (
    (re.compile(rb"<kml[\s>]", re.I), "KML", _QGIS),
    (re.compile(rb"<(\w+:)?FeatureCollection|opengis\.net/gml", re.I), "GML", _QGIS),
    (re.compile(rb"<gpx[\s>]", re.I), "GPX", _QGIS),
    (re.compile(rb"<html", re.I), "trang HTML", _QGIS),
)
_VIRTUAL = re.compile(rb"<(OGRVRT|VRTDataset|OGRWFS|WMS_|GDAL_|WCS_)|<!DOCTYPE|<!ENTITY", re.I)


def sniff(path: Path) -> Kind:
    """The kind of this file. Raises FileMissing, EmptyFile, UnsafeFile or UnsupportedFormat."""
    if not path.is_file():
        raise FileMissing(path.name)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise EmptyFile(path.name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ARCHIVE
    if head.startswith(b"SQLite format 3\x00"):
        return _sniff_sqlite(path)
    if head.startswith(b"\x00\x00\x27\x0a"):
        return Kind.SHAPEFILE
    for magic, name, hint in _REFUSED_MAGIC:
        if head.startswith(magic):
            raise _refused(name, hint)
    return _sniff_ole_or_text(path, head)


def _sniff_ole_or_text(path: Path, head: bytes) -> Kind:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k" in head or path.suffix.lower() == ".xls":
            raise _refused("Excel 97–2003 (.xls)", _EXCEL)
        raise _refused("DGN V8 (MicroStation)", _MICROSTATION)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        _refuse_xml(text)
    if text[:1] in (b"{", b"[", b"\x1e"):
        return _sniff_json(path)
    if text[:1] == b"!" and b"!table" in text[:200].lower():
        raise _refused("MapInfo TAB", _MAPINFO)
    if re.match(rb"version\s+\d+", text, re.I):
        raise _refused("MapInfo MIF", _MAPINFO)
    if re.match(rb"(999|0)\s*\r?\n", text) and b"SECTION" in text:
        raise _refused("DXF", _AUTOCAD)
    if re.match(rb"\w+:/?/?", text) and b"\n" not in text.strip():
        raise UnsafeFile(path.name)
    return _sniff_table(path, head)


def _refused(name: str, hint: object) -> UnsupportedFormat:
    error = UnsupportedFormat(name, format=name)
    error.hint = hint  # type: ignore[assignment]
    return error


def _refuse_xml(text: bytes) -> None:
    """XML is never read here; a virtual data source is named as such."""
    if _VIRTUAL.search(text):
        raise UnsafeFile(_("Tệp XML mô tả nguồn dữ liệu khác (VRT, WMS…) hoặc khai báo DOCTYPE."))
    for pattern, name, hint in _REFUSED_XML:
        if pattern.search(text):
            raise _refused(name, hint)
    raise _refused("XML", _QGIS)


_JSON_TYPE = re.compile(r'"type"\s*:\s*"([^"]*)"')
_GEOJSON_TYPES = {
    "FeatureCollection",
    "Feature",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
# Up to here the whole document is parsed, so that an error has its line; parsed JSON takes up to
# thirty times its size in memory, so of a larger file only the start tells what it is.
_JSON_PARSED = 8 * 2**20


def _sniff_json(path: Path) -> Kind:
    """GeoJSON, or a named refusal: TopoJSON, Esri JSON, GDAL's streamed algorithm, broken JSON."""
    small = path.stat().st_size <= _JSON_PARSED
    types = _types_of_document(path) if small else _types_near_start(path)
    if "gdal_streamed_alg" in types:
        raise UnsafeFile(path.name)
    if types[:1] == ["Topology"]:
        raise _refused("TopoJSON", _QGIS)
    # Only collections are streamed: another large object is held in memory, 100 times its size.
    if not (_GEOJSON_TYPES if small else {"FeatureCollection"}).intersection(types):
        raise _refused("JSON", _QGIS)
    if has_linked_crs(path):
        raise UnsafeFile(_("Mục crs của GeoJSON trỏ đến địa chỉ khác."))
    return Kind.GEOJSON


def _types_near_start(path: Path) -> list[str]:
    """Every type named near the start: members may come in any order."""
    with path.open("r", encoding="utf-8-sig", errors="replace") as stream:
        return _JSON_TYPE.findall(stream.read(_HEAD))


def _types_of_document(path: Path) -> list[str]:
    """The document's own type, if it has one. Raises BrokenFile."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BrokenFile(
            _("Tệp không phải JSON hợp lệ: %(why)s") % {"why": _where(error)}
        ) from error
    found = document.get("type") if isinstance(document, dict) else None
    return [found] if isinstance(found, str) else []


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"dòng {error.lineno}, cột {error.colno}"
    return "lồng quá sâu" if isinstance(error, RecursionError) else "sai bảng mã, cần UTF-8"


def _sniff_sqlite(path: Path) -> Kind:
    """A GeoPackage is an SQLite file with gpkg_contents."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as database:
            names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise BrokenFile(path.name) from error
    if "gpkg_contents" in names:
        return Kind.GEOPACKAGE
    raise _refused("SQLite / MBTiles / SpatiaLite", _QGIS)


def _sniff_table(path: Path, head: bytes) -> Kind:
    """Delimited text has no NUL and a separator in one of its first lines."""
    if _is_dbf(head):
        raise _refused("DBF", _("Nén chung .dbf với .shp, .shx, .prj cùng tên rồi nạp tệp .zip."))
    lines = head.decode("latin-1").splitlines()[:20]
    if b"\x00" in head or not any(re.search(r"[,;\t|]", line) for line in lines):
        raise _refused(path.suffix.lstrip(".").upper() or "?", _QGIS)
    return Kind.CSV


def _is_dbf(head: bytes) -> bool:
    if len(head) < 32 or head[0] not in (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31
