"""What TAB and MIF share: charset of the text, coordinate system, GDAL's one driver for both.

Text is read byte for byte: our private copy is given the charset ISO 8859-1 (one character a byte)
and `importers.encoding` decides, since “Neutral” tables of Vietnamese offices hold TCVN3 or VNI and
GDAL passes WindowsVietnamese on undecoded. A coordinate system whose datum is written out (9999)
is named by its parameters in `layers.crs`.
"""

import re
from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers.source import Source
from importers.readers.text_columns import text_decoder
from importers.readers.vector import first_shapes, layer_info, stream

_RAW = b"ISO8859_1"
_CHARSET = re.compile(rb'(?im)^(\s*!?charset\s+"?)([\w-]+)|(\bcharset\s+")([\w-]+)')
# MapInfo's name → ours; the text itself decides where it is absent or neutral.
_DECLARED = {
    "windowsvietnamese": "1258",
    "utf-8": "utf-8",
    "windowslatin1": None,
    "iso8859_1": None,
    "neutral": None,
}


def charset_of(head: bytes) -> str:
    """The charset that the file names, `Neutral` when it names none."""
    found = _CHARSET.search(head)
    return (found[2] or found[4]).decode("ascii") if found else "Neutral"


def is_ours_to_decode(charset: str) -> bool:
    """Charsets of Vietnamese tables; GDAL decodes the rest of the world's."""
    return charset.lower() in _DECLARED


def with_raw_charset(text: bytes) -> bytes:
    """The same file saying ISO 8859-1 wherever it names its charset."""

    def renamed(match: re.Match[bytes]) -> bytes:
        return (match[1] or match[3]) + _RAW

    return _CHARSET.sub(renamed, text)


def open_copy(copy: Path, name: str, format_name: str, charset: str) -> Source:
    """A private copy whose charset was made raw where it is ours to decode."""
    info = layer_info(copy, "MapInfo File", None)
    raw = is_ours_to_decode(charset)
    declared = _DECLARED.get(charset.lower())
    encodings, decode = text_decoder(copy, None, info, raw=raw, declared=declared)
    notes, crs_text = [], info["crs"]
    if crs_text and crs_text.startswith("LOCAL_CS"):
        crs_text = None
        notes.append(_("MapInfo ghi “NonEarth”: bảng không có hệ tọa độ."))
    return Source(
        format=format_name,
        name=name,
        fields=[decode.name(field) for field in info["fields"]],
        feature_count=int(info["features"]),
        crs_text=crs_text,
        read=stream(copy, None, decode),
        first_shapes=first_shapes(copy, None),
        notes=notes,
        encodings=encodings,
    )
