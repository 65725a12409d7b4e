"""Arcs become short straight edges: shapely, tiles and GeoJSON know no curves.

`importers.readers.vector` hands over the WKB of the few shapes that hold any; GDAL draws chords.
The row says so in the report.
"""

import ctypes

import numpy as np
import pyarrow as pa

from importers.readers.gdal import library

# A step of 1° keeps the chord within 4 mm of an arc of 100 m; GDAL's usual 4° would be 6 cm.
_STEP_DEGREES = 1.0
_LITTLE_ENDIAN = 1
# ISO WKB numbers of CircularString … Surface, without the thousands for Z and M.
_CURVES = np.arange(8, 13)
_HEAD = np.dtype([("order", "u1"), ("number", "<u4")])

library.OGR_G_CreateFromWkb.argtypes = [
    ctypes.c_char_p,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_int,
]
library.OGR_G_GetLinearGeometry.restype = ctypes.c_void_p
library.OGR_G_GetLinearGeometry.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_void_p]
library.OGR_G_WkbSize.argtypes = [ctypes.c_void_p]
library.OGR_G_ExportToIsoWkb.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p]
library.OGR_G_DestroyGeometry.argtypes = [ctypes.c_void_p]
library.OGR_G_DestroyGeometry.restype = None


def curved(wkb: pa.Array) -> np.ndarray:
    """Which of these shapes (WKB or null, large binary (n,)) are of a curved type, bool (n,)."""
    offsets = np.frombuffer(wkb.buffers()[1], np.int64)[wkb.offset : wkb.offset + len(wkb) + 1]
    data = np.frombuffer(wkb.buffers()[2] or b"", np.uint8)
    whole = np.flatnonzero(np.diff(offsets) >= _HEAD.itemsize)
    heads = data[offsets[whole][:, None] + np.arange(_HEAD.itemsize)].copy().view(_HEAD)[:, 0]
    little = heads["order"] == _LITTLE_ENDIAN
    number = np.where(little, heads["number"], heads["number"].byteswap())
    found = np.zeros(len(wkb), dtype=bool)
    found[whole] = np.isin((number & 0x0FFFFFFF) % 1000, _CURVES)
    return np.asarray(found & np.asarray(wkb.is_valid()))


def straightened(item: bytes) -> bytes | None:
    """The shape as WKB with chords of 1°; None when GDAL cannot read it."""
    handle = ctypes.c_void_p()
    if library.OGR_G_CreateFromWkb(item, None, ctypes.byref(handle), len(item)):
        return None
    linear = library.OGR_G_GetLinearGeometry(handle, _STEP_DEGREES, None)
    library.OGR_G_DestroyGeometry(handle)
    if not linear:
        return None
    out = ctypes.create_string_buffer(library.OGR_G_WkbSize(linear))
    failed = library.OGR_G_ExportToIsoWkb(linear, _LITTLE_ENDIAN, out)
    library.OGR_G_DestroyGeometry(linear)
    return None if failed else out.raw
