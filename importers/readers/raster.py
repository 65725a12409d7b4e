"""Rasterio with only the drivers and the reach that an import needs.

Rasterio brings a GDAL of its own beside pyogrio's (`importers.readers.gdal`). It takes a fifth of a
second to load, so `importers.readers.opening` loads this file only for a picture.
"""

import ctypes
import warnings
from pathlib import Path
from typing import Any

import rasterio
import rasterio._base
from django.core.exceptions import ImproperlyConfigured
from rasterio.errors import NotGeoreferencedWarning

from layers.imagery import ALONE

# What opens a picture; what makes one; what rasterio's own functions work in.
DRIVERS = frozenset({"GTiff", "COG", "VRT", "MEM", "Memory", "WEBP"})
_OPTIONS: dict[str, str | int] = {
    **ALONE,
    "GDAL_TIFF_INTERNAL_MASK": "YES",
    "GDAL_CACHEMAX": 64 * 2**20,
    # Tiles of JPEG that break in the middle are an error, not a grey patch.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "TRUE",
}
# Refused by name where it matters; a preview lies nowhere.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)


def environment() -> rasterio.Env:
    """The options under which every picture of an import is opened and written."""
    return rasterio.Env(**_OPTIONS)


def open_picture(path: Path, **options: Any) -> Any:
    """A picture opened as GeoTIFF and nothing else. Raises RasterioIOError."""
    return rasterio.open(path, driver="GTiff", **options)


def close_to_pictures() -> None:
    """Unload every driver that an import does not need, for good: for a process of its own.

    Raises ImproperlyConfigured.
    """
    with environment():
        library = _library()
        for index in reversed(range(library.GDALGetDriverCount())):
            driver = library.GDALGetDriver(index)
            if library.GDALGetDriverShortName(driver).decode() not in DRIVERS:
                library.GDALDeregisterDriver(driver)
        if left := registered() - DRIVERS:
            raise ImproperlyConfigured(f"GDAL keeps drivers that importers must not use: {left}")


def registered() -> set[str]:
    """Short names of the drivers of rasterio's GDAL."""
    library = _library()
    drivers = [library.GDALGetDriver(i) for i in range(library.GDALGetDriverCount())]
    return {library.GDALGetDriverShortName(driver).decode() for driver in drivers}


def _library() -> ctypes.CDLL:
    """The very library that rasterio uses: symbols are looked up in what its extension links to."""
    library = ctypes.CDLL(rasterio._base.__file__)
    library.GDALGetDriver.restype = ctypes.c_void_p
    library.GDALGetDriverShortName.restype = ctypes.c_char_p
    library.GDALGetDriverShortName.argtypes = [ctypes.c_void_p]
    library.GDALDeregisterDriver.restype = None
    library.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    return library
