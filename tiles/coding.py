"""Packing of tile bytes, once, in the application: zstd for browsers that take it, gzip for others.

The levels are those where a further one saves less than it takes: a tile is packed while somebody
waits for it. The same bytes always pack to the same bytes. nginx hands out what was packed here
(docker/nginx.conf chooses by the same rule as `choose`).
"""

import threading
from functools import lru_cache

import zstandard
from isal import igzip, igzip_lib

ZSTD, GZIP, PLAIN = "zstd", "gzip", ""
# Tiles of 32 KB on the average, on a busy machine: igzip 1 108 µs and 20.1 KB, zstd 2 111 µs and
# 20.0, zstd 3 156 µs and 19.8, zstd 1 92 µs and 21.5, brotli 1 169 µs and 22.2; zlib 5 ten times.
GZIP_LEVEL, ZSTD_LEVEL = 1, 2
REFUSED = frozenset(("q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"))

# How packed bytes begin. zstandard and isal name what is wrong with them each in their own way.
BEGINNING = {ZSTD: b"\x28\xb5\x2f\xfd", GZIP: b"\x1f\x8b", PLAIN: b""}
DAMAGED: tuple[type[Exception], ...] = (
    zstandard.ZstdError,
    igzip_lib.IsalError,  # type: ignore[assignment]  # its stub takes the class for an instance
    EOFError,
    OSError,
)


class _Packers(threading.local):
    """A zstd context takes longer to make than a small tile to pack, and serves one thread."""

    def __init__(self) -> None:
        self.zstd = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
        self.from_zstd = zstandard.ZstdDecompressor()


_packers = _Packers()


@lru_cache(256)
def choose(accept_encoding: str) -> str:
    """The coding for a client: ZSTD, GZIP or PLAIN. Refusals by q=0 are honoured."""
    offered = set()
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if "".join(weight.split()) not in REFUSED:
            offered.add(name.strip())
    return next((coding for coding in (ZSTD, GZIP) if coding in offered), PLAIN)


def pack(body: bytes | memoryview, coding: str) -> bytes:
    """The body in that coding."""
    if coding == ZSTD:
        return _packers.zstd.compress(body)
    if coding == GZIP:
        return bytes(igzip.compress(body, GZIP_LEVEL, mtime=0))
    return bytes(body)


def unpack(packed: bytes, coding: str) -> bytes:
    """What `pack` was given."""
    if coding == ZSTD:
        return _packers.from_zstd.decompress(packed)
    if coding == GZIP:
        return bytes(igzip.decompress(packed))
    return packed
