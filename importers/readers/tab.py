"""MapInfo table: the `.tab` text with its `.dat`, `.map` and `.id`, copied under one name.

Only native tables are opened: a `.tab` may also be a view, a seamless set, a linked or remote table
or a picture, each of which names other files.
"""

import re
import shutil
from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers import refused
from importers.readers.mapinfo import (
    charset_of,
    is_ours_to_decode,
    open_copy,
    with_raw_charset,
)
from importers.readers.source import Source, Wanted
from importers.refusals import MapInfoIncomplete, UnsafeFile

_PARTS = (".dat", ".map", ".id")
# A table's text is short; columns and metadata take a few kilobytes.
_MOST = 4 * 2**20
_TYPE = re.compile(rb'^\s*type\s+"?(\w+)', re.I | re.M)
_ELSEWHERE = re.compile(
    rb'^\s*(open\s+table|create\s+view|file\s+"|seamless|begin_query|"?\\isseamless"?\s*=\s*"true)',
    re.I | re.M,
)


def open_tab(path: Path, _wanted: Wanted, folder: Path) -> Source:
    """Raises UnsafeFile for a table that points elsewhere, MapInfoIncomplete without its parts."""
    text = path.read_bytes()[:_MOST]
    _check(text)
    charset = charset_of(text)
    target = folder / "set"
    target.mkdir(exist_ok=True)
    found = _copy_parts(path, target)
    missing = [suffix for suffix in _PARTS if suffix not in found]
    if missing:
        raise MapInfoIncomplete(_("thiếu tệp %(parts)s") % {"parts": ", ".join(missing)})
    copy = target / "data.tab"
    copy.write_bytes(with_raw_charset(text) if is_ours_to_decode(charset) else text)
    return open_copy(copy, path.stem, "MapInfo TAB", charset)


def _check(text: bytes) -> None:
    """Raises UnsafeFile, UnsupportedFormat."""
    found = _TYPE.search(text)
    kind = found[1].decode("ascii", "replace").upper() if found else "?"
    if kind == "RASTER":
        raise refused.refused(_("ảnh gắn tọa độ của MapInfo"), refused.IMAGERY)
    if kind == "LINKED" or _ELSEWHERE.search(text):
        raise UnsafeFile(_("Bảng MapInfo ghép từ bảng khác (view, seamless, linked)."))
    if kind != "NATIVE":
        raise refused.refused(f"MapInfo TAB, Type {kind}", refused.MAPINFO)


def _copy_parts(path: Path, target: Path) -> set[str]:
    found = set()
    for part in path.parent.iterdir():
        suffix = part.suffix.lower()
        if part.stem.lower() == path.stem.lower() and suffix in _PARTS and part.is_file():
            shutil.copyfile(part, target / f"data{suffix}")
            found.add(suffix)
    return found
