"""Features as rows of PostgreSQL's binary COPY format, spooled to disk, read in Hilbert order.

Spooling keeps memory flat whatever the file's size and lets the whole import be ordered, not only
each batch. Neighbours: `pipeline` makes what is written, `load` copies it.
"""

import json
import struct
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from uuid import UUID

import numpy as np
import shapely

from importers.hilbert import hilbert_codes
from importers.pipeline import Prepared
from layers.crs import WGS84
from layers.definition import LayerDefinition
from layers.search.fold import folded

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
TRAILER = struct.pack("!h", -1)
_NULL = struct.pack("!i", -1)
_LENGTH = struct.Struct("!i")
_BIGINT = struct.Struct("!iq")
_DOUBLE = struct.Struct("!id")
_FEATURE_FIELDS = struct.pack("!h", 10)
_PRIVATE_FIELDS = struct.pack("!h", 5)
_READ_AT_ONCE = 4000


class Spool:
    """Encoded rows in a temporary file, each with a sort code."""

    def __init__(self) -> None:
        self._file: BinaryIO = tempfile.TemporaryFile(prefix="import-rows-")  # noqa: SIM115 - lives as long as the run
        self._lengths: list[np.ndarray] = []
        self._codes: list[np.ndarray] = []

    def add(self, rows: list[bytes], codes: np.ndarray) -> None:
        """Append rows; `codes` (n,) decide the order in which they come back."""
        self._file.write(b"".join(rows))
        self._lengths.append(np.array([len(row) for row in rows], dtype=np.int64))
        self._codes.append(codes)

    def add_in_order(self, rows: list[bytes]) -> None:
        """Append rows that come back in the order in which they were added."""
        if rows:
            self.add(rows, np.arange(len(self), len(self) + len(rows), dtype=np.uint64))

    def __len__(self) -> int:
        return sum(len(lengths) for lengths in self._lengths)

    def chunks(self) -> Iterator[bytes]:
        """The whole COPY stream, rows in order of their codes."""
        yield HEADER
        if len(self):
            yield from self._ordered()
        yield TRAILER

    def _ordered(self) -> Iterator[bytes]:
        lengths = np.concatenate(self._lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        order = np.argsort(np.concatenate(self._codes), kind="stable")
        self._file.flush()
        data = np.memmap(self._file, dtype=np.uint8, mode="r")
        view = memoryview(data)  # type: ignore[arg-type]
        for first in range(0, len(order), _READ_AT_ONCE):
            part = order[first : first + _READ_AT_ONCE]
            ends = starts[part] + lengths[part]
            pieces = zip(starts[part].tolist(), ends.tolist(), strict=True)
            yield b"".join([view[start:end] for start, end in pieces])

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()


def feature_rows(
    prepared: Prepared, uids: list[UUID], version_id: int, definition: LayerDefinition
) -> list[bytes]:
    """Rows of `layers.partitions.FEATURE_COLUMNS`."""
    own_grid = prepared.crs != WGS84
    geom = shapely.to_wkb(shapely.set_srid(prepared.wgs84, WGS84.srid), include_srid=True)
    source = (
        shapely.to_wkb(shapely.set_srid(prepared.source, prepared.crs.srid), include_srid=True)
        if own_grid
        else [None] * len(prepared)
    )
    kind = definition.geometry
    no_measure = [None] * len(prepared)
    area = prepared.areas.tolist() if kind == "polygon" else no_measure
    length = prepared.lengths.tolist() if kind == "line" else no_measure
    searched = search_texts(prepared, definition)
    properties = json_objects(prepared.columns.public, len(prepared))
    start = _FEATURE_FIELDS + _BIGINT.pack(8, version_id)
    return [
        b"".join(
            (
                start,
                _bytes(uid.bytes),
                _bytes(key.encode()),
                _bigint(unit),
                _bytes(shape),
                _bytes(grid),
                _double(square),
                _double(long),
                _bytes(search.encode()),
                _bytes(b"\x01" + values.encode()),
            )
        )
        for uid, key, unit, shape, grid, square, long, search, values in zip(
            uids,
            prepared.keys,
            prepared.unit_ids,
            geom,
            source,
            area,
            length,
            searched,
            properties,
            strict=True,
        )
    ]


def private_rows(prepared: Prepared, uids: list[UUID], version_id: int) -> list[bytes]:
    """Rows of `layers.partitions.PRIVATE_COLUMNS`: one a feature and class that has any value."""
    start = _PRIVATE_FIELDS + _BIGINT.pack(8, version_id)
    rows = []
    for visibility, columns in prepared.columns.private.items():
        texts = json_objects(columns, len(prepared))
        word = _bytes(visibility.encode())
        rows += [
            b"".join(
                (start, _bytes(uid.bytes), _bigint(unit), word, _bytes(b"\x01" + text.encode()))
            )
            for uid, unit, text in zip(uids, prepared.unit_ids, texts, strict=True)
            if text != "{}"
        ]
    return rows


def spool_order(prepared: Prepared) -> np.ndarray:
    """Sort codes of the features, uint64 (n,)."""
    return hilbert_codes(prepared.wgs84)


def json_objects(columns: dict[str, np.ndarray], count: int) -> list[str]:
    """One JSON object a feature; empty values are left out. Distinct values are encoded once."""
    parts = [_fragments(name, values.tolist()) for name, values in columns.items()]
    if not parts:
        return ["{}"] * count
    return ["{" + ",".join(filter(None, row)) + "}" for row in zip(*parts, strict=True)]


def _fragments(name: str, values: Iterable[Any]) -> list[str]:
    """`"name":value`, or an empty text for None."""
    label = json.dumps(name) + ":"
    known: dict[Any, str] = {}
    found = []
    for value in values:
        if value is None:
            found.append("")
            continue
        # 1, 1.0 and True are one key in a dictionary and three values in JSON.
        mark = (value.__class__, _plain(value))
        text = known.get(mark)
        if text is None:
            text = known[mark] = label + json.dumps(value, ensure_ascii=False)
        found.append(text)
    return found


def search_texts(prepared: Prepared, definition: LayerDefinition) -> list[str]:
    """Folded text of the searchable public fields, for the search box."""
    columns = [
        _folded_column(prepared.columns.public[f.name].tolist())
        for f in definition.searchable_fields
        if f.name in prepared.columns.public
    ]
    if not columns:
        return [""] * len(prepared)
    return [" ".join(filter(None, row)) for row in zip(*columns, strict=True)]


def _folded_column(values: list[Any]) -> list[str]:
    known = {
        value: "" if value is None else folded(str(value)) for value in set(map(_plain, values))
    }
    return [known[_plain(value)] for value in values]


def _plain(value: Any) -> Any:
    """Lists (several choices) as text, so that they can be looked up."""
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _bytes(value: bytes | None) -> bytes:
    return _NULL if value is None else _LENGTH.pack(len(value)) + value


def _bigint(value: int | None) -> bytes:
    return _NULL if value is None else _BIGINT.pack(8, value)


def _double(value: float | None) -> bytes:
    return _NULL if value is None else _DOUBLE.pack(8, value)
