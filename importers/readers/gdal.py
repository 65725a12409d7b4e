"""GDAL with only the drivers and the reach that we want; readers take pyogrio from here.

A driver that is registered is tried on every file, and some of them run commands or fetch addresses
that a file names before anybody could compare the driver's name. So all drivers but ours are
unloaded from this process, and what is left cannot reach the network.
Django's GDAL is the same library and needs no drivers; rasterio has a library of its own.
"""

import ctypes
import warnings

import pyogrio
import pyogrio._ogr
from django.core.exceptions import ImproperlyConfigured

DRIVERS = frozenset(
    {
        "ESRI Shapefile",
        "GPKG",
        "GeoJSON",
        "GeoJSONSeq",
        "FlatGeobuf",
        "OpenFileGDB",
        "MapInfo File",
        "DXF",
        "DGN",
    }
)
# Port 9 is "discard": refused at once. `no_proxy` of the environment would open this door again,
# so plain fetches are answered by `_refuse` besides.
_NOWHERE = "http://127.0.0.1:9"


class _Answer(ctypes.Structure):
    """The first members of GDAL's CPLHTTPResult; the rest stays zero."""

    _fields_ = (
        ("status", ctypes.c_int),
        ("content_type", ctypes.c_void_p),
        ("error", ctypes.c_void_p),
    )


# More than the whole CPLHTTPResult needs.
_ANSWER_BYTES = 512
_FETCH = ctypes.CFUNCTYPE(ctypes.c_void_p, *[ctypes.c_void_p] * 6)


def _load() -> ctypes.CDLL:
    """The very library that pyogrio uses: symbols are looked up in what its extension links to."""
    library = ctypes.CDLL(pyogrio._ogr.__file__)
    library.GDALGetDriver.restype = ctypes.c_void_p
    library.GDALGetDriverShortName.restype = ctypes.c_char_p
    library.GDALGetDriverShortName.argtypes = [ctypes.c_void_p]
    library.VSICalloc.restype = ctypes.c_void_p
    library.VSICalloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
    library.CPLStrdup.restype = ctypes.c_void_p
    library.CPLStrdup.argtypes = [ctypes.c_char_p]
    library.CPLHTTPSetFetchCallback.argtypes = [_FETCH, ctypes.c_void_p]
    return library


library = _load()


def _refuse(*_request: int | None) -> int:
    """A failed answer to every fetch, in GDAL's own memory. Without one GDAL would go on itself."""
    address: int = library.VSICalloc(1, _ANSWER_BYTES)
    answer = _Answer.from_address(address)
    answer.status = 1
    answer.error = library.CPLStrdup(b"network access is off")
    return address


# Kept here: GDAL holds only its address.
_REFUSE = _FETCH(_refuse)
# Every driver that this process ever had.
_seen: set[str] = set()


def close_to(wanted: frozenset[str]) -> None:
    """Unload every driver but these, whatever this GDAL brings. Raises ImproperlyConfigured.

    There is no way back in this process: a child that reads one kind of file closes to its driver.

    GDAL reads GDAL_SKIP whenever it registers drivers, and again does no harm: an option of this
    library instead of an environment variable, which rasterio and child processes would share.
    """
    pyogrio.set_gdal_config_options({"GDAL_HTTP_PROXY": _NOWHERE, "GDAL_HTTPS_PROXY": _NOWHERE})
    library.CPLHTTPSetFetchCallback(_REFUSE, None)
    # Those that were skipped before come back unless they are named again.
    _seen.update(registered_drivers())
    pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(sorted(_seen - wanted))})
    library.GDALAllRegister()
    if left := registered_drivers() - wanted:
        raise ImproperlyConfigured(f"GDAL keeps drivers that importers must not use: {left}")


def registered_drivers() -> set[str]:
    """Short names of all drivers, raster ones included."""
    drivers = [library.GDALGetDriver(i) for i in range(library.GDALGetDriverCount())]
    return {library.GDALGetDriverShortName(driver).decode() for driver in drivers}


close_to(DRIVERS)
# Remarks on features go to the report as issues, in the reader's language, not to standard error.
warnings.filterwarnings("ignore", category=UserWarning, module="pyogrio")
warnings.filterwarnings("ignore", category=RuntimeWarning, module="pyogrio")
# The .shx holds nothing that the .shp does not: rebuilt in our private copy when it is missing.
# One GeoJSON feature may have about 160,000 corners: with GDAL's own bound of 200 (MB, by its own
# estimate) one of empty arrays took 44 s and all the memory of a confined reader.
pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES", "OGR_GEOJSON_MAX_OBJ_SIZE": "50"})

__all__ = ["DRIVERS", "close_to", "library", "pyogrio", "registered_drivers"]
