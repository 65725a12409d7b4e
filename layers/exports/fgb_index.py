"""The index of places of a FlatGeobuf: a packed R-tree between header and features.

GDAL writes it too, but holds every feature's box twice in objects, and 100 MB of features to put
them in order: half a gigabyte for a million parcels. Ours are in the order of places already, so
GDAL writes them without an index, and the tree is laid over them as they lie: 40 bytes a feature.
The layout is flatgeobuf.org's (`packedrtree.h`).
"""

import mmap
import shutil
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely

NODE = np.dtype([("box", "<f8", 4), ("offset", "<u8")])
CHILDREN = 16
MAGIC = 8
# Fields of the header table in the order of the schema.
_ENVELOPE, _COUNT = 1, 8


class Boxes:
    """The boxes of features as they pass on their way to the file, and the first of them."""

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self.first: Any = None

    def __call__(self, batch: Any) -> None:
        """Take note of a record batch whose last column is the geometry (WKB)."""
        if self.first is None:
            self.first = batch.slice(0, 1)
        shapes = batch.column(batch.num_columns - 1).to_numpy(zero_copy_only=False)
        self.parts.append(shapely.bounds(shapely.from_wkb(shapes)))

    @property
    def count(self) -> int:
        """Features."""
        return sum(len(part) for part in self.parts)


def with_index(plain: Path, sample: Path, boxes: Boxes, path: Path) -> None:
    """`plain` (no index) with a tree of the boxes, under the header of `sample`, which has the same
    columns, one feature and an index.
    """
    header, levels = bytearray(_header(sample)), tree(boxes)
    count = len(levels[0])
    _set_header(header, count, levels[-1]["box"][0])
    with plain.open("rb") as source, path.open("wb") as target:
        start = MAGIC + 4 + _size(source, MAGIC)
        levels[0]["offset"] = _places(source, start, count)
        target.write(header)
        for level in reversed(levels):
            level.tofile(target)
        source.seek(start)
        shutil.copyfileobj(source, target, 2**20)


def tree(boxes: Boxes) -> list[Any]:
    """The nodes by levels, the leaves first; offsets of leaves are still to be set."""
    leaves = np.empty(boxes.count, NODE)
    done = 0
    while boxes.parts:
        part = boxes.parts.pop(0)
        leaves["box"][done : done + len(part)] = part
        done += len(part)
    levels = [leaves]
    while len(levels) == 1 or len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]["box"]))
    # A parent's offset is the number of its first child, counted from the root.
    position = sum(len(level) for level in levels)
    for children, parents in pairwise(levels):
        position -= len(children)
        parents["offset"] = position + np.arange(len(parents), dtype=np.uint64) * CHILDREN
    return levels


def _parents(boxes: Any) -> Any:
    starts = np.arange(0, len(boxes), CHILDREN)
    made = np.empty(len(starts), NODE)
    made["box"][:, :2] = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    made["box"][:, 2:] = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return made


def _places(file: BinaryIO, start: int, count: int) -> Any:
    """Where each feature begins, counted from the first; each says its own length."""
    places = np.empty(count, np.uint64)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = start
        for number in range(count):
            places[number] = at - start
            at += 4 + struct.unpack_from("<I", data, at)[0]
            if number % 10_000 == 0:
                # What has been read counts as ours until it is given back.
                data.madvise(mmap.MADV_DONTNEED)
    return places


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
