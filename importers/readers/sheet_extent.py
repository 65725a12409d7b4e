"""How far a workbook's cells reach, before a library makes room for them.

The reader holds a sheet as one full rectangle: two cells in opposite corners of a 1 KB file ask for
17,000 million cells, and the process ends.
"""

import re
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from importers.refusals import ArchiveTooLarge

# A register of a million rows with twenty columns.
MOST_CELLS = 20_000_000
_CHUNK = 2**20
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")


def check_extent(path: Path) -> None:
    """Raises ArchiveTooLarge for a sheet whose rectangle holds more than MOST_CELLS."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".xml") and "sheets/" in name.lower():
                width, height = _reach(archive, name)
                if width * height > MOST_CELLS:
                    raise ArchiveTooLarge(
                        _("trang tính rộng %(n)d × %(m)d ô") % {"n": width, "m": height}
                    )


def _reach(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """(columns, rows) up to the farthest cell of the sheet."""
    columns: set[bytes] = {b"A"}
    last_row, kept = 1, b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            window = kept + chunk
            for column, row in _REFERENCE.findall(window):
                columns.add(column)
                last_row = max(last_row, int(row))
            kept = window[-32:]
    return max(map(_number, columns)), last_row


def _number(letters: bytes) -> int:
    """`A` → 1, `AA` → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
