"""DGN v7 (MicroStation) by GDAL's driver: elements with their levels, in the file's master units.

The file is walked element by element before GDAL sees it: one that was cut off would lose parcels
without a word, and only the header says what unit the coordinates are in.
"""

import mmap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import object_array
from importers.limits import limits
from importers.readers.entities import Entities, assemble, bend, read_entities, too_many
from importers.refusals import BrokenFile, DrawingTooLarge
from importers.wording import number

MAGIC = (b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02")
_HEADER_TYPE = 9
# Names of the units in the header, and the length of the header up to there.
_MASTER_UNIT, _SUB_UNIT, _HEADER_BYTES = 1120, 1122, 1124
_END = b"\xff\xff"
_METRES = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "km": 1000.0}
_CURVED = (11, 15, 16)


@dataclass(frozen=True)
class Header:
    """Names of the units, as whoever set up the file wrote them, and the number of elements."""

    master_unit: str
    sub_unit: str
    elements: int


def read_dgn(path: Path) -> Entities:
    """All elements that are not deleted, in metres.

    Raises BrokenFile, EmptyFile, DrawingTooLarge.
    """
    if path.stat().st_size > limits().drawing_bytes:
        raise DrawingTooLarge(path.name)
    header = scan(path)
    if header.elements > limits().drawing_entities:
        raise too_many(limits().drawing_entities)
    found = read_entities(path, "DGN", "SELECT Type, Level, Text, OGR_STYLE FROM elements")
    notes = []
    if header.master_unit:
        unit = {"unit": header.master_unit}
        notes.append(_("Đơn vị chính ghi trong bản vẽ DGN: %(unit)s.") % unit)
    if scale := _METRES.get(header.master_unit.lower()):
        found["geometry"] = shapely.transform(found["geometry"], lambda xy: xy * scale)
        notes.append(_("Tọa độ đã được đổi sang mét."))
    curved = np.isin(found["Type"], _CURVED)
    if curved.any():
        worst = max(bend(shape) for shape in found["geometry"][curved] if shape is not None)
        notes.append(
            _("Cung tròn được thay bằng dây cung, sai tối đa %(error)s m.")
            % {"error": number(worst, 3)}
        )
    levels = object_array(str(int(level)) for level in found["Level"])
    return assemble("DGN V7", found, levels, notes)


def scan(path: Path) -> Header:
    """Walk over all elements. Raises BrokenFile for a file that was cut off."""
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        place, elements, size = 0, 0, len(data)
        units = ("", "")
        while place + 4 <= size and data[place : place + 2] != _END:
            length = 4 + 2 * int.from_bytes(data[place + 2 : place + 4], "little")
            if place + length > size:
                raise BrokenFile(_("Bản vẽ bị cắt cụt ở đối tượng %(n)d.") % {"n": elements})
            if data[place + 1] & 0x7F == _HEADER_TYPE and length >= _HEADER_BYTES:
                units = _units(data[place : place + _HEADER_BYTES])
            place += length
            elements += 1
    return Header(*units, elements)


def _units(header: bytes) -> tuple[str, str]:
    """Two letters each."""
    raw = (header[_MASTER_UNIT:_SUB_UNIT], header[_SUB_UNIT:_HEADER_BYTES])
    master, sub = (part.partition(b"\x00")[0].decode("latin-1").strip() for part in raw)
    return master, sub
