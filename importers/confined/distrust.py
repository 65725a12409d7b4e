"""One batch out of a stranger's Arrow stream, looked at before anything of it is unpacked.

Arrow checks that a message is well formed, not that it is small: compressed bodies, columns without
bytes and columns that share their bytes become a thousand times what came. `importers.confined.
columns` reads through `only_batch`; `importers.confined.outlines_of_wkb` looks at the shapes.
"""

import struct

import pyarrow as pa

from importers.readers.source import BATCH_ROWS

# Readers make batches of BATCH_ROWS. Both bound what columns of nothing become as Python objects.
MOST_ROWS = 4 * BATCH_ROWS
MOST_CELLS = 20_000_000
# What the tables of a run hold.
MOST_ROW_NUMBER = 2**31
_MOST_HEAD = 4 * 2**20
# What `importers.confined.columns.pack` writes.
_TYPES = frozenset(
    {
        pa.null(),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us"),
        pa.large_string(),
        pa.large_binary(),
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float16(), pa.float32(), pa.float64()),
    }
)
# Places in the tables of Arrow's Message.fbs.
_HEADER, _CUSTOM_METADATA = 2, 4
_COMPRESSION = 3


class BadBatch(ValueError):
    """Bytes that are no batch: a broken or captured child."""


def only_batch(data: pa.Buffer) -> pa.RecordBatch:
    """The one record batch of these bytes, its values validated. Raises BadBatch."""
    try:
        record = _first_of(pa.ipc.MessageReader.open_stream(data))
        _weigh(record, data.size)
        record.validate(full=True)
    except (pa.ArrowException, StopIteration, ValueError, OSError, struct.error) as error:
        raise BadBatch(str(error)[:200]) from error
    return record


def _first_of(messages: pa.ipc.MessageReader) -> pa.RecordBatch:
    head = messages.read_next_message()
    if head.type != "schema" or head.metadata.size > _MOST_HEAD:
        raise BadBatch("schema")
    schema = pa.ipc.read_schema(head)
    # Names that are no text raise ValueError here.
    if not schema.names or not all(field.type in _TYPES for field in schema):
        raise BadBatch("types")
    body = messages.read_next_message()
    if body.type != "record batch" or body.metadata.size > _MOST_HEAD:
        raise BadBatch("no batch")
    if _is_compressed(body.metadata.to_pybytes()):
        raise BadBatch("compressed")
    return pa.ipc.read_record_batch(body, schema)


def _weigh(record: pa.RecordBatch, frame_bytes: int) -> None:
    if record.num_rows > MOST_ROWS or record.num_rows * record.num_columns > MOST_CELLS:
        raise BadBatch("cells")
    # Columns that share their bytes weigh more than what came.
    if record.nbytes > frame_bytes:
        raise BadBatch("bytes")


def _is_compressed(message: bytes) -> bool:
    """Whether this flatbuffer says so, in today's way or in that of Arrow before 1.0."""
    table = _offset(message, 0)
    header = _field(message, table, _HEADER)
    if not header:
        raise BadBatch("header")
    compression = _field(message, _offset(message, header), _COMPRESSION)
    return bool(compression or _field(message, table, _CUSTOM_METADATA))


def _offset(message: bytes, at: int) -> int:
    return at + int(struct.unpack_from("<I", message, at)[0])


def _field(message: bytes, table: int, slot: int) -> int:
    """Where the field of this table lies, 0 where it is not given."""
    layout = table - struct.unpack_from("<i", message, table)[0]
    place = 4 + 2 * slot
    if layout < 0 or place + 2 > struct.unpack_from("<H", message, layout)[0]:
        return 0
    offset = int(struct.unpack_from("<H", message, layout + place)[0])
    return table + offset if offset else 0
