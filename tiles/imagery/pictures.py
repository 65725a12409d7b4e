"""Kept pictures, open: opening one takes longer than reading a tile from it.

A GDAL dataset belongs to one thread, so each thread has its own few. A picture never changes under
its name, so an open one is never stale. It is opened as GeoTIFF and nothing else, by a path that is
made of a checked digest; nothing beside it is looked at and no address is ever fetched.
"""

import threading
from collections import OrderedDict
from typing import Any

import rasterio
from django.conf import settings
from rasterio.errors import RasterioIOError

from layers.errors import PictureMissing
from layers.imagery import ALONE, scene_path

_OPTIONS: dict[str, str | int] = {
    **ALONE,
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    # Shared by the threads of a process; tiles are kept as tiles, not as blocks.
    "GDAL_CACHEMAX": 32 * 2**20,
}


class _Open(threading.local):
    """The datasets of one thread, the longest unused first."""

    def __init__(self) -> None:
        self.datasets: OrderedDict[str, Any] = OrderedDict()


_open = _Open()


def environment() -> rasterio.Env:
    """The options under which pictures are opened, read and packed."""
    return rasterio.Env(**_OPTIONS)


def picture(sha256: str) -> Any:
    """The open dataset, within `environment`. Raises PictureMissing."""
    datasets = _open.datasets
    if sha256 in datasets:
        datasets.move_to_end(sha256)
        return datasets[sha256]
    try:
        found = rasterio.open(scene_path(sha256), driver="GTiff", sharing=False)
    except (RasterioIOError, ValueError) as error:
        raise PictureMissing(sha256) from error
    datasets[sha256] = found
    while len(datasets) > settings.PORTAL_IMAGERY_OPEN:
        datasets.popitem(last=False)[1].close()
    return found


def close_all() -> None:
    """Close what this thread has open."""
    while _open.datasets:
        _open.datasets.popitem()[1].close()
