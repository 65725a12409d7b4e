"""Stream a GDAL vector layer in Arrow batches: shared by all readers that have a GDAL driver.

The caller has sniffed the content; the driver that opened the file must be the one it names,
and only the drivers of `importers.readers.gdal` are there to try.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import shapely
from django.utils.translation import gettext as _
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from importers.batch import Batch, Issue, object_array
from importers.distinct import texts
from importers.readers.curves import curved, straightened
from importers.readers.gdal import pyogrio
from importers.readers.source import BATCH_ROWS, FIRST, Stream
from importers.refusals import BrokenFile, EmptyFile, NoGeometry, UnsafeFile
from importers.wkb import wkb_of
from layers.crs import Crs

READ_ERRORS = (
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
    # pyogrio's answer to a file in which GDAL finds no layer.
    IndexError,
    pa.ArrowException,
    UnicodeDecodeError,
    RuntimeError,
    ValueError,
)


def layer_info(path: Path, driver: str, layer: str | None, **options: Any) -> dict[str, Any]:
    """pyogrio's info of one layer. Raises BrokenFile, NoGeometry, EmptyFile, UnsafeFile."""
    try:
        info: dict[str, Any] = pyogrio.read_info(
            path, layer=layer, force_feature_count=True, **options
        )
    except READ_ERRORS as error:
        raise BrokenFile(
            _("Không mở được bằng trình đọc %(driver)s.") % {"driver": driver}
        ) from error
    if info["driver"] != driver:
        raise UnsafeFile(path.name)
    if info["features"] == 0:
        raise EmptyFile(path.name)
    if info["geometry_type"] is None:
        raise NoGeometry(path.name)
    return info


class Decoder(Protocol):
    """Turns raw text into Unicode, per column (`importers.readers.text_columns`)."""

    def name(self, raw: str) -> str:
        """A column's own name, decoded."""

    def __call__(self, column: str, values: np.ndarray) -> np.ndarray:
        """The values of the column with this raw name, decoded."""


def stream(
    path: Path, layer: str | None, decode: Decoder, encoding: str | None = None
) -> Callable[[Crs], Stream]:
    """A `Source.read` over the layer."""

    def read(crs: Crs) -> Stream:
        first_row = 1
        try:
            with pyogrio.raw.open_arrow(
                path, layer=layer, encoding=encoding, batch_size=BATCH_ROWS, use_pyarrow=True
            ) as (meta, reader):
                geometry_name = meta["geometry_name"] or "wkb_geometry"
                for record in reader:
                    yield _batch(record, geometry_name, first_row, crs, decode)
                    first_row += len(record)
        except READ_ERRORS as error:
            raise BrokenFile(_("Tệp hỏng sau dòng %(row)d.") % {"row": first_row - 1}) from error

    return read


def first_shapes(path: Path, layer: str | None) -> Callable[[Crs], np.ndarray]:
    """A `Source.first_shapes`: geometry alone, without attributes."""

    def read(_crs: Crs) -> np.ndarray:
        try:
            meta, table = pyogrio.raw.read_arrow(path, layer=layer, columns=[], max_features=FIRST)
        except READ_ERRORS as error:
            raise BrokenFile(path.name) from error
        column = table.column(meta["geometry_name"] or "wkb_geometry").combine_chunks()
        return _shapes(column.cast(pa.large_binary()))[0]

    return read


def _batch(
    record: pa.RecordBatch,
    geometry_name: str,
    first_row: int,
    crs: Crs,
    decode: Decoder,
) -> tuple[Batch, list[Issue]]:
    rows = np.arange(first_row, first_row + len(record), dtype=np.int64)
    wkb = record.column(geometry_name).cast(pa.large_binary())
    geometry, curves = _shapes(wkb)
    columns = {}
    for name in record.schema.names:
        if name != geometry_name:
            columns[decode.name(name)] = decode(name, column_values(record.column(name)))
    unreadable = shapely.is_missing(geometry) & np.asarray(wkb.is_valid())
    issues = [_unreadable(int(rows[i]), wkb[int(i)].as_py()) for i in np.flatnonzero(unreadable)]
    drawn = rows[curves & ~unreadable]
    issues += [Issue(int(row), "curve-linearised", severity="warning") for row in drawn]
    return Batch(columns, geometry, rows, crs).keep(~unreadable), issues


def _unreadable(row: int, wkb: bytes) -> Issue:
    """A ring that does not end where it began has a name; GEOS can close it only to find it."""
    closed = shapely.from_wkb(wkb, on_invalid="fix")
    if closed is None or shapely.get_num_geometries(closed) == 0 or shapely.is_empty(closed):
        return Issue(row, "cannot-read-geometry")
    x, y = shapely.get_coordinates(closed)[0]
    if not (np.isfinite(x) and np.isfinite(y)):
        return Issue(row, "not-finite")
    return Issue(row, "unclosed-ring", x=float(x), y=float(y))


def _shapes(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Shapes of this WKB (None where it cannot be read), and which of them had arcs, bool (n,)."""
    curves = curved(column)
    wkb = column.to_numpy(zero_copy_only=False)
    if curves.any():
        wkb = object_array(straightened(w) if c else w for w, c in zip(wkb, curves, strict=True))
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))
    if not curves.any() and np.count_nonzero(shapely.is_missing(shapes)) == column.null_count:
        wkb_of.remember(shapes, column)
    return shapes, curves


def column_values(column: pa.Array) -> np.ndarray:
    """Arrow column → array of plain values, None where null. Whole numbers stay whole."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return texts(column)
    if plain and column.null_count == 0:
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return object_array([None] * len(column))
    return object_array(column.to_pylist())
