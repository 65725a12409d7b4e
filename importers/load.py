"""Copy spooled rows into the staged tables of a version: binary COPY, Hilbert order, one pass.

The tables come from `layers.partitions`; nothing here publishes.
"""

import io
from collections.abc import Iterator

import psycopg2.extensions
from django.db import connection

from importers.rows import Spool
from layers.partitions import FEATURE_COLUMNS, PRIVATE_COLUMNS, feature_table, private_table

_CHUNK = 2**20


class _Stream(io.RawIOBase):
    """The file-like object that COPY reads from, fed by an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        if size < 0:
            size = len(self._rest)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def load(version_id: int, features: Spool, private: Spool) -> None:
    """Fill both tables of the version. The caller holds the transaction."""
    _copy(feature_table(version_id), FEATURE_COLUMNS, features)
    if len(private):
        _copy(private_table(version_id), PRIVATE_COLUMNS, private)


def _copy(table: str, columns: tuple[str, ...], spool: Spool) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f'COPY "{table}" ({names}) FROM STDIN WITH (FORMAT binary)'
    connection.ensure_connection()
    raw = connection.connection
    if not isinstance(raw, psycopg2.extensions.connection):
        raise TypeError("binary COPY needs psycopg2")
    with raw.cursor() as cursor:
        cursor.copy_expert(sql, _Stream(spool.chunks()), size=_CHUNK)
