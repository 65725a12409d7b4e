"""Shapes as PostGIS takes them in a binary COPY: EWKB, put together by columns.

Plain polygons are their arrays with a head before each; everything else goes through shapely.
Web Mercator is made here and not by the database: as one array it takes a second of a million
shapes, one by one several. `importers.rows` writes what comes out.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.crs import WEB_MERCATOR, Crs
from layers.outlines import Outlines, outlines

# Sphere of EPSG:3857, metres.
_RADIUS = 6_378_137.0
_HAS_SRID = 0x20000000
# Byte order and type of a WKB: what EWKB writes otherwise.
_HEAD = 5
# By shapely's type ids: point, line, ring, polygon, then the multiple ones, collection.
_WKB_KINDS = np.array([1, 2, 2, 3, 4, 5, 6, 7], dtype=np.uint32)
_SHAPE_HEAD = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<u4")])
_OUTLINE_HEAD = np.dtype([*_SHAPE_HEAD.descr, ("rings", "<u4"), ("corners", "<u4")])


def ewkb(shapes: np.ndarray, crs: Crs) -> list[pa.Array]:
    """EWKB of flat shapes (n,) in two pieces, head and rest, large binary (n,) each."""
    plain = outlines(shapes)
    return _of_shapes(shapes, crs) if plain is None else _of_outlines(plain, crs)


def web_mercator(wgs84: np.ndarray) -> list[pa.Array]:
    """EWKB in EPSG:3857 of WGS 84 shapes, rings turned as vector tiles want: shells clockwise."""
    plain = outlines(wgs84)
    if plain is not None:
        return _of_outlines(Outlines(_mercator(plain.xy), plain.ends).clockwise(), WEB_MERCATOR)
    moved = shapely.transform(wgs84, _mercator)
    return _of_shapes(np.asarray(shapely.orient_polygons(moved, exterior_cw=True)), WEB_MERCATOR)


def fixed(values: np.ndarray) -> pa.Array:
    """The bytes of each item, large binary (n,)."""
    size = values.dtype.itemsize
    return _cut(values, np.arange(0, (len(values) + 1) * size, size, dtype=np.int64))


def _cut(values: np.ndarray, offsets: np.ndarray) -> pa.Array:
    """The bytes of an array between offsets (n + 1,), large binary (n,); nothing is copied."""
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), data]
    )


def _of_outlines(plain: Outlines, crs: Crs) -> list[pa.Array]:
    head = np.empty(len(plain.counts), dtype=_OUTLINE_HEAD)
    head["order"], head["kind"], head["srid"] = 1, _WKB_KINDS[3] | _HAS_SRID, crs.srid
    head["rings"], head["corners"] = 1, plain.counts
    return [fixed(head), _cut(plain.xy.astype("<f8", copy=False), plain.ends * 16)]


def _of_shapes(shapes: np.ndarray, crs: Crs) -> list[pa.Array]:
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1), pa.large_binary())
    head = np.empty(len(shapes), dtype=_SHAPE_HEAD)
    head["order"], head["srid"] = 1, crs.srid
    head["kind"] = _WKB_KINDS[shapely.get_type_id(shapes)] | _HAS_SRID
    # Without an end Arrow 26 miscounts; PostgreSQL takes no value of a gigabyte.
    return [fixed(head), pc.binary_slice(wkb, _HEAD, 2**30)]


def _mercator(lonlat: np.ndarray) -> np.ndarray:
    radians = np.radians(lonlat)
    radians[:, 1] = np.arcsinh(np.tan(radians[:, 1]))
    return np.asarray(radians * _RADIUS)
