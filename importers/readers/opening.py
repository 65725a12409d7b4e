"""Open a file by what it is: sniff, unpack when it is an archive, hand over to its reader."""

from pathlib import Path

from importers.limits import limits
from importers.readers.archive import data_file, is_workbook, unpack
from importers.readers.csv_file import is_utf16, open_csv
from importers.readers.geojson import open_geojson
from importers.readers.geopackage import open_geopackage
from importers.readers.shapefile import open_shapefile
from importers.readers.sniff import Kind, sniff
from importers.readers.source import Source, Wanted
from importers.readers.xlsx import open_xlsx
from importers.refusals import FileMissing, FileTooLarge, NotAnArchive, UnsafeArchive


def open_source(path: Path, wanted: Wanted, folder: Path) -> Source:
    """The one data set of `path`; `folder` is private, empty, and removed by the caller.

    Raises a subclass of ImportRefused that says why the file cannot be read.
    """
    if not path.is_file():
        raise FileMissing(str(path.absolute()))
    kind = _kind(path)
    if path.stat().st_size > limits().file_bytes:
        raise FileTooLarge(path.name)
    if kind is Kind.ARCHIVE and is_workbook(path):
        kind = Kind.XLSX
    elif kind is Kind.ARCHIVE:
        inside = folder / "zip"
        path = data_file(unpack(path, inside), wanted.sheet)
        kind = _kind(path)
        if kind is Kind.ARCHIVE:
            raise UnsafeArchive(path.name)
    return _open(kind, path, wanted, folder)


def _kind(path: Path) -> Kind:
    """What `sniff` says, and two things that only name and content together tell."""
    with path.open("rb") as stream:
        head = stream.read(512)
    if path.suffix.lower() == ".zip" and head.strip() and _is_text(head):
        raise NotAnArchive(path.name)
    return Kind.CSV if is_utf16(path) else sniff(path)


def _is_text(head: bytes) -> bool:
    """No byte that only programs write; RAR, 7-Zip and GZIP have some at once."""
    return not head.startswith(b"PK") and not any(b < 9 for b in head)


def _open(kind: Kind, path: Path, wanted: Wanted, folder: Path) -> Source:
    match kind:
        case Kind.SHAPEFILE:
            return open_shapefile(path, folder)
        case Kind.GEOPACKAGE:
            return open_geopackage(path, wanted.sheet)
        case Kind.GEOJSON:
            return open_geojson(path)
        case Kind.XLSX:
            return open_xlsx(path, wanted)
        case _:
            return open_csv(path, wanted)
