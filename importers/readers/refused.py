"""Contents that are known and not read, each with the program and menu that saves them properly.

`sniff` asks here once nothing that we read was recognised. Names of files play no part.
"""

import re
from pathlib import Path, PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from importers.refusals import UnsafeFile, UnsupportedFormat

QGIS = _("Mở bằng QGIS: Layer → Export → Save Features As… → chọn GeoPackage.")
MICROSTATION = _(
    "Trong gCadas hoặc VietMap: xuất Shapefile. Trong MicroStation: File → Save As → DGN V7 hoặc "
    "DXF."
)
AUTOCAD = _(
    "Mở bằng AutoCAD Map 3D: lệnh MAPEXPORT → Shapefile, rồi nén các tệp .shp .shx .dbf .prj. "
    "AutoCAD thường: SAVEAS → AutoCAD DXF."
)
MAPINFO = _("Mở bằng MapInfo: Table → Export → MIF; hoặc bằng QGIS xuất GeoPackage.")
_ARCGIS = _("Mở bằng ArcGIS: chuột phải vào lớp → Data → Export Features → Shapefile.")
_EXCEL = _("Mở bằng Excel: File → Save As → Excel Workbook (*.xlsx).")
_ZIP = _("Giải nén rồi nén lại thành .zip.")
ZIP_THE_FOLDER = _("Nén cả thư mục .gdb thành một tệp .zip rồi nạp tệp đó.")
IMAGERY = _("Nạp ảnh vào lớp ảnh (Ảnh vệ tinh, ảnh hàng không) dưới dạng GeoTIFF.")
_ORIGINAL = _("Xin đơn vị lập bản đồ tệp số gốc (Shapefile, GeoPackage).")
_WHOLE_SET = _("Nén chung .dbf với .shp, .shx, .prj cùng tên rồi nạp tệp .zip.")
_FEATURES = _("Trong QGIS: Layer → Export → Save Features As… → chọn GeoPackage, rồi nạp tệp đó.")

_AGAIN = _(
    "Mở tệp bằng phần mềm đã tạo ra nó và xuất lại thành Shapefile (nén .zip), GeoPackage, "
    "GeoJSON, CSV hoặc XLSX."
)
# Ways out that lead to tables and pictures: of no use to who wants areas alone.
ONLY_FOR_LAYERS = (_AGAIN, _EXCEL, IMAGERY, UnsupportedFormat.hint)
_NO_PROGRAMS = _("Không nạp tệp này. Kiểm tra máy đã gửi tệp, rồi xin lại tệp dữ liệu gốc.")
_WINDOWS, _LINUX = _("chương trình Windows"), _("chương trình Linux")
# Names that promise a content that is read.
_READ_SUFFIXES = frozenset(
    "csv txt tsv xlsx zip shp gpkg geojson json fgb kml kmz tab mif dxf dgn".split()
)

_GEOTIFF, _PICTURE = _("ảnh GeoTIFF"), _("tệp ảnh")
_WEB_PAGE, _PROJECT = _("trang HTML"), _("tệp dự án, không chứa dữ liệu")
# Magic bytes at the start → (name for people, how to save it properly).
_MAGIC: tuple[tuple[bytes, str | Promise, Promise], ...] = (
    (b"\x89PNG\r\n", _PICTURE, _ORIGINAL),
    (b"\xff\xd8\xff", _PICTURE, _ORIGINAL),
    (b"GIF8", _PICTURE, _ORIGINAL),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000", IMAGERY),
    (b"\xecW", "ECW", IMAGERY),
    (b"%PDF", "PDF", _ORIGINAL),
    (b"{\\rtf", "RTF", _ORIGINAL),
    (b"Rar!", "RAR", _ZIP),
    (b"7z\xbc\xaf", "7-Zip", _ZIP),
    (b"\x1f\x8b", "GZIP", _ZIP),
    (b"BZh", "BZIP2", _ZIP),
    (b"\xfd7zXZ", "XZ", _ZIP),
    (b"(\xb5/\xfd", "ZSTD", _ZIP),
    (b"PAR1", "GeoParquet", QGIS),
    (b"ARROW1", "Arrow", QGIS),
    (b"PMTiles", "PMTiles", QGIS),
    (b"\x89HDF", "HDF5", QGIS),
    (b"LASF", "LAS", _ORIGINAL),
    (b"EXP  0", "ArcInfo E00", QGIS),
    (b"\x00\x01\x00\x00Standard ", "Access (.mdb)", _ARCGIS),
)
# The six letters that open a DWG → the release that wrote it.
_DWG = {
    b"AC1009": "R12",
    b"AC1012": "R13",
    b"AC1014": "R14",
    b"AC1015": "2000",
    b"AC1018": "2004",
    b"AC1021": "2007",
    b"AC1024": "2010",
    b"AC1027": "2013",
    b"AC1032": "2018",
}
# Streams of an OLE container, named in UTF-16 → what the container is.
_OLE: tuple[tuple[str, str, Promise], ...] = (
    ("Workbook", "Excel 97–2003 (.xls)", _EXCEL),
    ("WordDocument", "Word 97–2003 (.doc)", _ORIGINAL),
    ("PowerPoint Document", "PowerPoint 97–2003 (.ppt)", _ORIGINAL),
    ("Dgn", "DGN V8 (MicroStation)", MICROSTATION),
)
_XML: tuple[tuple[re.Pattern[bytes], str | Promise, Promise], ...] = (
    (re.compile(rb"<(\w+:)?FeatureCollection|opengis\.net/gml", re.I), "GML", QGIS),
    (re.compile(rb"<gpx[\s>]", re.I), "GPX", QGIS),
    (re.compile(rb"<osm[\s>]", re.I), "OpenStreetMap", QGIS),
    (re.compile(rb"<LandXML[\s>]", re.I), "LandXML", AUTOCAD),
    (re.compile(rb"<!DOCTYPE html|<html", re.I), _WEB_PAGE, QGIS),
    (re.compile(rb"<qgis[\s>]|<!DOCTYPE qgis", re.I), _PROJECT, _FEATURES),
)
_VIRTUAL = re.compile(rb"<(OGRVRT|VRTDataset|OGRWFS|WMS_|GDAL_|WCS_)|<!DOCTYPE|<!ENTITY", re.I)
_HARMLESS_DOCTYPE = re.compile(rb"<!DOCTYPE (html|qgis)\b", re.I)
_PRJ = re.compile(rb"(PROJCS|GEOGCS|PROJCRS|GEOGCRS|COMPD_CS|BOUNDCRS|LOCAL_CS)\s*\[", re.I)
_TAR_MAGIC_AT = 257
# A part of an office document inside its zip → what it is.
_OFFICE = (
    ("word/", "Word (.docx)", _ORIGINAL),
    ("ppt/", "PowerPoint (.pptx)", _ORIGINAL),
    ("xl/workbook.bin", "Excel (.xlsb)", _EXCEL),
)
_MIMETYPES = {
    "application/vnd.oasis.opendocument.spreadsheet": ("ODS", _EXCEL),
    "application/vnd.oasis.opendocument.text": ("ODT", _ORIGINAL),
}


def refused(name: str | Promise, hint: Promise) -> UnsupportedFormat:
    """The refusal of a format with its own way out."""
    error = UnsupportedFormat(str(name), format=str(name))
    error.hint = hint  # type: ignore[assignment]
    return error


def refuse_magic(head: bytes) -> None:
    """Raises UnsupportedFormat for bytes of a binary format that we know and do not read."""
    if head.startswith(b"AC10") and head[4:6].isdigit():
        release = _DWG.get(head[:6], head[:6].decode("ascii"))
        raise refused(f"DWG (AutoCAD {release})", AUTOCAD)
    for magic, name, hint in _MAGIC:
        if head.startswith(magic):
            raise refused(name, hint)
    if head[8:12] == b"WEBP" or (head[:2] == b"BM" and head[6:10] == bytes(4)):
        raise refused(_PICTURE, _ORIGINAL)
    if head[_TAR_MAGIC_AT:].startswith(b"ustar"):
        raise refused("TAR", _ZIP)


def refuse_program(path: Path, head: bytes) -> None:
    """Raises UnsupportedFormat for a program, whatever its name says."""
    what = _WINDOWS if head.startswith(b"MZ") and b"\x00" in head else None
    what = _LINUX if head.startswith(b"\x7fELF") else what
    if what:
        said = now(
            "Nội dung của “%(file)s” là chương trình chạy được (%(what)s), không phải dữ liệu bản "
            "đồ."
        )
        error = UnsupportedFormat(said % {"file": path.name, "what": what}, format=str(what))
        error.hint = _NO_PROGRAMS
        raise error


def refuse_unknown(path: Path, *, is_binary: bool) -> UnsupportedFormat:
    """Content that is nothing we know; a name that promises something we read is contradicted."""
    suffix = path.suffix.lstrip(".").lower()
    if suffix not in _READ_SUFFIXES:
        return refused(suffix.upper() or "?", QGIS)
    said = (
        now(
            "Tên tệp là .%(suffix)s nhưng nội dung của “%(file)s” là dữ liệu nhị phân không nhận "
            "ra."
        )
        if is_binary
        else now(
            "Tên tệp là .%(suffix)s nhưng nội dung của “%(file)s” là chữ không có cột phân cách."
        )
    )
    error = UnsupportedFormat(said % {"suffix": suffix, "file": path.name}, format="?")
    error.hint = _AGAIN
    return error


def refuse_ole(content: bytes) -> UnsupportedFormat:
    """What an OLE container holds; `content` is as much of it as names of streams stand in."""
    for stream, program, hint in _OLE:
        if stream.encode("utf-16-le") in content:
            return refused(program, hint)
    return refused("OLE", QGIS)


def refuse_xml(text: bytes) -> UnsupportedFormat:
    """XML that is not KML. Raises UnsafeFile for a virtual data source or declared entities."""
    if _VIRTUAL.search(text) and not _HARMLESS_DOCTYPE.match(text):
        raise UnsafeFile(now("Tệp XML mô tả nguồn dữ liệu khác (VRT, WMS…) hoặc khai báo DOCTYPE."))
    for pattern, name, hint in _XML:
        if pattern.search(text):
            return refused(name, hint)
    return refused("XML", QGIS)


def refuse_sqlite(names: set[str]) -> UnsupportedFormat:
    """An SQLite file that is no GeoPackage, by the names of its tables."""
    if {"tiles", "metadata"} <= names:
        return refused("MBTiles", QGIS)
    if {"geometry_columns", "spatial_ref_sys"} <= names:
        return refused("SpatiaLite", QGIS)
    return refused("SQLite", QGIS)


def refuse_text(text: bytes) -> None:
    """Raises UnsupportedFormat for text of a known format that would pass for a table."""
    if _PRJ.match(text):
        raise refused("PRJ", _WHOLE_SET)
    if text[:1] == b"!" and b"workspace" in text[:200].lower():
        raise refused("MapInfo Workspace (.wor)", MAPINFO)


def refuse_picture() -> UnsupportedFormat:
    """A picture sent to a layer of features."""
    return refused(_GEOTIFF, IMAGERY)


def refuse_dbf() -> UnsupportedFormat:
    """A DBF alone: the attributes of a set whose shapes are elsewhere."""
    return refused("DBF", _WHOLE_SET)


def refuse_topojson() -> UnsupportedFormat:
    """TopoJSON shares arcs between shapes; GDAL's reader of it is not loaded."""
    return refused("TopoJSON", QGIS)


def refuse_esri_json() -> UnsupportedFormat:
    """What ArcGIS Server answers; its own programs export it."""
    return refused("Esri JSON", _ARCGIS)


def refuse_inside(names: list[str], mimetype: str) -> None:
    """Raises UnsupportedFormat for a zip that is a document of an office program or a project."""
    for part, name, hint in _OFFICE:
        if "[Content_Types].xml" in names and any(n.startswith(part) for n in names):
            raise refused(name, hint)
    if mimetype in _MIMETYPES:
        raise refused(*_MIMETYPES[mimetype])
    if any(PurePosixPath(name).suffix.lower() == ".qgs" for name in names):
        raise refused(_PROJECT, _FEATURES)
