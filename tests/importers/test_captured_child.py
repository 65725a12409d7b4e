"""A reader that somebody has taken over: whatever it says, its parent lives, stays small, and
answers with a refusal that has a name.
"""

import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pytest
import shapely

from importers.confined import columns, distrust, wire
from importers.confined.host import ROOT
from importers.confined.outlines_of_wkb import refuse_strange
from importers.confined.process import Ended, ended_of
from importers.confined.scalars import unpack_scalar
from layers.crs import WGS84

# --- Shapes ---------------------------------------------------------------------------------------


def frame(*shapes: bytes | None, compression: str | None = None) -> pa.Buffer:
    array = pa.array(shapes, pa.large_binary())
    return stream(pa.record_batch([array], names=["shapes"]), compression)


def stream(record: pa.RecordBatch, compression: str | None = None) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, record.schema, options=options) as out:
        out.write_batch(record)
    return sink.getvalue()


def head(kind: int, count: int, order: str = "<") -> bytes:
    return struct.pack(order + "BII", order == "<", kind, count)


POINT = struct.pack("<BIdd", 1, 1, 1.0, 2.0)
HOSTILE_SHAPES = {
    "nested collections": head(7, 1) * 30_000 + head(7, 0),
    "nested multipolygons": head(6, 1) * 30_000 + head(6, 0),
    "nested second member": head(6, 2) + head(3, 0) + head(6, 1) * 30_000 + head(6, 0),
    "nested after lines": head(7, 3) + POINT + head(2, 1) + b"\0" * 16 + head(7, 1) * 30_000,
    "nested, the other byte order": head(7, 1, ">") * 30_000 + head(7, 0, ">"),
    "a byte order of nobody": head(7, 1) + b"\2" + head(7, 0)[1:],
    "rings of nothing": head(3, 8_000_000) + b"\0" * 32_000_000,
    "members of nothing": head(6, 3_000_000) + head(3, 0) * 3_000_000,
    "curves": head(9, 1) + head(9, 0),
    "SRID": head(0x20000007, 1) * 9 + head(7, 0),
    "a kind of nobody": head(4007, 0),
    "short": b"\1\7",
    "cut": head(6, 2) + head(3, 1),
}


@pytest.mark.parametrize("case", HOSTILE_SHAPES)
def test_shapes_that_would_end_the_parent_never_reach_geos(case: str) -> None:
    with pytest.raises(columns.BadBatch):
        columns.unpack_only_shapes(frame(POINT, None, HOSTILE_SHAPES[case]))


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_honest_shapes_pass(
    *, big: bool, dimensions: int, flavor: Literal["iso", "extended"]
) -> None:
    hole = shapely.Polygon([(0, 0), (9, 0), (9, 9)], [[(5, 2), (6, 2), (6, 3)]])
    many = shapely.MultiPolygon([hole, shapely.box(20, 0, 21, 1)])
    mixed = shapely.GeometryCollection([many, shapely.MultiPoint([(0, 0), (1, 1)])])
    honest = [
        shapely.force_3d(shape) if dimensions == 3 else shape
        for shape in (
            hole,
            many,
            mixed,
            shapely.MultiPolygon([hole]),
            shapely.LineString([(0, 0), (1, 1)]),
            shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
            shapely.GeometryCollection([shapely.GeometryCollection([many])]),
            shapely.Point(),
            shapely.Polygon(),
            shapely.MultiPolygon(),
        )
    ]
    wkb = [
        shapely.to_wkb(shape, byte_order=int(not big), flavor=flavor, output_dimension=3)
        for shape in honest
    ]
    back = columns.unpack_only_shapes(frame(*wkb, None))
    assert shapely.equals_exact(back[:-1], honest).all()
    assert back[-1] is None
    sliced = pa.array([None, *wkb], pa.large_binary()).slice(1)
    refuse_strange(sliced)


# --- Batches --------------------------------------------------------------------------------------


def nothing(rows: int) -> pa.Array:
    return pa.nulls(rows, pa.large_binary())


def of_shapes(shapes: pa.Array, **others: pa.Array) -> pa.RecordBatch:
    return pa.record_batch([*others.values(), shapes], names=[*others, "shapes"])


def old_compression() -> pa.Buffer:
    """The way of Arrow before 1.0: a word in the message's own metadata."""
    sink = pa.BufferOutputStream()
    record = of_shapes(nothing(1))
    words = {"ARROW:experimental_compression": "zstd"}
    with pa.ipc.new_stream(sink, record.schema) as out:
        out.write_batch(record, custom_metadata=words)
    return sink.getvalue()


BOMBS: dict[str, Callable[[], pa.Buffer]] = {
    "zstd": lambda: stream(of_shapes(nothing(2), a=pa.array([1, 2])), "zstd"),
    "lz4": lambda: stream(of_shapes(nothing(2), a=pa.array([1, 2])), "lz4"),
    "compressed as it once was": old_compression,
    "too many rows": lambda: stream(of_shapes(nothing(distrust.MOST_ROWS + 1))),
    "too many cells": lambda: stream(
        of_shapes(nothing(100_000), **{str(i): pa.nulls(100_000) for i in range(300)})
    ),
    "a type of nobody": lambda: stream(of_shapes(nothing(1), a=pa.array([[1]]))),
    "a dictionary": lambda: stream(of_shapes(nothing(1), a=pa.array(["x"]).dictionary_encode())),
    "an hour of nowhere": lambda: stream(
        of_shapes(nothing(1), a=pa.array([1], pa.timestamp("us", "No/Where")))
    ),
    "only a schema": lambda: stream(of_shapes(nothing(1)))[:200],
}


@pytest.mark.parametrize("case", BOMBS)
def test_a_batch_is_weighed_before_it_is_unpacked(case: str) -> None:
    data = BOMBS[case]()
    before = pa.total_allocated_bytes()
    with pytest.raises(columns.BadBatch):
        columns.unpack_only_shapes(data)
    assert pa.total_allocated_bytes() - before < 2**20


def test_columns_that_share_their_bytes_are_no_batch() -> None:
    text = pa.array(["x" * 10_000], pa.large_string())
    shared = of_shapes(nothing(1), **{str(i): text for i in range(9)})
    with pytest.raises(columns.BadBatch):
        distrust._weigh(shared, 20_000)


@pytest.mark.parametrize("bomb", [b"[],", b"{},", b"0,", b'{"":0},'])
def test_json_is_weighed_before_it_is_parsed(bomb: bytes) -> None:
    with pytest.raises(wire.BadMessage, match="values"):
        wire.load(b"[" + bomb * (wire.MOST_JSON // len(bomb)) + b"0]")


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"null",
        b"[" * 4000,
        b'{"status": "x", "peak": 1, "cpu": 1}',
        b'{"status": 0, "peak": null, "cpu": 1}',
        b'{"status": 0, "peak": 1, "cpu": NaN}',
        b'{"status": 0, "peak": 1, "cpu": 1e999}',
        b'{"status": true, "peak": 1, "cpu": 1}',
        b'{"status": 0, "peak": 1' + b"0" * 400 + b', "cpu": 1}',
    ],
)
def test_an_end_that_makes_no_sense_is_not_believed(told: bytes) -> None:
    assert ended_of(told) == Ended()
    assert ended_of(b'{"status": -9, "peak": 1, "cpu": 1.5}') == Ended(-9, 1, 1.5)


REFUSAL: dict[str, object] = {
    "class": "BrokenFile",
    "code": "broken-file",
    "detail": "",
    "extra": {},
    "own": {},
}


@pytest.mark.parametrize(
    "odd",
    [
        {"extra": {"detail": 1}},
        {"extra": {"code": "x"}},
        {"extra": []},
        {"own": {"__class__": "x"}},
        {"own": {"hint": 1}},
        {"detail": None},
        {"class": 1},
        {"more": 1},
    ],
)
def test_a_refusal_says_what_refusals_say(odd: dict[str, object]) -> None:
    with pytest.raises(wire.BadMessage):
        wire.refusal_of({**REFUSAL, **odd})


def test_a_refusal_can_be_stored_and_is_a_reader_s() -> None:
    extra = {"self": "a\0b", "kind": float("nan"), "deep": [{"a": (1,)}]}
    found = wire.refusal_of({**REFUSAL, "code": "service-busy", "extra": extra})
    assert found.code == "import-refused"
    assert found.extra == {"self": "ab", "kind": None, "deep": [{"a": (1,)}]}


def test_a_coordinate_system_is_one_that_the_parent_makes() -> None:
    told = wire.tell_crs(WGS84)
    assert wire.crs_of(told) == WGS84
    for odd in (
        {"proj4": "+proj=longlat +nadgrids=/etc/passwd"},
        {"code": "+nadgrids=/x"},
        {"x": 1},
    ):
        with pytest.raises(wire.BadMessage):
            wire.crs_of({**told, **odd})


@pytest.mark.parametrize("packed", [b"n1E+999999999", b"i" + b"f" * 2000, b"n" + b"9" * 2000])
def test_a_number_is_one_that_can_be_written_out(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"digits|exponent"):
        unpack_scalar(packed)


ISSUE: list[object] = [3, "bad-value", "a", "1", "warning", "", 1.5, None, None]


@pytest.mark.parametrize(
    ("place", "odd"),
    [(0, 2**31), (0, "3"), (0, -1), (1, "Ã"), (2, None), (4, "fatal"), (6, "x"), (6, []), (8, [1])],
)
def test_an_issue_says_what_issues_say(place: int, odd: object) -> None:
    assert len(wire.issues_of([ISSUE])) == 1
    with pytest.raises(wire.BadMessage):
        wire.issues_of([[*ISSUE[:place], odd, *ISSUE[place + 1 :]]])
    with pytest.raises(wire.BadMessage):
        wire.issues_of([ISSUE[:place]])


# --- Anything -------------------------------------------------------------------------------------


def test_frames_changed_at_random_end_in_values_or_named_refusals() -> None:
    words = [sys.executable, "-m", "tests.importers.fuzzed_frames", "7", "4"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    tried, refused = map(int, done.stdout.split())
    assert tried > refused > 100
