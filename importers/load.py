"""Encode rows and copy them into the staged tables of a version while later batches are prepared.

Rows are copied in runs of RUN_ROWS, each along a Hilbert curve: a tile or a page then reads one
stretch of the disk from each run (ten for a million rows), whatever the file's order was, and
nothing has to wait for the last row. The tables come from `layers.partitions`; nothing here
publishes.
"""

import io
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, NoReturn, Self

import numpy as np
import psycopg2.extensions
import pyarrow as pa
from django.db import connection

from importers.rows import HEADER, TRAILER
from layers.partitions import FEATURE_COLUMNS, PRIVATE_COLUMNS, feature_table, private_table

RUN_ROWS = 100_000
_CHUNK = 2**20


@dataclass(frozen=True)
class Encoded:
    """A batch as rows: features (n,) with their sort codes (n,), and private values."""

    rows: pa.Array
    codes: np.ndarray
    private: list[pa.Array]


Encode = Callable[[], Encoded]


class Loading:
    """`with Loading(version_id) as loading:` fills both tables of a version; `load` ends it.

    From the first `add` until then the connection belongs to the COPY, and any other statement on
    it fails. Leaving the block early breaks the COPY off, and with it the caller's transaction.
    """

    def __init__(self, version_id: int) -> None:
        self._version_id = version_id
        self._features: _Copy | None = None
        self._private: BinaryIO = tempfile.TemporaryFile(prefix="import-private-")  # noqa: SIM115 - closed by __exit__
        self.features = self.private = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._private.close()
        if self._features:
            self._features.break_off()

    def add(self, count: int, encode: Encode) -> None:
        """So many features; `encode` is called in another thread, in order, and may ask
        nothing of the database. Raises what went wrong with earlier ones.
        """
        self.features += count
        if self._features is None:
            table = feature_table(self._version_id)
            self._features = _Copy(table, FEATURE_COLUMNS, self._runs)
        self._features.put(encode)

    def finish(self) -> None:
        """All rows are in both tables. Raises what went wrong."""
        if self._features:
            self._features.end()
        if self.private:
            self._private.write(TRAILER)
            self._private.seek(0)
            table = private_table(self._version_id)
            chunks = iter(lambda: self._private.read(_CHUNK), b"")
            _copy(_raw(), table, PRIVATE_COLUMNS, _Stream(_with_header(chunks)))

    def _runs(self, waiting: Iterator[Encode]) -> Iterator[memoryview]:
        """The rows in runs. Private ones are kept aside: their table is filled afterwards."""
        run: list[tuple[pa.Array, np.ndarray]] = []
        for encode in waiting:
            encoded = encode()
            run.append((encoded.rows, encoded.codes))
            for hidden in encoded.private:
                self.private += len(hidden)
                self._private.write(_data(hidden))
            if sum(len(rows) for rows, _codes in run) >= RUN_ROWS:
                yield sorted_run(run)
                run = []
        if run:
            yield sorted_run(run)


def load(loading: Loading) -> None:
    """The last rows, and the wait for all of them."""
    loading.finish()


def sorted_run(run: list[tuple[pa.Array, np.ndarray]]) -> memoryview:
    """The bytes of all rows in order of their codes."""
    order = np.argsort(np.concatenate([codes for _rows, codes in run]), kind="stable")
    rows = pa.concat_arrays([rows for rows, _codes in run])
    return _data(rows.take(pa.array(order)))


def _data(rows: pa.Array) -> memoryview:
    """The bytes of all rows, one after the other."""
    offsets = np.frombuffer(rows.buffers()[1], dtype=np.int64)
    first, last = offsets[rows.offset], offsets[rows.offset + len(rows)]
    return memoryview(rows.buffers()[2] or b"")[first:last]


class _Copy:
    """One COPY in a thread of its own. Holds the connection until it ends.

    `runs` makes the bytes of what is put in, in a second thread; short queues lie between.
    """

    def __init__(
        self,
        table: str,
        columns: tuple[str, ...],
        runs: Callable[[Iterator[Encode]], Iterator[memoryview]],
    ) -> None:
        self._queue: queue.Queue[Encode | None] = queue.Queue(maxsize=1)
        self._ready: queue.Queue[memoryview | None] = queue.Queue(maxsize=1)
        self._runs = runs
        self._error: BaseException | None = None
        self._broken = False
        self._guard = ExitStack()
        stream = _Stream(_with_header(self._chunks()))
        self._thread = threading.Thread(
            target=self._work, args=(_raw(), table, columns, stream), name="copy", daemon=True
        )
        self._encoder = threading.Thread(target=self._encode, name="encode", daemon=True)
        self._guard.enter_context(connection.execute_wrapper(_refuse))
        self._thread.start()
        self._encoder.start()

    def put(self, encode: Encode) -> None:
        """More rows; waits while those before are not yet taken. Raises what went wrong."""
        while self._encoder.is_alive():
            try:
                self._queue.put(encode, timeout=1)
                return
            except queue.Full:
                continue
        self.end()

    def end(self) -> None:
        """No more rows: wait for the database. Raises what went wrong."""
        self._stop()
        if self._error is not None:
            raise self._error

    def break_off(self) -> None:
        """Make the COPY fail if it is still going on."""
        self._broken = True
        self._stop()

    def _stop(self) -> None:
        while self._encoder.is_alive():
            try:
                self._queue.put(None, timeout=0.1)
                break
            except queue.Full:
                if self._broken:
                    with suppress(queue.Empty):
                        self._queue.get_nowait()
        self._encoder.join()
        self._thread.join()
        self._guard.close()

    def _waiting(self) -> Iterator[Encode]:
        while (encode := self._queue.get()) is not None and not self._broken:
            yield encode
        if self._broken:
            raise BrokenOff("the import ended before its last row")

    def _encode(self) -> None:
        try:
            for data in self._runs(self._waiting()):
                if not self._hand_over(data):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the COPY, and by whoever waits
            self._error = error
        self._hand_over(None)

    def _hand_over(self, data: memoryview | None) -> bool:
        """False when nobody takes it any more."""
        while self._thread.is_alive():
            try:
                self._ready.put(data, timeout=1)
            except queue.Full:
                continue
            return True
        return False

    def _chunks(self) -> Iterator[bytes | memoryview]:
        while (data := self._ready.get()) is not None:
            yield data
        if self._error is not None:
            raise self._error
        yield TRAILER

    def _work(self, raw: Any, table: str, columns: tuple[str, ...], stream: "_Stream") -> None:
        try:
            _copy(raw, table, columns, stream)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            # psycopg2 would tell that reading failed, and not why.
            self._error = self._error or error


class BrokenOff(Exception):
    """The COPY was given up by us."""


def _refuse(*_statement: object) -> NoReturn:
    """Another statement would wait for the COPY, which waits for us."""
    raise RuntimeError("the connection is busy with COPY")


def _with_header(chunks: Iterator[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    yield HEADER
    yield from chunks


class _Stream(io.RawIOBase):
    """The file-like object that COPY reads from, fed by an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes | memoryview]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = memoryview(chunk)
        if size < 0:
            size = len(self._rest)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)


def _raw() -> psycopg2.extensions.connection:
    connection.ensure_connection()
    raw = connection.connection
    if not isinstance(raw, psycopg2.extensions.connection):
        raise TypeError("binary COPY needs psycopg2")
    return raw


def _copy(
    raw: psycopg2.extensions.connection, table: str, columns: tuple[str, ...], stream: _Stream
) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f'COPY "{table}" ({names}) FROM STDIN WITH (FORMAT binary)'
    with raw.cursor() as cursor:
        cursor.copy_expert(sql, stream, size=_CHUNK)
