"""Say what a file is from its content, never from its name.

A `.geojson` that holds a GDAL virtual data source returns another file's contents when the library
may choose the driver, so only what is recognised here is opened. What we do not read is refused
with the program and the menu that saves it in a form we do (`importers.readers.refused`).
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from importers.imagery.structure import MAGIC as TIFF_MAGIC
from importers.readers import refused
from importers.readers.linked_crs import has_linked_crs
from importers.refusals import BrokenFile, EmptyFile, FileMissing, UnsafeFile

_HEAD = 65536
_OLE_LOOKED_AT = 4 * 2**20


class Kind(StrEnum):
    """The contents that are read."""

    SHAPEFILE = "shapefile"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"
    GEOJSON_SEQUENCE = "geojson-sequence"
    FLATGEOBUF = "flatgeobuf"
    FILEGDB = "filegdb"
    KML = "kml"
    MAPINFO_TAB = "mapinfo-tab"
    MAPINFO_MIF = "mapinfo-mif"
    DXF = "dxf"
    DGN = "dgn"
    GEOTIFF = "geotiff"
    ARCHIVE = "archive"
    XLSX = "xlsx"
    CSV = "csv"


_MAGIC = (
    (b"PK\x03\x04", Kind.ARCHIVE),
    (b"PK\x05\x06", Kind.ARCHIVE),
    (b"\x00\x00\x27\x0a", Kind.SHAPEFILE),
    (b"fgb\x03fgb", Kind.FLATGEOBUF),
    (b"AutoCAD Binary DXF", Kind.DXF),
    # DGN v7 in two and in three dimensions.
    (b"\x08\x09\xfe\x02", Kind.DGN),
    (b"\xc8\x09\xfe\x02", Kind.DGN),
    *((magic, Kind.GEOTIFF) for magic in TIFF_MAGIC),
)


def sniff(path: Path) -> Kind:
    """The kind of this file. Raises FileMissing, EmptyFile, UnsafeFile or UnsupportedFormat."""
    if path.is_dir() and is_geodatabase(path):
        return Kind.FILEGDB
    if not path.is_file():
        raise FileMissing(path.name)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise EmptyFile(path.name)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"SQLite format 3\x00"):
        return _sniff_sqlite(path)
    refused.refuse_magic(head)
    refused.refuse_program(path, head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused.refuse_ole(_ends(path))
    return _sniff_text(path, head)


def is_tiff(path: Path) -> bool:
    """A file that begins as a TIFF does."""
    with path.open("rb") as stream:
        return stream.read(4) in TIFF_MAGIC


def is_geodatabase(folder: Path) -> bool:
    """A folder with the catalogue table of a file geodatabase."""
    return any(f.name.lower() == "a00000001.gdbtable" for f in folder.iterdir())


def _ends(path: Path) -> bytes:
    """The parts of a container in which its directory of streams may stand."""
    with path.open("rb") as stream:
        first = stream.read(_OLE_LOOKED_AT)
        stream.seek(max(len(first), path.stat().st_size - _OLE_LOOKED_AT))
        return first + stream.read(_OLE_LOOKED_AT)


def _sniff_text(path: Path, head: bytes) -> Kind:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return _sniff_xml(text)
    if text[:1] in (b"{", b"[", b"\x1e"):
        return _sniff_json(path)
    if text[:1] == b"!" and b"!table" in text[:200].lower():
        return Kind.MAPINFO_TAB
    if re.match(rb"version\s+\d+\s*[\r\n]", text, re.I):
        return Kind.MAPINFO_MIF
    if re.match(rb"(999|0)\s*\r?\n", text) and b"SECTION" in text:
        return Kind.DXF
    if re.match(rb"\w+:/?/?", text) and b"\n" not in text.strip():
        raise UnsafeFile(path.name)
    refused.refuse_text(text)
    return _sniff_table(path, head)


_KML = re.compile(rb"<(\w+:)?kml[\s>]|<kml/>", re.I)
_ROOT = re.compile(rb"<[A-Za-z_][\w.-]*(:[\w.-]+)?")


def _sniff_xml(text: bytes) -> Kind:
    """KML by its first element: its other parts are looked at while it is parsed."""
    root = _ROOT.search(text)
    if root and _KML.match(text[root.start() :]) and b"<!DOCTYPE" not in text[: root.start()]:
        return Kind.KML
    raise refused.refuse_xml(text)


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
JSON_PARSED = 8 * 2**20


# A record of a sequence that tells its type: a feature of a whole commune's outline is shorter.
_FIRST_RECORD = 8 * 2**20


def _sniff_json(path: Path) -> Kind:
    """GeoJSON or a sequence of it, or a named refusal: TopoJSON, Esri JSON, broken JSON, …"""
    small = path.stat().st_size <= JSON_PARSED
    kind = Kind.GEOJSON
    if _is_sequence(path):
        kind, types = Kind.GEOJSON_SEQUENCE, _types_of(_first_record(path))
    elif small:
        types = _types_of(_document(path))
    else:
        types = _types_near_start(path)
    if "gdal_streamed_alg" in types:
        raise UnsafeFile(path.name)
    if types[:1] == ["Topology"]:
        raise refused.refuse_topojson()
    if types[:1] == ["Esri"]:
        raise refused.refuse_esri_json()
    # Only collections are streamed: another large object is held in memory, 100 times its size.
    whole = small or kind is Kind.GEOJSON_SEQUENCE
    if not (_GEOJSON_TYPES if whole else {"FeatureCollection"}).intersection(types):
        raise refused.refused("JSON", refused.QGIS)
    if has_linked_crs(path):
        raise UnsafeFile(_("Mục crs của GeoJSON trỏ đến địa chỉ khác."))
    return kind


def json_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """(line, record) of a sequence: behind each RS (RFC 8142), else each line that holds any."""
    with path.open("rb") as stream:
        if stream.read(1) != b"\x1e":
            stream.seek(0)
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, line
            return
        record, start = b"", 1
        for number, line in enumerate(stream, start=1):
            *ended, rest = line.split(b"\x1e")
            for part in ended:
                if (record + part).strip():
                    yield start, record + part
                record, start = b"", number
            record += rest
        if record.strip():
            yield start, record


def _is_sequence(path: Path) -> bool:
    """RFC 8142 by its mark; several lines that each begin and end as an object otherwise."""
    with path.open("rb") as stream:
        first = stream.readline(_FIRST_RECORD).removeprefix(b"\xef\xbb\xbf").strip()
        if first.startswith(b"\x1e"):
            return True
        if not (first.startswith(b"{") and first.endswith(b"}")):
            return False
        second = next(
            (line for line in iter(lambda: stream.readline(_HEAD), b"") if line.strip()), b""
        )
        return second.lstrip().startswith(b"{")


def _first_record(path: Path) -> Any:
    return parsed(next((record for _line, record in json_records(path)), b""))


def _types_near_start(path: Path) -> list[str]:
    """Every type named near the start: members may come in any order."""
    with path.open("r", encoding="utf-8-sig", errors="replace") as stream:
        text = stream.read(_HEAD)
    return ["Esri"] if '"esriGeometry' in text else _JSON_TYPE.findall(text)


def _types_of(document: Any) -> list[str]:
    """The document's own type, if it has one."""
    if not isinstance(document, dict):
        return []
    geometry_type = document.get("geometryType")
    if isinstance(geometry_type, str) and geometry_type.startswith("esriGeometry"):
        return ["Esri"]
    found = document.get("type")
    return [found] if isinstance(found, str) else []


def _document(path: Path) -> Any:
    return parsed(path.read_bytes())


def parsed(raw: bytes) -> Any:
    """Raises BrokenFile."""
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BrokenFile(
            _("Tệp không phải JSON hợp lệ: %(why)s") % {"why": where(error)}
        ) from error


def where(error: Exception) -> str:
    """The place in a JSON text that could not be read."""
    if isinstance(error, json.JSONDecodeError):
        return str(_("dòng %(row)s, cột %(column)s") % {"row": error.lineno, "column": error.colno})
    deep = isinstance(error, RecursionError)
    return str(_("lồng quá sâu") if deep else _("sai bảng mã, cần UTF-8"))


def _sniff_sqlite(path: Path) -> Kind:
    """A GeoPackage is an SQLite file with gpkg_contents."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as database:
            names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise BrokenFile(path.name) from error
    if "gpkg_contents" in names:
        return Kind.GEOPACKAGE
    raise refused.refuse_sqlite(names)


def _sniff_table(path: Path, head: bytes) -> Kind:
    """Delimited text has no NUL and a separator in one of its first lines."""
    if _is_dbf(head):
        raise refused.refuse_dbf()
    lines = head.decode("latin-1").splitlines()[:20]
    if b"\x00" in head or not any(re.search(r"[,;\t|]", line) for line in lines):
        raise refused.refuse_unknown(path, is_binary=any(byte < 9 for byte in head))
    return Kind.CSV


def _is_dbf(head: bytes) -> bool:
    if len(head) < 32 or head[0] not in (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31
