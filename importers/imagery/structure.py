"""The directories of a TIFF, walked before any library opens it: sizes are claims until then.

Plain Python over a few thousand numbers, bounded everywhere: used in the confined child on what
strangers send, and in the parent on what the child made. Raises the refusals of
`importers.imagery.refusals`.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from django.utils.translation import gettext as _

from importers.imagery.refusals import (
    BlocksTooLarge,
    PictureBroken,
    PictureElsewhere,
    PictureTooLarge,
    StrangePicture,
)
from importers.limits import limits
from importers.wording import number

MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
# Field type → its bytes; TIFF 6.0 and BigTIFF.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_WHOLE = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}
WIDTH, HEIGHT, BITS, COMPRESSION = 256, 257, 258, 259
SAMPLES, ROWS_PER_STRIP, PLANAR = 277, 278, 284
TILE_WIDTH, TILE_HEIGHT = 322, 323
_OFFSETS, _COUNTS = (273, 324), (279, 325)
_SUBDIRECTORIES = 330
METADATA = 42112
# The most of all other tags of one directory: profiles of colour, metadata, tables of colours.
_MOST_TAG_BYTES = 8 * 2**20
_MOST_TAGS = 400
# 16 bytes each: an orthophoto of a commune has a few ten thousand.
_MOST_BLOCKS = 2_000_000
_MOST_SIDE = 1_000_000
# Below it a strip or tile is decoded in one piece without harm.
_BLOCK_BYTES = 96 * 2**20
# GDAL reads an uncompressed picture in one strip line by line from this height on.
_SPLIT_HEIGHT = 2000
# Small files may claim this much: a white sheet packs very well.
_CLAIM_ALLOWED = 256 * 2**20
# Words by which GDAL goes on to another file.
_ELSEWHERE = (b"OVERVIEW_FILE", b"OVERVIEWS", b"MASK_FILE", b"/vsi", b"<VRTDataset")


@dataclass(frozen=True)
class Directory:
    """One picture of the file. `blocks`: offset and size of each strip or tile, int64 (n, 2)."""

    width: int
    height: int
    bits: int
    samples: int
    compression: int
    tags: frozenset[int]
    block: tuple[int, int]
    blocks: np.ndarray

    @property
    def claimed_bytes(self) -> int:
        """What its pixels take unpacked."""
        return self.width * self.height * self.samples * max(self.bits, 1) // 8


def directories(path: Path) -> list[Directory]:
    """Every directory of the file, checked: the main picture, overviews, masks.

    Raises StrangePicture, PictureBroken, PictureTooLarge, BlocksTooLarge, PictureElsewhere.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        found = _Walk(stream, size).all()
    _check_claims(found, size)
    return found


class _Walk:
    """One pass over the chain of directories and those that hang below them."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._size = stream, size
        head = self._bytes(0, 8)
        if head[:4] not in MAGIC:
            raise StrangePicture(_("Không phải TIFF."))
        self._order = "<" if head[:2] == b"II" else ">"
        self._big = 43 in (head[2], head[3])

    def all(self) -> list[Directory]:
        waiting = [self._first()]
        seen: set[int] = set()
        found: list[Directory] = []
        most = limits().image_directories
        while waiting:
            place = waiting.pop(0)
            if not place:
                continue
            if place in seen:
                raise StrangePicture(_("Các thư mục ảnh trỏ vòng lại nhau."))
            seen.add(place)
            if len(seen) > most:
                raise StrangePicture(_("Quá %(n)s thư mục ảnh.") % {"n": most})
            entries, following = self._entries(place)
            found.append(self._directory(entries))
            waiting += [following, *self._whole(entries.get(_SUBDIRECTORIES), most + 1)]
        if not found:
            raise PictureBroken(_("Tệp không có ảnh nào."))
        return found

    def _first(self) -> int:
        return self._number(8, 8) if self._big else self._number(4, 4)

    def _number(self, place: int, size: int) -> int:
        return int.from_bytes(self._bytes(place, size), "little" if self._order == "<" else "big")

    def _bytes(self, place: int, count: int) -> bytes:
        """Raises PictureBroken where the file ends before."""
        if place < 0 or place + count > self._size:
            raise PictureBroken(_("Tệp bị cắt cụt: thiếu phần cuối."))
        self._stream.seek(place)
        return self._stream.read(count)

    def _entries(self, place: int) -> tuple[dict[int, tuple[int, int, int]], int]:
        """Tag → (type, count, place of its values), and where the next directory is."""
        wide = 8 if self._big else 2
        count = self._number(place, wide)
        if not 1 <= count <= _MOST_TAGS:
            raise StrangePicture(_("%(n)s mục trong một thư mục ảnh") % {"n": number(count)})
        step, inline = (20, 8) if self._big else (12, 4)
        raw = self._bytes(place + wide, count * step + inline)
        pack = struct.Struct(self._order + ("HHQ" if self._big else "HHI"))
        found = {}
        total = 0
        for index in range(count):
            tag, kind, many = pack.unpack_from(raw, index * step)
            size = _SIZES.get(kind, 0) * many
            value = place + wide + index * step + pack.size
            if size > inline:
                value = self._number(value, inline)
                if value + size > self._size:
                    raise PictureBroken(_("Tệp bị cắt cụt: thiếu phần cuối."))
            if tag not in (*_OFFSETS, *_COUNTS):
                total += size
            found[tag] = (kind, many, value)
        if total > _MOST_TAG_BYTES:
            raise StrangePicture(
                _("Phần mô tả của ảnh dài %(n)s MB.") % {"n": number(total / 2**20)}
            )
        following = int.from_bytes(raw[-inline:], "little" if self._order == "<" else "big")
        self._refuse_elsewhere(found.get(METADATA))
        return found, following

    def _refuse_elsewhere(self, entry: tuple[int, int, int] | None) -> None:
        if entry is None:
            return
        text = self._bytes(entry[2], _SIZES.get(entry[0], 0) * entry[1])
        if any(word.lower() in text.lower() for word in _ELSEWHERE):
            raise PictureElsewhere(_("Phần mô tả (GDAL_METADATA) nêu tên tệp khác."))

    def _whole(self, entry: tuple[int, int, int] | None, most: int) -> list[int]:
        if entry is None:
            return []
        return [int(value) for value in self._array(entry, most)]

    def _array(self, entry: tuple[int, int, int], most: int) -> np.ndarray:
        """Whole numbers of a tag, int64. Raises StrangePicture."""
        kind, count, place = entry
        if kind not in _WHOLE or count > most:
            raise StrangePicture(_("Mục của thư mục ảnh sai kiểu hoặc quá dài."))
        raw = self._bytes(place, _SIZES[kind] * count)
        values = np.frombuffer(raw, self._order + _WHOLE[kind])
        if kind == 16 and len(values) and int(values.max()) > 2**62:
            raise StrangePicture(_("Mục của thư mục ảnh sai kiểu hoặc quá dài."))
        return values.astype(np.int64)

    def _directory(self, entries: dict[int, tuple[int, int, int]]) -> Directory:
        def one(tag: int, usual: int) -> int:
            values = self._whole(entries.get(tag), 1024)
            return values[0] if values else usual

        width, height = one(WIDTH, 0), one(HEIGHT, 0)
        if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
            raise StrangePicture(
                _("Kích thước ghi là %(w)s × %(h)s điểm ảnh.")
                % {"w": number(width), "h": number(height)}
            )
        samples, bits = one(SAMPLES, 1), max(self._whole(entries.get(BITS), 70_000) or [1])
        if not (1 <= samples <= 65_535 and 1 <= bits <= 128):
            raise StrangePicture(_("Số kênh hoặc số bit bất thường."))
        tiled = TILE_WIDTH in entries
        block = (
            (one(TILE_WIDTH, 0), one(TILE_HEIGHT, 0))
            if tiled
            else (width, min(height, one(ROWS_PER_STRIP, height) or height))
        )
        if min(block) < 1 or max(block) > _MOST_SIDE:
            raise StrangePicture(_("Kích thước ô ảnh bất thường."))
        offsets, counts = (self._blocks(entries, tags) for tags in (_OFFSETS, _COUNTS))
        planes = samples if one(PLANAR, 1) == 2 else 1
        needed = -(-width // block[0]) * -(-height // block[1]) * planes
        if len(offsets) < needed or len(counts) < needed:
            raise PictureBroken(_("Thiếu bảng vị trí các ô ảnh."))
        found = Directory(
            width=width,
            height=height,
            bits=bits,
            samples=samples,
            compression=one(COMPRESSION, 1),
            tags=frozenset(entries),
            block=block,
            blocks=np.column_stack([offsets[:needed], counts[:needed]]),
        )
        self._check_blocks(found, 1 if planes > 1 else samples)
        return found

    def _blocks(
        self, entries: dict[int, tuple[int, int, int]], tags: tuple[int, int]
    ) -> np.ndarray:
        entry = next((entries[tag] for tag in tags if tag in entries), None)
        return np.empty(0, np.int64) if entry is None else self._array(entry, _MOST_BLOCKS)

    def _check_blocks(self, found: Directory, samples: int) -> None:
        """Each strip or tile lies in the file and fits in memory."""
        offsets, counts = found.blocks.T
        if bool((offsets + counts > self._size).any()) or bool((found.blocks < 0).any()):
            raise PictureBroken(_("Tệp bị cắt cụt: ô ảnh nằm ngoài tệp."))
        if len(found.blocks) and not bool(counts.any()):
            return
        used = np.unique(found.blocks[counts > 0], axis=0)
        if int(used[:, 1].sum()) > self._size:
            raise StrangePicture(_("Các ô ảnh chồng lên nhau trong tệp."))
        size = found.block[0] * found.block[1] * samples * found.bits // 8
        split = found.compression == 1 and found.block[1] == found.height > _SPLIT_HEIGHT
        if size > _BLOCK_BYTES and not split:
            raise BlocksTooLarge(
                _("Mỗi khối %(n)s MB, tối đa %(most)s MB.")
                % {"n": number(size / 2**20), "most": number(_BLOCK_BYTES / 2**20)}
            )


def _check_claims(found: list[Directory], size: int) -> None:
    """Pixels against the limit, and against the bytes that are there."""
    limit = limits()
    main = found[0]
    pixels = main.width * main.height
    if pixels > limit.image_pixels:
        raise PictureTooLarge(
            _("%(w)s × %(h)s = %(n)s triệu điểm ảnh, tối đa %(most)s triệu.")
            % {
                "w": number(main.width),
                "h": number(main.height),
                "n": number(pixels / 1e6),
                "most": number(limit.image_pixels / 1e6),
            }
        )
    if any(one.width * one.height > pixels for one in found[1:]):
        raise StrangePicture(_("Ảnh thu nhỏ lớn hơn ảnh chính."))
    claimed = sum(one.claimed_bytes for one in found)
    if claimed > max(_CLAIM_ALLOWED, limit.image_ratio * size):
        raise StrangePicture(
            _("%(n)s MB điểm ảnh trong tệp %(size)s MB: ảnh thật không nén được đến thế")
            % {"n": number(claimed / 2**20), "size": number(size / 2**20, 1)}
        )
