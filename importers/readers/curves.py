"""Arcs become short straight edges: shapely, tiles and GeoJSON know no curves.

`importers.readers.vector` hands over the WKB of the few shapes that hold any; GDAL draws chords.
The row says so in the report.
"""

import ctypes

import numpy as np

from importers.readers.gdal import library

# A step of 1° keeps the chord within 4 mm of an arc of 100 m; GDAL's usual 4° would be 6 cm.
_STEP_DEGREES = 1.0
_LITTLE_ENDIAN = 1
# ISO WKB numbers of CircularString … Surface, without the thousands for Z and M.
_CURVES = range(8, 13)

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


def curved(wkb: np.ndarray) -> np.ndarray:
    """Which of these shapes (WKB or None, (n,)) are of a curved type, bool (n,)."""
    return np.fromiter((item is not None and _is_curved(item) for item in wkb), bool, len(wkb))


def _is_curved(item: bytes) -> bool:
    number = int.from_bytes(item[1:5], "little" if item[:1] == b"\x01" else "big")
    return (number & 0x0FFFFFFF) % 1000 in _CURVES


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
