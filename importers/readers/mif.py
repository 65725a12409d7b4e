"""MapInfo's text form: `.mif` with the shapes and `.mid` with the attributes, one line a shape."""

import shutil
from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers.mapinfo import (
    charset_of,
    is_ours_to_decode,
    open_copy,
    with_raw_charset,
)
from importers.readers.source import Source, Wanted
from importers.refusals import MapInfoIncomplete

# Version, charset, delimiter, coordinate system and columns.
_HEAD = 65536


def open_mif(path: Path, _wanted: Wanted, folder: Path) -> Source:
    """The pair copied under one name. Raises MapInfoIncomplete, BrokenFile, EmptyFile."""
    target = folder / "set"
    target.mkdir(exist_ok=True)
    with path.open("rb") as source:
        head = source.read(_HEAD)
        charset = charset_of(head)
        with (target / "data.mif").open("wb") as copy:
            copy.write(with_raw_charset(head) if is_ours_to_decode(charset) else head)
            shutil.copyfileobj(source, copy)
    attributes = _attributes(path)
    if attributes is not None:
        shutil.copyfile(attributes, target / "data.mid")
    elif b"columns 0" not in head.lower():
        raise MapInfoIncomplete(_("thiếu tệp %(parts)s") % {"parts": ".mid"})
    return open_copy(target / "data.mif", path.stem, "MapInfo MIF", charset)


def _attributes(path: Path) -> Path | None:
    for part in path.parent.iterdir():
        if part.stem.lower() == path.stem.lower() and part.suffix.lower() == ".mid":
            return part
    return None
