"""The index of places of a FlatGeobuf: a packed R-tree between header and features.

GDAL writes it too, but holds every feature's box twice in objects, and 100 MB of features to put
them in order: half a gigabyte for a million parcels. Ours are in the order of places already, so
GDAL writes them without an index, and the tree is laid over them as they lie, part by part.
The layout is flatgeobuf.org's (`packedrtree.h`).
"""

import mmap
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely

NODE = np.dtype([("box", "<f8", 4), ("offset", "<u8")])
CHILDREN = 16
# Leaves that are in memory at a time: whole families.
PART = CHILDREN * 512
MAGIC = 8
# Fields of the header table in the order of the schema.
_ENVELOPE, _COUNT = 1, 8


class Boxes:
    """The boxes of features as they pass on their way to the file, kept in another file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0
        # The first feature, for a file with the same columns.
        self.first: Any = None

    def __call__(self, batch: Any) -> None:
        """Take note of a record batch whose last column is the geometry (WKB)."""
        if self.first is None:
            self.first = batch.slice(0, 1)
        shapes = batch.column(batch.num_columns - 1).to_numpy(zero_copy_only=False)
        shapely.bounds(shapely.from_wkb(shapes)).tofile(self._file)
        self.count += len(shapes)

    def parts(self) -> Iterator[Any]:
        """So many at a time that siblings stay together."""
        self._file.seek(0)
        for start in range(0, self.count, PART):
            length = min(PART, self.count - start)
            yield np.fromfile(self._file, "<f8", 4 * length).reshape(-1, 4)


def with_index(plain: Path, sample: Path, boxes: Boxes, path: Path) -> None:
    """`plain` (no index) with a tree of the boxes, under the header of `sample`, which has the same
    columns, one feature and an index.
    """
    header, levels = bytearray(_header(sample)), upper_levels(boxes)
    _set_header(header, boxes.count, levels[-1]["box"][0])
    with plain.open("rb") as source, path.open("wb") as target:
        start = MAGIC + 4 + _size(source, MAGIC)
        target.write(header)
        for level in reversed(levels):
            level.tofile(target)
        for part, places in zip(boxes.parts(), _places(source, start, boxes.count), strict=True):
            leaves = np.empty(len(part), NODE)
            leaves["box"], leaves["offset"] = part, places
            leaves.tofile(target)
        source.seek(start)
        shutil.copyfileobj(source, target, 2**20)


def upper_levels(boxes: Boxes) -> list[Any]:
    """The nodes above the leaves by levels, the root last."""
    levels = [np.concatenate([_parents(part) for part in boxes.parts()])]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]["box"]))
    # A parent's offset is the number of its first child, counted from the root.
    sizes = [boxes.count, *(len(level) for level in levels)]
    for number, level in enumerate(levels):
        first = sum(sizes[number + 1 :])
        level["offset"] = first + np.arange(len(level), dtype=np.uint64) * CHILDREN
    return levels


def _parents(boxes: Any) -> Any:
    starts = np.arange(0, len(boxes), CHILDREN)
    made = np.empty(len(starts), NODE)
    made["box"][:, :2] = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    made["box"][:, 2:] = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return made


def _places(file: BinaryIO, start: int, count: int) -> Iterator[Any]:
    """Where each feature begins, counted from the first; each says its own length."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = start
        for first in range(0, count, PART):
            places = np.empty(min(PART, count - first), np.uint64)
            for number in range(len(places)):
                places[number] = at - start
                at += 4 + struct.unpack_from("<I", data, at)[0]
            yield places
            # What has been read counts as ours until it is given back.
            data.madvise(mmap.MADV_DONTNEED)


def _size(file: BinaryIO, at: int) -> int:
    file.seek(at)
    return int(struct.unpack("<I", file.read(4))[0])


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        length = _size(file, MAGIC)
        file.seek(0)
        return file.read(MAGIC + 4 + length)


def _set_header(header: bytearray, count: int, envelope: Any) -> None:
    """Number and box of the features, in their places in the table (FlatBuffers)."""
    table = MAGIC + 4 + struct.unpack_from("<I", header, MAGIC + 4)[0]
    rows = table - struct.unpack_from("<i", header, table)[0]

    def place(field: int) -> int:
        offset = int(struct.unpack_from("<H", header, rows + 4 + 2 * field)[0])
        assert offset, field
        return int(table + offset)

    struct.pack_into("<Q", header, place(_COUNT), count)
    vector = place(_ENVELOPE)
    vector += struct.unpack_from("<I", header, vector)[0] + 4
    struct.pack_into("<4d", header, vector, *(float(edge) for edge in envelope))
