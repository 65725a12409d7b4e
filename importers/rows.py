"""Features as rows of PostgreSQL's binary COPY format, a batch at a time and column by column.

Every column is an Arrow array of bytes; Arrow puts the pieces of a row together, so no row is
touched by Python. Neighbours: `pipeline` makes what is written, `values_as_text` and `ewkb` its
columns, `load` sorts and copies it.
"""

import struct
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importers.ewkb import ewkb, fixed, web_mercator
from importers.hilbert import hilbert_codes
from importers.pipeline import Prepared
from importers.values_as_text import json_objects, search_texts
from layers.crs import WGS84
from layers.definition import LayerDefinition

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
TRAILER = struct.pack("!h", -1)
_BYTES = pa.large_binary()
_NOTHING = pa.scalar(b"", _BYTES)
_NULL = pa.scalar(struct.pack("!i", -1), _BYTES)
_BIGINT = struct.Struct("!iq")
_FEATURE_FIELDS = struct.pack("!h", 11)
_PRIVATE_FIELDS = struct.pack("!h", 5)
# jsonb's binary form has a version.
_JSONB = pa.scalar(b"\x01", _BYTES)
Pieces = list[pa.Array | pa.Scalar]


def feature_rows(
    prepared: Prepared, uids: Sequence[bytes], version_id: int, definition: LayerDefinition
) -> pa.Array:
    """Rows of `layers.partitions.FEATURE_COLUMNS`, large binary (n,); `uids` are 16 bytes each."""
    own_grid = prepared.crs != WGS84
    kind = definition.geometry
    columns = prepared.columns.public
    searched = [columns[f.name] for f in definition.searchable_fields if f.name in columns]
    return _joined(
        [
            _start(_FEATURE_FIELDS, version_id),
            *_field([_uid_array(uids)]),
            *_field([_utf8(pa.array(prepared.keys, pa.large_string()))]),
            *_units(prepared.unit_ids),
            *_field(ewkb(prepared.wgs84, WGS84)),
            *(_field(ewkb(prepared.source, prepared.crs)) if own_grid else [_NULL]),
            *_field(web_mercator(prepared.wgs84)),
            *(_doubles(prepared.areas) if kind == "polygon" else [_NULL]),
            *(_doubles(prepared.lengths) if kind == "line" else [_NULL]),
            *_field([_utf8(search_texts(searched, len(prepared)))]),
            *_field([_JSONB, _utf8(json_objects(columns, len(prepared)))]),
        ]
    )


def private_rows(prepared: Prepared, uids: Sequence[bytes], version_id: int) -> list[pa.Array]:
    """Rows of `layers.partitions.PRIVATE_COLUMNS`: one a feature and class that has any value."""
    return [
        _private(texts, visibility, prepared.unit_ids, uids, version_id)
        for visibility, columns in prepared.columns.private.items()
        for texts in [json_objects(columns, len(prepared))]
    ]


def _private(
    texts: pa.Array, visibility: str, units: np.ndarray, uids: Sequence[bytes], version_id: int
) -> pa.Array:
    some = pc.not_equal(texts, "{}")
    rows = _joined(
        [
            _start(_PRIVATE_FIELDS, version_id),
            *_field([_uid_array(uids)]),
            *_units(units),
            pa.scalar(struct.pack("!i", len(visibility)) + visibility.encode(), _BYTES),
            *_field([_JSONB, _utf8(texts)]),
        ]
    )
    return rows.filter(some)


def row_order(prepared: Prepared) -> np.ndarray:
    """Sort codes of the features, uint64 (n,): neighbours on the ground stand together."""
    return hilbert_codes(prepared.wgs84)


def _start(fields: bytes, version_id: int) -> pa.Scalar:
    """Number of fields, and the first of them."""
    return pa.scalar(fields + _BIGINT.pack(8, version_id), _BYTES)


def _joined(pieces: Pieces) -> pa.Array:
    return pc.binary_join_element_wise(
        *pieces, _NOTHING, null_handling="replace", null_replacement=b""
    )


def _field(pieces: Pieces) -> Pieces:
    """A value that is never null, made of pieces, with its length before it."""
    total = sum(
        len(piece.as_py()) if isinstance(piece, pa.Scalar) else _lengths(piece) for piece in pieces
    )
    return [fixed(np.asarray(total).astype(">i4")), *pieces]


def _lengths(piece: pa.Array) -> np.ndarray:
    return np.asarray(pc.binary_length(piece).to_numpy(zero_copy_only=False))


def _uid_array(uids: Sequence[bytes]) -> pa.Array:
    return fixed(np.frombuffer(b"".join(uids), dtype="V16"))


def _utf8(texts: pa.Array) -> pa.Array:
    return texts.cast(_BYTES)


def _units(ids: np.ndarray) -> Pieces:
    """Unit ids (object, None where unknown): length and value, or the length that says null."""
    known = np.array([i is not None for i in ids.tolist()], dtype=bool)
    items = np.empty(len(ids), dtype=[("length", ">i4"), ("value", ">i8")])
    items["length"] = 8
    items["value"] = np.where(known, ids, 0).astype(np.int64)
    return [pc.if_else(pa.array(known), fixed(items), _NULL)]


def _doubles(values: np.ndarray) -> Pieces:
    items = np.empty(len(values), dtype=[("length", ">i4"), ("value", ">f8")])
    items["length"], items["value"] = 8, values
    return [fixed(items)]
