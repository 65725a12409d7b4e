"""Hostile zips: names that leave the folder, links, bombs, lies, workbooks, KMZ."""

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.importers.canaries import Bait
from tests.importers.hostile_texts import KML, Maker, icons, network_link, vrt

_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
_WORKSHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)


def zipped(name: str, entries: Callable[[Bait], dict[str, bytes | str]]) -> Maker:
    """A maker of a zip with these entries, names as they are."""

    def make(folder: Path, bait: Bait) -> Path:
        path = folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in entries(bait).items():
                archive.writestr(entry, content)
        return path

    return make


def _slip(name: str) -> Maker:
    """The name goes in byte for byte: zipfile would tidy it."""

    def make(folder: Path, _bait: Bait) -> Path:
        path = folder / "a.zip"
        kept = "x" * len(name)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(kept, "code,X,Y\n1,2,3\n")
        path.write_bytes(path.read_bytes().replace(kept.encode(), name.encode()))
        return path

    return make


def _symlink(folder: Path, bait: Bait) -> Path:
    path = folder / "a.zip"
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, str(bait.file))
    return path


def _overlapped(folder: Path, _bait: Bait) -> Path:
    """Many entries of the directory share one piece of compressed bytes."""
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a0.csv", b"code,X,Y\n" + b"1,2,3\n" * 20_000)
        first = archive.getinfo("a0.csv")
        for number in range(1, 60):
            shared = zipfile.ZipInfo(f"a{number}.csv")
            for member in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(shared, member, getattr(first, member))
            shared.compress_type = first.compress_type
            archive.filelist.append(shared)
    return path


def _lying_size(folder: Path, _bait: Bait) -> Path:
    """The directory says ten bytes, the data say ten million."""
    path = folder / "a.zip"
    content = b"code,X,Y\n" + b"1,2,3\n" * 2_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", len(content)), struct.pack("<L", 10)))
    return path


def _twice(folder: Path, _bait: Bait) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "code,X,Y\n1,2,3\n")
        archive.filelist.append(archive.filelist[0])
    return path


def _encrypted(folder: Path, _bait: Bait) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "code,X,Y\n1,2,3\n")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    return path


def _workbook(sheet: str, **more: str) -> Maker:
    return zipped(
        "a.xlsx", lambda b: {**_PARTS, _SHEET: sheet.replace("BAIT", str(b.file)), **more}
    )


ARCHIVES: dict[str, Maker] = {
    "zip slip": _slip("../../../a.csv"),
    "zip with an absolute name": _slip("/tmp/owned.csv"),
    "zip with a drive letter": _slip("C:/Windows/a.csv"),
    "zip slip with backslashes": _slip("..\\..\\owned.csv"),
    "zip of a device's name": _slip("/dev/stdin"),
    "zip with a link": _symlink,
    "zip of overlapped entries": _overlapped,
    "zip in a zip": zipped("a.zip", lambda _b: {"b.zip": b"PK\x05\x06" + b"\0" * 18}),
    "zip in a zip by another name": zipped(
        "a.zip", lambda _b: {"b.csv": b"PK\x03\x04" + b"\0" * 60}
    ),
    "zip bomb": zipped("a.zip", lambda _b: {"a.csv": b"\0" * (100 * 2**20)}),
    "zip of 2,000 files": zipped("a.zip", lambda _b: {f"{i}.csv": b"a" for i in range(2000)}),
    "zip that lies about sizes": _lying_size,
    "zip with an entry twice": _twice,
    "zip under a password": _encrypted,
    "zip of folders in folders": zipped("a.zip", lambda _b: {"a/" * 1900 + "a.csv": "code,X,Y"}),
    "zip with an endless name": zipped("a.zip", lambda _b: {"字" * 100 + ".csv": "code,X,Y"}),
    "zip with a VRT": zipped("a.zip", lambda b: {"a.geojson": vrt(str(b.file))}),
    "XLSX bomb": _workbook(_WORKSHEET.format(" " * (300 * 2**20))),
    "XLSX with an external entity": _workbook(
        '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file://BAIT">]>'
        + _WORKSHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>')
    ),
    "XLSX with cells in far corners": _workbook(
        _WORKSHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    ),
    "KMZ with a NetworkLink": zipped("a.kmz", lambda b: {"doc.kml": network_link(b)}),
    "KMZ with icons": zipped("a.kmz", lambda b: {"doc.kml": icons(b)}),
    "KMZ with an external entity": zipped(
        "a.kmz",
        lambda b: {
            "doc.kml": f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{b.file}">]>' + KML.format("&x;")
        },
    ),
}
