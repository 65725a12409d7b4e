"""A batch as Arrow IPC and back: plain columns as they are, mixed ones value by value with a mark.

The child packs, the parent unpacks what it must not trust: lengths and types are checked, text is
validated, shapes are parsed by GEOS, and nothing is ever executed (no pickle). Geometry is WKB.
"""

import datetime as dt

import numpy as np
import pyarrow as pa
import shapely

from importers.batch import Batch, object_array
from importers.confined.distrust import MOST_ROW_NUMBER, BadBatch, only_batch
from importers.confined.outlines_of_wkb import refuse_strange
from importers.confined.scalars import GROWING, pack_scalar, unpack_scalar
from importers.distinct import arrow_texts, texts
from importers.wkb import wkb_of
from layers.crs import Crs

ROWS, SHAPES = "rows", "shapes"
_PLAIN, _OBJECTS, _MIXED = "plain", "objects", "mixed"
_HOW = b"how"
_EMPTY = type(None)
# Lists in cells take 25 times their text.
_MOST_GROWING = 8 * 2**20
# Object columns that hold values of one type travel as that type; None is null.
_UNIFORM: dict[type, pa.DataType] = {
    str: pa.large_string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
}
_OBJECT_TYPES = frozenset((pa.null(), *_UNIFORM.values()))


def pack(batch: Batch) -> pa.Buffer:
    """The Arrow stream of a batch; column names travel apart (`importers.confined.wire`)."""
    columns = [_column(values) for values in batch.columns.values()]
    fields = [
        pa.field(str(index), data.type, metadata={_HOW: how})
        for index, (data, how) in enumerate(columns)
    ]
    fields += [pa.field(ROWS, pa.int64()), pa.field(SHAPES, pa.large_binary())]
    arrays = [data for data, _how in columns]
    arrays += [pa.array(np.asarray(batch.rows, np.int64)), pack_shapes(batch.geometry)]
    return _written(pa.record_batch(arrays, schema=pa.schema(fields)))


def pack_only_shapes(shapes: np.ndarray) -> pa.Buffer:
    """The Arrow stream of shapes alone."""
    return _written(pa.record_batch([pack_shapes(shapes)], names=[SHAPES]))


def pack_shapes(shapes: np.ndarray) -> pa.Array:
    """WKB of each shape, null where it is missing."""
    return wkb_of(shapes)


def _written(record: pa.RecordBatch) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, record.schema) as stream:
        stream.write_batch(record)
    return sink.getvalue()


def _column(values: np.ndarray) -> tuple[pa.Array, str]:
    if values.dtype.kind in "iufb":
        return pa.array(values), _PLAIN
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[us]")), _PLAIN
    if (as_texts := arrow_texts(values)) is not None and as_texts.null_count < len(as_texts):
        return as_texts, _OBJECTS
    items = values.tolist()
    found = set(map(type, items)) - {_EMPTY}
    if not found:
        return pa.nulls(len(items)), _OBJECTS
    kind = _UNIFORM.get(next(iter(found))) if len(found) == 1 else None
    if kind is not None:
        try:
            return pa.array(items, kind, from_pandas=False), _OBJECTS
        except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
            pass  # numbers beyond 64 bits, half of a surrogate pair: one by one
    packed = [None if value is None else pack_scalar(value) for value in items]
    return pa.array(packed, pa.large_binary()), _MIXED


def unpack(data: pa.Buffer, names: list[str], crs: Crs) -> Batch:
    """The batch of these bytes. Raises BadBatch for anything that `pack` does not write."""
    record = only_batch(data)
    if record.schema.names != [*map(str, range(len(names))), ROWS, SHAPES]:
        raise BadBatch("columns")
    rows = record.column(ROWS)
    if rows.type != pa.int64() or rows.null_count:
        raise BadBatch("rows")
    numbers = rows.to_numpy().copy()
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < MOST_ROW_NUMBER:
        raise BadBatch("rows")
    columns = {
        name: _values(record.column(i), record.schema.field(i)) for i, name in enumerate(names)
    }
    return Batch(columns, _shapes(record), numbers, crs)


def unpack_only_shapes(data: pa.Buffer) -> np.ndarray:
    """Shapes of `pack_only_shapes`. Raises BadBatch."""
    return _shapes(only_batch(data))


def _shapes(record: pa.RecordBatch) -> np.ndarray:
    if SHAPES not in record.schema.names or record.column(SHAPES).type != pa.large_binary():
        raise BadBatch("shapes")
    refuse_strange(record.column(SHAPES))
    wkb = record.column(SHAPES).to_numpy(zero_copy_only=False)
    return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))


def _values(column: pa.Array, field: pa.Field) -> np.ndarray:
    how = (field.metadata or {}).get(_HOW, b"").decode("ascii", "replace")
    if how == _PLAIN and not column.null_count and pa.types.is_primitive(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if how == _OBJECTS and pa.types.is_large_string(column.type):
        return texts(column)
    if how == _OBJECTS and column.type in _OBJECT_TYPES:
        return object_array(_objects(column))
    if how == _MIXED and pa.types.is_large_binary(column.type):
        return object_array(_mixed(column.to_pylist()))
    raise BadBatch("column")


def _objects(column: pa.Array) -> list[object]:
    try:
        return list(column.to_pylist())
    except (ValueError, ArithmeticError) as error:
        # A day that no calendar has.
        raise BadBatch(str(error)[:200]) from error


def _mixed(packed: list[bytes | None]) -> list[object]:
    try:
        if sum(len(item) for item in packed if item and item[:1] in GROWING) > _MOST_GROWING:
            raise BadBatch("lists")
        return [None if item is None else unpack_scalar(item) for item in packed]
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadBatch(str(error)[:200]) from error


__all__ = ["BadBatch", "pack", "pack_only_shapes", "unpack", "unpack_only_shapes"]
