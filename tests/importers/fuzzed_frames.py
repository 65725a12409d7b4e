"""Frames of an honest reader, changed at random, given to the parent's side; run as a program by
`tests.importers.test_captured_child`, so that a crash or a flood of memory ends only this process.
"""

import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
import numpy as np
import pyarrow as pa
import shapely
from django.conf import settings

from importers.batch import Batch, Issue, object_array
from importers.confined import columns, wire
from importers.confined.process import ended_of
from importers.readers.source import Source
from importers.refusals import BrokenFile
from layers.crs import WGS84

MEMORY = 400 * 2**20
NAMES = ["a", "b", "c"]
Attempt = Callable[[bytes], object]


def frames() -> list[tuple[bytes, Attempt]]:
    """Each honest frame, and what the parent does with it."""
    many = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    shapes = object_array([many, shapely.GeometryCollection([many]), shapely.Point(1, 2)])
    values = {"a": object_array(["x", None, "ơ"]), "b": object_array([1, "y", [2.5]])}
    batch = Batch({**values, "c": np.arange(3)}, shapes, np.arange(3), WGS84)
    source = Source("X", "x", NAMES, 3, None, lambda _crs: iter(()), lambda _crs: shapes)
    issue = Issue(3, "bad-value", "a", "1", "warning", "", 1.5, None, {"a": 1})
    return [
        (columns.pack(batch).to_pybytes(), _batch),
        (columns.pack_only_shapes(shapes).to_pybytes(), _shapes),
        (wire.dump(wire.describe(source)), _source),
        (wire.dump(wire.tell_refusal(BrokenFile("x", at=[1, 2]))), _refusal),
        (wire.dump(wire.tell_issues([issue])), lambda data: wire.issues_of(wire.load(data))),
        (wire.dump(wire.tell_crs(WGS84)), lambda data: wire.crs_of(wire.load(data))),
        (b'{"status": -9, "peak": 1, "cpu": 1.5}', ended_of),
    ]


def _batch(data: bytes) -> object:
    return columns.unpack(pa.py_buffer(data), NAMES, WGS84)


def _shapes(data: bytes) -> object:
    return columns.unpack_only_shapes(pa.py_buffer(data))


def _source(data: bytes) -> object:
    return wire.described(wire.load(data), read=None, first_shapes=None)


def _refusal(data: bytes) -> object:
    return wire.refusal_of(wire.load(data))


def changed(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some overwritten, left out, doubled or cut off."""
    found = bytearray(data)
    for _change in range(chance.randint(1, 4)):
        at = chance.randrange(len(found) + 1)
        until = at + chance.randint(1, 16)
        piece = chance.choice([b"\0", b"\xff", b"[", b"1", b'"', chance.randbytes(8), b"\7\0\0\0"])
        if chance.random() < 0.8:
            piece = piece[: len(found) - at]
            found[at : at + len(piece)] = piece
        else:
            found[at:until] = chance.choice([b"", bytes(found[at:until]) * 2, piece])
    return bytes(found)


def main(seed: int, seconds: float) -> None:
    """Raises what is neither a value nor a named refusal; MemoryError when it takes MEMORY more."""
    settings.configure(USE_I18N=False)
    django.setup()
    chance = random.Random(seed)
    honest = frames()
    for data, attempt in honest:
        attempt(data)
    # Arrow's allocator has reserved address space already: what comes on top of it counts.
    reserved = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (reserved + MEMORY, reserved + MEMORY))
    end, tried, refused = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        data, attempt = chance.choice(honest)
        tried += 1
        try:
            attempt(changed(data, chance))
        except (columns.BadBatch, wire.BadMessage):
            refused += 1
    sys.stdout.write(f"{tried} {refused}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
