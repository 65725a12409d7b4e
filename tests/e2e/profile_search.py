"""Finds words in a browser's profile on disk, however they lie there.

Chromium keeps IndexedDB in LevelDB: tables of blocks that Snappy packs, values that it packs once
more, texts in one or two bytes a letter. Caches hold gzip. Each is looked at as it lies and
unpacked; of random words each third is looked for, too, since packing may cut them.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

RANDOM = 24
PIECE = 8
# Footer of a LevelDB table: two handles and this.
TABLE = struct.pack("<Q", 0xDB4775248B80FB57)
# Before a value that IndexedDB packed by itself.
PACKED_VALUE = b"\xff\x11\x02"
GZIP = b"\x1f\x8b\x08"


def found_in(profile: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """word → files of the profile in which it, or a piece of it, stands."""
    wanted = {word: _forms(word) for word in words}
    found: dict[str, set[str]] = {}
    for file in sorted(path for path in profile.rglob("*") if path.is_file()):
        views = b"\0".join(_views(file.read_bytes()))
        for word, forms in wanted.items():
            if any(form in views for form in forms):
                found.setdefault(word, set()).add(str(file.relative_to(profile)))
    return found


def _forms(word: str) -> set[bytes]:
    pieces = [word]
    if len(word) == RANDOM and word.isascii():
        pieces = [word[at : at + PIECE] for at in range(0, RANDOM, PIECE)]
    forms = set[bytes]()
    for piece in pieces:
        escaped = {piece, json.dumps(piece)[1:-1], quote(piece)}
        forms |= {text.encode("utf-8") for text in escaped} | {piece.encode("utf-16-le")}
    return forms


def _views(raw: bytes) -> Iterator[bytes]:
    """The bytes, and what is packed in them."""
    yield raw
    inside = [raw, *_blocks(raw)]
    yield from inside[1:]
    for part in inside:
        for at in _starts(part, PACKED_VALUE):
            yield _unsnap(part, at + len(PACKED_VALUE))
        for at in _starts(part, GZIP):
            yield _gunzip(part[at:])


def _starts(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def _gunzip(data: bytes) -> bytes:
    """As much as can be read."""
    try:
        return zlib.decompressobj(31).decompress(data)
    except zlib.error:
        return b""


def _blocks(raw: bytes) -> Iterator[bytes]:
    """The blocks of a LevelDB table, unpacked."""
    if not raw.endswith(TABLE):
        return
    _, at = _handle(raw, len(raw) - 48)
    index, _ = _handle(raw, at)
    for handle in _values(_block(raw, *index)):
        yield _block(raw, *_handle(handle, 0)[0])


def _block(raw: bytes, offset: int, size: int) -> bytes:
    data = raw[offset : offset + size]
    return _unsnap(data, 0) if raw[offset + size] == 1 else data


def _values(block: bytes) -> Iterator[bytes]:
    """The values of an index block: handles of data blocks."""
    (restarts,) = struct.unpack("<I", block[-4:])
    end = len(block) - 4 * (restarts + 1)
    at = 0
    while at < end:
        _shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        yield block[at + own : at + own + length]
        at += own + length


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _unsnap(data: bytes, at: int) -> bytes:
    """Snappy, as far as it can be read: what only looks like it gives nothing of use."""
    out = bytearray()
    try:
        length, at = _varint(data, at)
        while len(out) < length and at < len(data):
            at = _element(data, at, out)
    except IndexError:
        pass
    return bytes(out)


def _element(data: bytes, at: int, out: bytearray) -> int:
    """A literal or a copy of what came before; where the next one begins."""
    tag = data[at]
    at += 1
    if tag & 3 == 0:
        size = tag >> 2
        if size >= 60:
            extra = size - 59
            size = int.from_bytes(data[at : at + extra], "little")
            at += extra
        out += data[at : at + size + 1]
        return at + size + 1
    if tag & 3 == 1:
        size, back = ((tag >> 2) & 7) + 4, (tag >> 5) << 8 | data[at]
        at += 1
    else:
        width = 2 if tag & 3 == 2 else 4
        size, back = (tag >> 2) + 1, int.from_bytes(data[at : at + width], "little")
        at += width
    if not 0 < back <= len(out):
        raise IndexError
    for _ in range(size):
        out.append(out[-back])
    return at
