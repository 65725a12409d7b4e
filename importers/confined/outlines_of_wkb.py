"""What WKB says about itself, looked at before GEOS parses it: GEOS follows any nesting to the end
of its stack, and makes 128 bytes of a ring that has none.

Only heads are read. Most shapes have one member and are looked at by numpy, all at once; the rest
are walked one by one. `importers.confined.columns` asks before it parses.
"""

import struct

import numpy as np
import pyarrow as pa

from importers.confined.distrust import BadBatch

# 4 million corners of one shape; members and rings of a batch. A reader has less room for them.
MOST_BYTES = 64 * 2**20
MOST_PARTS = 2_000_000
# A collection of collections of multipolygons has 4 levels.
_MOST_LEVELS = 6
_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_MEMBERS = {4: {1}, 5: {2}, 6: {3}, _COLLECTION: {1, 2, 3, 4, 5, 6, 7}}
_HEAD = 9
_ORDERS = {0: ">", 1: "<"}
_ISO = range(4)
_Z, _M = 0x80000000, 0x40000000


def refuse_strange(wkb: pa.Array) -> None:
    """Raises BadBatch for a shape that is too large, nested too deep, or of a kind that no reader
    sends; and for too many parts in all. `wkb`: large binary (n,), validated by Arrow.
    """
    _validity, offsets, data = wkb.buffers()
    if not len(wkb) or data is None:
        return
    ends = np.frombuffer(offsets, np.int64, len(wkb) + 1, 8 * wkb.offset)
    given = np.asarray(wkb.is_valid())
    starts, sizes = ends[:-1][given], np.diff(ends)[given]
    if not len(starts):
        return
    if sizes.min() < _HEAD or sizes.max() > MOST_BYTES:
        raise BadBatch("size of a shape")
    kinds, counts = _heads(np.frombuffer(data, np.uint8), starts)
    simple = kinds <= _POLYGON
    alone = ~simple & (kinds < _COLLECTION) & (counts == 1) & (sizes >= 2 * _HEAD)
    members, rings = _heads(np.frombuffer(data, np.uint8), starts[alone] + _HEAD)
    if not np.array_equal(members, kinds[alone] - 3):
        raise BadBatch("member of a shape")
    parts = int(counts[kinds == _POLYGON].sum()) + int(rings[members == _POLYGON].sum())
    walk = _Walk(memoryview(data), MOST_PARTS - parts)
    for start, size in zip(*(a[~simple & ~alone].tolist() for a in (starts, sizes)), strict=True):
        walk.shape(start, start + size)
    if walk.left < 0:
        raise BadBatch("parts")


def _heads(data: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(kind 1–7 of each shape, the number that follows), both int64 (n,)."""
    heads = data[starts[:, None] + np.arange(_HEAD)]
    swapped = heads[:, 0] == 0
    numbers = np.ascontiguousarray(heads[:, 1:]).view("<u4").astype(np.int64)
    numbers[swapped] = np.ascontiguousarray(heads[swapped, 1:]).view(">u4")
    kinds = (numbers[:, 0] & 0xFFFF) % 1000
    if (heads[:, 0] > 1).any() or not _is_plain(numbers[:, 0]).all():
        raise BadBatch("kind of a shape")
    return kinds, numbers[:, 1]


def _is_plain(words: np.ndarray) -> np.ndarray:
    """No curves, no SRID, nothing unknown."""
    low = words & 0xFFFF
    kind = low % 1000
    known = (words & 0x3FFF0000) == 0
    return np.asarray(known & (low < 4000) & (kind >= _POINT) & (kind <= _COLLECTION))


class _Walk:
    """Goes over the heads of single shapes; `left`: how many parts there may still be."""

    def __init__(self, data: memoryview, left: int) -> None:
        self._data = data
        self._end = 0
        self.left = left

    def shape(self, at: int, end: int) -> None:
        """The shape between these bytes. Raises BadBatch."""
        self._end = end
        try:
            self._over(at, set(_MEMBERS), _MOST_LEVELS)
        except struct.error as error:
            raise BadBatch("end of a shape") from error

    def _over(self, at: int, allowed: set[int], levels: int) -> int:
        """Where the shape that begins here ends."""
        if at >= self._end or self._data[at] not in _ORDERS:
            raise BadBatch("byte order of a shape")
        order = _ORDERS[self._data[at]]
        word = self._number(order, at + 1)
        kind = (word & 0xFFFF) % 1000
        if kind not in allowed or not levels or word & 0x3FFF0000:
            raise BadBatch("nesting of a shape")
        point = 8 * _coordinates(word)
        if kind == _POINT:
            return at + 5 + point
        count, at = self._number(order, at + 5), at + _HEAD
        if kind == _LINE:
            return at + count * point
        for _part in range(self._spent(count)):
            if kind == _POLYGON:
                at += 4 + self._number(order, at) * point
            else:
                at = self._over(at, _MEMBERS[kind], levels - 1)
        return at

    def _number(self, order: str, at: int) -> int:
        if at + 4 > self._end:
            raise BadBatch("end of a shape")
        return int(struct.unpack_from(order + "I", self._data, at)[0])

    def _spent(self, count: int) -> int:
        self.left -= count
        if self.left < 0:
            raise BadBatch("parts")
        return count


def _coordinates(word: int) -> int:
    """2, 3 or 4 numbers a point, as either way of writing Z and M says."""
    iso = (word & 0xFFFF) // 1000
    height = bool(word & _Z) or iso in (1, 3)
    measure = bool(word & _M) or iso in (2, 3)
    if iso not in _ISO:
        raise BadBatch("kind of a shape")
    return 2 + height + measure
