"""Unpack a zip into a private folder, within limits, and find the one data set in it.

Nothing is written for an archive that breaks a rule: names are checked before the first byte, sizes
while bytes come. Limits are settings of the project.
"""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from importers.limits import limits
from importers.readers.sniff import Kind
from importers.refusals import (
    ArchiveSuspicious,
    ArchiveTooLarge,
    BrokenArchive,
    EmptyFile,
    LayerChoiceNeeded,
    ShapefileIncomplete,
    UnsafeArchive,
    UnsupportedFormat,
)
from importers.wording import number

_CHUNK = 2**20
_NESTED = {".zip", ".kmz", ".rar", ".7z", ".gz", ".tar", ".xlsx"}
_SIDECARS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
_DATA = {".shp", ".gpkg", ".geojson", ".json", ".csv"}
_REFUSED = {
    ".gml": "GML",
    ".kml": "KML",
    ".dxf": "DXF",
    ".dwg": "DWG",
    ".dgn": "DGN",
    ".tab": "TAB",
}


def is_workbook(path: Path) -> bool:
    """An XLSX is a zip with a workbook part. Raises BrokenArchive."""
    with _open(path) as archive:
        names = archive.namelist()
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def check_workbook(path: Path) -> None:
    """Refuse a workbook that unpacks beyond the limits: 1 MB of XLSX can hold 1 GB of cells."""
    with _open(path) as archive:
        entries = archive.infolist()
    _check_entries(entries, path.stat().st_size, nested_allowed=True)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits().workbook_bytes:
        raise ArchiveTooLarge(_too_many_bytes(unpacked, limits().workbook_bytes))


def unpack(path: Path, folder: Path) -> list[Path]:
    """Every file of the archive, flat paths under `folder`. Raises the named refusals above."""
    with _open(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if not entries:
            raise EmptyFile(path.name)
        _check_entries(entries, path.stat().st_size, nested_allowed=False)
        budget = limits().unpacked_bytes
        found = []
        for entry in entries:
            target = folder / PurePosixPath(entry.filename)
            budget -= _extract(archive, entry, target, budget)
            found.append(target)
    return found


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BrokenArchive(path.name) from error


def _check_entries(entries: list[zipfile.ZipInfo], packed: int, *, nested_allowed: bool) -> None:
    limit = limits()
    if len(entries) > limit.archive_entries:
        raise ArchiveTooLarge(
            _("%(n)d mục, tối đa %(max)d") % _pair(len(entries), limit.archive_entries)
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limit.archive_ratio * max(packed, 4096):
        raise ArchiveSuspicious(
            _("Giải nén ra gấp %(ratio)s lần, tối đa %(most)s lần; dữ liệu thật dưới 40 lần.")
            % {"ratio": number(unpacked / packed), "most": number(limit.archive_ratio)}
        )
    if unpacked > limit.unpacked_bytes:
        raise ArchiveTooLarge(_too_many_bytes(unpacked, limit.unpacked_bytes))
    # Overlapped entries share compressed bytes: their sum is then more than the file.
    if sum(entry.compress_size for entry in entries) > packed:
        raise UnsafeArchive(_("các mục chồng lên nhau"))
    for entry in entries:
        _check_name(entry, nested_allowed)


def _too_many_bytes(unpacked: int, most: int) -> str:
    return _("Giải nén ra %(n)s MB, tối đa %(most)s MB.") % {
        "n": number(unpacked / 2**20),
        "most": number(most / 2**20),
    }


def _pair(count: int, most: int) -> dict[str, int]:
    return {"n": count, "max": most}


def _check_name(entry: zipfile.ZipInfo, nested_allowed: bool) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name or "\x00" in name:
        raise UnsafeArchive(_("tên mục “%(name)s”") % {"name": name[:80]})
    mode = entry.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        raise UnsafeArchive(_("“%(name)s” là liên kết") % {"name": name[:80]})
    if not nested_allowed and parts.suffix.lower() in _NESTED:
        raise UnsafeArchive(_("tệp nén nằm trong tệp nén: “%(name)s”") % {"name": name[:80]})


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Write one entry, counting bytes as they come: a directory may lie about sizes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    try:
        with archive.open(entry) as packed, target.open("xb") as out:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > min(entry.file_size, budget):
                    raise ArchiveTooLarge(entry.filename)
                out.write(chunk)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BrokenArchive(entry.filename) from error
    except OSError as error:
        raise UnsafeArchive(entry.filename) from error
    except zlib.error as error:
        raise BrokenArchive(entry.filename) from error
    return written


def data_file(files: list[Path], wanted: str | None) -> Path:
    """The one data file among those unpacked. Raises LayerChoiceNeeded, UnsupportedFormat."""
    shown = [f for f in files if not f.name.startswith((".", "._")) and "__MACOSX" not in f.parts]
    found = [f for f in shown if f.suffix.lower() in _DATA]
    if wanted:
        found = [f for f in found if wanted in (f.name, f.stem)] or found
    if len(found) > 1:
        raise LayerChoiceNeeded(", ".join(sorted(f.stem for f in found)))
    if found:
        return found[0]
    for file in shown:
        if file.suffix.lower() in _SIDECARS:
            raise ShapefileIncomplete(_("thiếu tệp .shp"))
        if any(part.lower().endswith(".gdb") for part in file.parts):
            raise UnsupportedFormat("FileGDB")
        if file.suffix.lower() in _REFUSED:
            raise UnsupportedFormat(_REFUSED[file.suffix.lower()])
    raise UnsupportedFormat(", ".join(f.name for f in shown[:3]) or Kind.ARCHIVE)
