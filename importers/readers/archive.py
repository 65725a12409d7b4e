"""Unpack a zip into a private folder, within limits; `inside` then finds the data set in it.

Nothing is written for an archive that breaks a rule: names are checked before the first byte, sizes
while bytes come. Limits are settings of the project.
"""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from importers.limits import limits
from importers.refusals import (
    ArchiveSuspicious,
    ArchiveTooLarge,
    BrokenArchive,
    EmptyFile,
    UnsafeArchive,
)
from importers.wording import number

_CHUNK = 2**20
_MIMETYPE_LENGTH = 100
# A survey's folders are five deep at most; file systems allow names of 255 bytes.
_DEEPEST = 20
_LONGEST_NAME = 255
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error)
_NESTED = {".zip", ".kmz", ".rar", ".7z", ".gz", ".tar", ".xlsx"}


def part_names(path: Path) -> list[str]:
    """Names of the entries. Raises BrokenArchive."""
    with _open(path) as archive:
        return archive.namelist()


def is_workbook(names: list[str]) -> bool:
    """An XLSX is a zip with a workbook part."""
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def mimetype(path: Path) -> str:
    """What an OpenDocument or EPUB says of itself in its first, stored entry; empty otherwise."""
    with _open(path) as archive:
        first = next(iter(archive.infolist()), None)
        if first is None or first.filename != "mimetype" or first.file_size > _MIMETYPE_LENGTH:
            return ""
        try:
            return archive.read(first).decode("ascii", "replace").strip()
        except _BROKEN as error:
            raise BrokenArchive(path.name) from error


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
    if len(parts.parts) > _DEEPEST:
        raise UnsafeArchive(_("quá %(n)s thư mục lồng nhau") % {"n": _DEEPEST})
    if any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in parts.parts):
        raise UnsafeArchive(_("tên mục dài quá: “%(name)s”") % {"name": parts.name[:80]})
    mode = entry.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        raise UnsafeArchive(_("“%(name)s” là liên kết") % {"name": name[:80]})
    if not nested_allowed and parts.suffix.lower() in _NESTED:
        raise UnsafeArchive(_("tệp nén nằm trong tệp nén: “%(name)s”") % {"name": name[:80]})


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Write one entry, counting bytes as they come: a directory may lie about sizes."""
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as packed, target.open("xb") as out:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > min(entry.file_size, budget):
                    raise ArchiveTooLarge(entry.filename)
                out.write(chunk)
    except _BROKEN as error:
        raise BrokenArchive(entry.filename) from error
    except OSError as error:
        raise UnsafeArchive(entry.filename) from error
    return written
