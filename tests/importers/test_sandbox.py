"""The confined child: what it may not do, how its death is told, and that nothing is lost on the
way through the pipe.
"""

import datetime as dt
import os
import socket
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from django.core import checks

from importers import sandbox
from importers.batch import Batch, Issue, object_array
from importers.checks import check_confinement
from importers.confined import columns, host, wire
from importers.confined.process import Child, Waiting
from importers.confined.refusals import (
    CannotConfine,
    FileTooDemanding,
    ReaderCrashed,
    ReaderTooSlow,
    UploadsOff,
)
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from importers.refusals import FileMissing, ImportRefused, LonLatSwapped
from layers.crs import WGS84, by_code
from layers.errors import PortalError
from tests.importers import made

GRID = by_code("EPSG:5899")
MEMORY = 512 * 2**20
WANTED = Wanted("polygon", (frozenset({"code"}),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    private = tmp_path / "private"
    private.mkdir()
    return private


# --- What comes out is what went in --------------------------------------------------------------


def same(one: Batch, other: Batch) -> None:
    assert list(one.columns) == list(other.columns)
    for name, values in one.columns.items():
        assert values.dtype == other.columns[name].dtype, name
        assert [*map(repr, values.tolist())] == [*map(repr, other.columns[name].tolist())], name
    assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()
    assert one.rows.tolist() == other.rows.tolist()
    assert one.crs == other.crs


VALUES: dict[str, list[Any]] = {
    "text": ["Đất ở", None, ""],
    "whole": [1, None, 2**62],
    "long": [2**90, None, -1],
    "number": [1.5, None, float("nan")],
    "both": [1, 2.5, True],
    "flag": [True, None, False],
    "day": [dt.date(2026, 6, 30), None, dt.date(1, 1, 1)],
    "cells": ["1", dt.datetime.fromisoformat("2026-06-30T12:00"), dt.time(8, 30)],
    "exact": [Decimal("12.50"), dt.timedelta(days=1), [1, "a"]],
    "half": ["\ud800", "a", None],
    "nothing": [None, None, None],
}


def test_a_batch_of_every_kind_of_value_comes_back() -> None:
    found: dict[str, np.ndarray] = {name: object_array(items) for name, items in VALUES.items()}
    found |= {"a": np.array([1, 2, 3], np.int32), "b": np.array([1.5, np.nan, 0.0])}
    found |= {"c": np.array([True, False, True]), "Cột lạ \x00": object_array(["x", "y", "z"])}
    shapes = object_array([shapely.Point(1, 2, 3), None, shapely.box(0, 0, 1, 1)])
    batch = Batch(found, shapes, np.array([2, 5, 9]), GRID)
    same(columns.unpack(columns.pack(batch), list(found), GRID), batch)


@pytest.mark.parametrize("damage", [b"", b"\xff" * 200, None])
def test_a_batch_of_garbage_is_no_batch(damage: bytes | None) -> None:
    batch = Batch({"a": np.array([1])}, object_array([None]), np.array([1]), GRID)
    packed = columns.pack(batch).to_pybytes()
    data = packed[: len(packed) // 2] if damage is None else damage
    with pytest.raises(columns.BadBatch):
        columns.unpack(pa.py_buffer(data), ["a"], GRID)
    with pytest.raises(columns.BadBatch):
        columns.unpack(pa.py_buffer(packed), ["a", "b"], GRID)


def test_a_refusal_keeps_its_class_and_words() -> None:
    error = LonLatSwapped("chi tiết", candidates=[{"crs": "EPSG:5899", "at": (1.5, 2)}])
    vars(error)["hint"] = "cách khác"
    back = wire.refusal_of(wire.load(wire.dump(wire.tell_refusal(error))))
    assert type(back) is LonLatSwapped
    assert (back.detail, back.hint, back.extra) == (error.detail, error.hint, error.extra)
    unknown = {"class": "Strange", "code": "strange", "detail": "x", "extra": {}, "own": {}}
    assert type(wire.refusal_of(unknown)) is ImportRefused


def test_issues_keep_their_cells() -> None:
    issue = Issue(
        3, "bad", "a", "1", "warning", "h", 1.5, None, {"a": dt.date(2026, 1, 1), "b": None}
    )
    back = wire.issues_of(wire.load(wire.dump(wire.tell_issues([issue]))))
    assert back == [issue]
    assert back[0].cells == issue.cells


@pytest.mark.confined
def test_a_confined_source_is_the_same_source(tmp_path: Path, folder: Path) -> None:
    path = made.plots_geojson(tmp_path / "đất ở.geojson", 60)
    other = tmp_path / "other"
    other.mkdir()
    here = open_source(path, WANTED, other)
    with sandbox.opened(path, WANTED, folder) as there:
        assert wire.describe(here) == wire.describe(there)
        assert shapely.equals_exact(here.first_shapes(GRID), there.first_shapes(GRID)).all()
        left = there.read(GRID)
        next(left)
        for _again in range(2):
            pairs = list(zip(here.read(GRID), there.read(GRID), strict=True))
            for (one, issues), (two, told) in pairs:
                same(one, two)
                assert issues == told
        with pytest.raises(RuntimeError):
            list(left)
        there.first_shapes(WGS84)


@pytest.mark.confined
def test_the_files_of_a_set_come_along(tmp_path: Path, folder: Path) -> None:
    made.shapefile(tmp_path, made.squares(3), {"code": ["1", "2", "3"]}, prj=made.prj(5899))
    with sandbox.opened(tmp_path / "made" / "data.shp", WANTED, folder) as source:
        assert (source.fields, source.feature_count) == (["code"], 3)


@pytest.mark.confined
def test_a_refusal_of_the_child_is_raised_here(tmp_path: Path, folder: Path) -> None:
    with (
        pytest.raises(PortalError) as refused,
        sandbox.opened(made.write(tmp_path / "a.csv", b"\0" * 9), WANTED, folder),
    ):
        pass
    assert refused.value.code == "unsupported-format"
    with (
        pytest.raises(FileMissing, match=str(tmp_path)),
        sandbox.opened(tmp_path / "b.csv", WANTED, folder),
    ):
        pass


# --- What the child cannot do, and how its end is told -------------------------------------------


def child(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **options: float) -> Child:
    """A confined child that runs this instead of the reader, with the same walls and bounds."""
    start = host._START.replace(
        "from importers.confined.child import main; main()", "exec(sys.argv[2])"
    )
    monkeypatch.setattr(host, "_START", start)
    bounds = (MEMORY, int(options.get("cpu", 60)), 2**20)
    words = partial(host.command, [], folder, bounds)
    waiting = Waiting(options.get("silence", 20), options.get("total", 20))
    return Child(lambda report: [*words(report), code], waiting, MEMORY)


def verdict(made_child: Child) -> PortalError:
    start = time.monotonic()
    try:
        with pytest.raises(PortalError) as told:
            made_child.answer()
        return told.value
    finally:
        made_child.end()
        assert time.monotonic() - start < 15
        assert not Path(f"/proc/{made_child._process.pid}").exists()


_TRICKLE = """
import os, time
os.write(1, bytes([83, 0, 0, 0, 1, *[0] * 8]))
while True:
    os.write(1, b"x")
    time.sleep(0.1)
"""
_ABORT = """
import os
kept = []
try:
    while True:
        kept.append(b"x" * 2**20)
except MemoryError:
    os.abort()
"""
ENDS: dict[str, tuple[str, type[PortalError], dict[str, float]]] = {
    "crash": ("import os; os.kill(os.getpid(), 11)", ReaderCrashed, {}),
    "exit": ("raise SystemExit(3)", ReaderCrashed, {}),
    "exception": ("1 / 0", ReaderCrashed, {}),
    "garbage": ("import os; os.write(1, b'x' * 4096)", ReaderCrashed, {}),
    "lie": (
        "import os; os.write(1, b'S' + b'\\x02\\0\\0\\0' + b'\\0' * 8 + b'{]')",
        ReaderCrashed,
        {},
    ),
    "flood": ("import os; os.write(1, b'B' + b'\\xff' * 12)", ReaderCrashed, {}),
    "hang": ("import time; time.sleep(60)", ReaderTooSlow, {"silence": 0.5}),
    "trickle": (
        _TRICKLE,
        ReaderTooSlow,
        {"total": 1.5},
    ),
    "loop": ("while True: pass", ReaderTooSlow, {"cpu": 1}),
    "abort": (
        _ABORT,
        FileTooDemanding,
        {},
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_how_a_child_ends_has_a_name(
    case: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, kind, options = ENDS[case]
    assert type(verdict(child(code, folder, monkeypatch, **options))) is kind


FORBIDDEN = {
    "write beside": "open({root!r} + '/importers/x', 'w')",
    "write at the top": "open('/x', 'w')",
    "write in dev": "open('/dev/shm/x', 'w')",
    "write in tmp": "open('/tmp/x', 'w')",
    "read the settings": "open({root!r} + '/gis_portal/settings.py')",
    "read secrets": "open({root!r} + '/.local/secret-key')",
    "read accounts": "open('/etc/passwd')",
    "see processes": "open('/proc/1/environ')",
    "connect": "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    "connect to a local socket": "import socket; socket.socket(1).connect('/run/postgresql/x')",
    "write a large file": "open('x', 'wb').write(b'x' * 2**21)",
    "open many files": "import os; a = [os.dup(0) for _ in range(999)]",
    "keep memory in a file of memory": "import os; os.memfd_create('x')",
    "share memory": "import mmap; mmap.mmap(-1, 4096)",
    "share zeros": "import mmap; mmap.mmap(open('/dev/zero', 'r+b').fileno(), 4096)",
    "let a stack grow": "import mmap; mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | 0x120)",
    "have processes of its own": "import os; os.fork()",
    "start a program": "import os; os.execv({python!r}, ['python'])",
    "talk to a socket": "import socket; socket.socket(1)",
    "raise a bound": "import resource; resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))",
}
_TRY = """
import os, sys
try:
    {attempt}
except (OSError, ValueError) as error:
    os.write(1, b"no")
else:
    os.write(1, b"ok")
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A port on this machine that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("case", [*FORBIDDEN, "write into its folder"])
def test_what_a_child_may_not_do(
    case: str, port: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = FORBIDDEN.get(case, "open('x', 'w').write('x')")
    told = attempt.format(root=str(host.ROOT), port=port, python=sys.executable)
    started = child(_TRY.format(attempt=told), folder, monkeypatch)
    try:
        answer = bytes(started._receive(2))
    finally:
        started.end()
    assert answer == (b"no" if case in FORBIDDEN else b"ok")
    assert [p.name for p in folder.iterdir() if p.stat().st_size <= 2**20] == (
        ["x"] if case in {"write into its folder", "write a large file"} else []
    )


def test_a_child_has_no_variable_of_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SECRET_KEY", "0" * 50)
    started = child(
        "import os; os.write(1, b'no' if 'DJANGO_SECRET_KEY' in os.environ else b'ok')",
        folder,
        monkeypatch,
    )
    try:
        assert bytes(started._receive(2)) == b"ok"
    finally:
        started.end()


@pytest.mark.confined
def test_a_caller_that_fails_leaves_no_process(tmp_path: Path, folder: Path) -> None:
    path = made.plots_geojson(tmp_path / "a.geojson", 5)

    def fail() -> None:
        with sandbox.opened(path, WANTED, folder) as source:
            next(source.read(GRID))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    named = os.fsencode(folder)
    lines = [file for file in Path("/proc").glob("[0-9]*/cmdline") if named in _bytes(file)]
    assert not lines


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


# --- Where nothing can be confined ---------------------------------------------------------------


def _open(path: Path, folder: Path, **options: Any) -> Source:
    with sandbox.opened(path, WANTED, folder, **options) as source:
        return source


def test_where_the_host_cannot(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(host, "why_not", lambda: "no bwrap")
    path = made.plots_geojson(tmp_path / "a.geojson", 2)
    assert not sandbox.available()
    assert len(_open(path, folder).notes) == 1
    with pytest.raises(UploadsOff):
        _open(path, folder, uploaded=True)
    assert [found.id for found in check_confinement(None)] == ["importers.W001"]
    settings.PORTAL_SANDBOX = "required"
    with pytest.raises(CannotConfine):
        _open(path, folder)
    assert [found.id for found in check_confinement(None)] == ["importers.E002"]


def test_where_it_is_switched_off(tmp_path: Path, folder: Path, settings: Any) -> None:
    settings.PORTAL_SANDBOX = "off"
    path = made.plots_geojson(tmp_path / "a.geojson", 2)
    assert not sandbox.available()
    assert _open(path, folder).notes == []
    with pytest.raises(UploadsOff):
        _open(path, folder, uploaded=True)
    assert [found.id for found in check_confinement(None)] == ["importers.W002"]
    settings.PORTAL_SANDBOX = "perhaps"
    assert [found.level for found in check_confinement(None)] == [checks.ERROR]


def test_this_host_can() -> None:
    assert host.why_not() == ""
    assert sandbox.available()
    assert check_confinement(None) == []
