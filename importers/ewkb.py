"""Shapes as PostGIS takes them in a binary COPY: EWKB, put together by columns.

`importers.rows` writes them. Web Mercator is made here and not by the database: a transformation of
a million shapes as one array takes a second, one by one ten.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.crs import Crs

# Sphere of EPSG:3857, metres.
_RADIUS = 6_378_137.0
_HAS_SRID = 0x20000000
# Byte order and type of a WKB: what EWKB writes otherwise.
_HEAD = 5


def ewkb(shapes: np.ndarray, crs: Crs) -> list[pa.Array]:
    """EWKB of flat shapes (n,) in two pieces, head and rest, large binary (n,) each."""
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1), pa.large_binary())
    # shapely counts linear rings as a kind of their own.
    kinds = _WKB_KINDS[shapely.get_type_id(shapes)]
    head = np.empty(len(shapes), dtype=[("order", "u1"), ("kind", "<u4"), ("srid", "<u4")])
    head["order"], head["kind"], head["srid"] = 1, kinds | _HAS_SRID, crs.srid
    # Without an end Arrow 26 miscounts; PostgreSQL takes no value of a gigabyte.
    return [fixed(head), pc.binary_slice(wkb, _HEAD, 2**30)]


# Type ids: point, line, ring, polygon, multipoint, multiline, multipolygon, collection.
_WKB_KINDS = np.array([1, 2, 2, 3, 4, 5, 6, 7], dtype=np.uint32)


def fixed(values: np.ndarray) -> pa.Array:
    """The bytes of each item, large binary (n,)."""
    size = values.dtype.itemsize
    offsets = np.arange(0, (len(values) + 1) * size, size, dtype=np.int64)
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(
        pa.large_binary(), len(values), [None, pa.py_buffer(offsets), data]
    )


def web_mercator(wgs84: np.ndarray) -> np.ndarray:
    """The shapes in EPSG:3857, rings turned as vector tiles want them: shells clockwise."""
    moved = shapely.transform(wgs84, _mercator)
    return np.asarray(shapely.orient_polygons(moved, exterior_cw=True))


def _mercator(lonlat: np.ndarray) -> np.ndarray:
    radians = np.radians(lonlat)
    radians[:, 1] = np.arcsinh(np.tan(radians[:, 1]))
    return np.asarray(radians * _RADIUS)
