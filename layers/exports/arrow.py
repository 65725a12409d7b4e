"""Batches of rows as Arrow record batches, which GDAL takes without a Python object a value."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from layers.cql2.sql import Sql
from layers.exports.columns import Column, Kind
from layers.exports.rows import Row, Source
from layers.exports.values import READ

# Arrow's own pool keeps what it once had: 9 MB in a GeoPackage of 300,000 rows, and no quicker.
pa.set_memory_pool(pa.system_memory_pool())
GEOMETRY = "geometry"
TYPES: dict[Kind, Any] = {
    "text": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "moment": pa.timestamp("ms", tz="UTC"),
    "list": pa.string(),
}


class Batches:
    """What GDAL reads from; what goes wrong on the way is kept, for GDAL tells only its text."""

    def __init__(
        self,
        source: Source,
        shape: Sql,
        schema: Any,
        *,
        texts: tuple[Kind, ...] = (),
        cut: Callable[[Any], Any] | None = None,
        seen: Callable[[Any], None] = lambda _batch: None,
    ) -> None:
        self._source, self._shape, self._schema = source, shape, schema
        self._texts, self._cut, self._seen = texts, cut, seen
        self.failure: BaseException | None = None

    def reader(self) -> Any:
        """A reader that asks the database as it is read."""
        return pa.RecordBatchReader.from_batches(self._schema, self._made())

    def _made(self) -> Iterator[Any]:
        try:
            for rows in self._source.batches(self._shape):
                batch = self.batch(rows)
                self._seen(batch)
                yield batch
        except BaseException as failure:
            self.failure = failure
            raise

    def batch(self, rows: list[Row]) -> Any:
        """One record batch: the columns, then the geometry."""
        shapes, *texts = zip(*rows, strict=True)
        kinds = [
            "text" if column.kind in self._texts else column.kind for column in self._source.columns
        ]
        arrays = [_array(kind, values) for kind, values in zip(kinds, texts, strict=True)]
        if self._cut is not None:
            cut = self._cut
            arrays = [cut(array) if array.type == pa.string() else array for array in arrays]
        # Arrow does not give back what a memoryview holds.
        shapes = tuple(bytes(shape) for shape in shapes)
        return pa.record_batch([*arrays, pa.array(shapes, pa.binary())], schema=self._schema)


def schema(
    columns: tuple[Column, ...],
    names: dict[str, str],
    *,
    texts: tuple[Kind, ...] = (),
    widths: dict[str, int] | None = None,
) -> Any:
    """Columns under the names that the file gives them, with their labels; then the geometry.

    `texts`: kinds that the file has no type for; `widths` of texts, where the file wants them.
    """
    widths = widths or {}
    # A GeoPackage takes each title once: the layer of communes has two of "Mã đơn vị hành chính".
    often = Counter(column.label.vi for column in columns)
    fields = [
        pa.field(
            names[column.name],
            pa.string() if column.kind in texts else TYPES[column.kind],
            metadata=_told(column, widths.get(column.name), named=often[column.label.vi] > 1),
        )
        for column in columns
    ]
    mark = {"ARROW:extension:name": "ogc.wkb"}
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary(), metadata=mark)])


def _told(column: Column, width: int | None, *, named: bool) -> dict[str, str]:
    unit = f" ({column.unit})" if column.unit else ""
    name = f" [{column.name}]" if named else ""
    told = {
        "GDAL:OGR:alternative_name": column.label.vi + unit + name,
        "GDAL:OGR:comment": column.label.en + unit,
    }
    return {**told, "GDAL:OGR:width": str(width)} if width else told


def _array(kind: Kind, texts: tuple[str | None, ...]) -> Any:
    plain = pa.array(texts, pa.string()) if kind != "list" else None
    if kind == "text":
        return plain
    if plain is not None:
        try:
            return plain.cast(TYPES[kind])
        except pa.ArrowInvalid:
            pass  # a value of another type is among them: one by one
    read = READ[kind]
    return pa.array([None if text is None else read(text) for text in texts], TYPES[kind])
