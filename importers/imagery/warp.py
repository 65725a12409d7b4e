"""The plain picture on the grid of the web map, and as the Cloud Optimized GeoTIFF that is kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from importers.imagery.grid import BLOCK, Grid
from importers.imagery.plain import Bands, profile, raster_crs
from importers.readers.raster import open_picture
from layers.crs import Crs

# Windows of so many blocks: each asks the warper for its part of the source once.
_WINDOW = 4 * BLOCK
_WARP_MEGABYTES = 64
_OPAQUE = {"uint8": 255, "uint16": 65_535, "int16": 32_767}


def write_warped(plain: Path, crs: Crs, grid: Grid, bands: Bands, path: Path) -> Iterator[float]:
    """Warp the plain picture, which is in `crs`; yields the share that is done."""
    settings = profile(grid.width, grid.height, bands)
    settings |= {"crs": CRS.from_epsg(3857), "transform": grid.transform}
    opaque = _OPAQUE[settings["dtype"]]
    options = _options(crs, grid, nearest=bands.colours is not None)
    with (
        open_picture(plain) as placed,
        WarpedVRT(placed, **options) as warped,
        rasterio.open(path, "w", **settings) as target,
    ):
        total = -(-grid.height // _WINDOW) * -(-grid.width // _WINDOW)
        for done, window in enumerate(_windows(grid), start=1):
            data = warped.read(window=window)
            valid = data[-1] > opaque // 2
            if valid.any():
                target.write(np.where(valid, data[:-1], 0).astype(data.dtype), window=window)
            target.write_mask(valid, window=window)
            yield done / total


def _options(crs: Crs, grid: Grid, *, nearest: bool) -> dict[str, Any]:
    return {
        "src_crs": raster_crs(crs),
        "crs": CRS.from_epsg(3857),
        "transform": grid.transform,
        "width": grid.width,
        "height": grid.height,
        "resampling": Resampling.nearest if nearest else Resampling.bilinear,
        "add_alpha": True,
        "warp_mem_limit": _WARP_MEGABYTES,
    }


def _windows(grid: Grid) -> Iterator[Window]:
    for top in range(0, grid.height, _WINDOW):
        for left in range(0, grid.width, _WINDOW):
            width, height = min(_WINDOW, grid.width - left), min(_WINDOW, grid.height - top)
            yield Window(left, top, width, height)


def write_kept(warped: Path, bands: Bands, path: Path) -> None:
    """The Cloud Optimized GeoTIFF: overviews, mask, blocks of 512.

    Colour pictures of 8 bit are packed as JPEG (quality 90), a tenth of the bytes; what may be
    measured (16 bit, single bands, infrared, tables of colours) stays as it is (ZSTD).
    """
    photo = bands.colours is None and bands.dtype == "uint8" and bands.count == 3
    packing = (
        {"COMPRESS": "JPEG", "QUALITY": "90"}
        if photo
        else {"COMPRESS": "ZSTD", "PREDICTOR": "STANDARD", "LEVEL": "9"}
    )
    nearest = bands.colours is not None
    rasterio.shutil.copy(
        warped,
        path,
        driver="COG",
        BLOCKSIZE=str(BLOCK),
        OVERVIEW_RESAMPLING="NEAREST" if nearest else "AVERAGE",
        BIGTIFF="IF_SAFER",
        SPARSE_OK="TRUE",
        STATISTICS="NO",
        **packing,
    )
