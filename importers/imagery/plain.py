"""A picture of any make as plain bands and a mask of valid pixels, in blocks of 512.

Nodata values, alpha bands, masks and tables of colours end here: what comes after knows one form.
Constant memory: window by window.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from django.utils.translation import gettext as _
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window

from importers.imagery.grid import BLOCK
from importers.imagery.refusals import DepthNotRead, PictureBroken
from importers.limits import limits
from layers.crs import Crs

DEPTHS = ("uint8", "uint16", "int16")
# Of each window, all bands.
_WINDOW_BYTES = 24 * 2**20
_INKS = {ColorInterp.cyan, ColorInterp.magenta, ColorInterp.yellow}


@dataclass(frozen=True)
class Bands:
    """What of a picture is data. `colours`: the table (n, 4) of a picture with one, uint8."""

    indexes: tuple[int, ...]
    dtype: str
    colours: np.ndarray | None

    @property
    def count(self) -> int:
        """Bands of the plain picture."""
        return len(self.indexes) if self.colours is None else 3


def bands_of(source: Any) -> Bands:
    """The data bands of an opened picture. Raises DepthNotRead."""
    kinds = source.colorinterp
    indexes = tuple(i for i, kind in enumerate(kinds, start=1) if kind != ColorInterp.alpha)
    depths = {source.dtypes[i - 1] for i in indexes}
    if not indexes or len(indexes) > limits().image_bands:
        raise DepthNotRead(_("Ảnh có %(n)s kênh.") % {"n": len(indexes)})
    if len(depths) != 1 or not depths <= set(DEPTHS):
        raise DepthNotRead(_("Điểm ảnh kiểu %(kind)s.") % {"kind": ", ".join(sorted(depths))})
    if _INKS & set(kinds):
        raise DepthNotRead(_("Ảnh ở hệ màu in (CMYK)."))
    return Bands(indexes, depths.pop(), _colours(source) if len(indexes) == 1 else None)


def _colours(source: Any) -> np.ndarray | None:
    if source.colorinterp[0] != ColorInterp.palette:
        return None
    table = np.zeros((65_536, 4), np.uint8)
    for value, colour in source.colormap(1).items():
        if 0 <= value < len(table):
            table[value] = colour
    return table


def all_valid(source: Any, bands: Bands) -> bool:
    """No pixel of it can be missing: its outline is its frame."""
    flags = [set(flags) for flags in source.mask_flag_enums]
    through = bands.colours is not None and bool((bands.colours[:, 3] == 0).any())
    return all(one == {MaskFlags.all_valid} for one in flags) and not through


def raster_crs(crs: Crs) -> CRS:
    """The same system for rasterio; VN-2000 with its pinned parameters and no others."""
    return CRS.from_string(crs.proj4) if crs.is_vn2000 else CRS.from_string(crs.code)


def profile(width: int, height: int, bands: Bands) -> dict[str, Any]:
    """How a working picture is written: tiled, empty blocks left out, not packed."""
    dtype = "uint8" if bands.colours is not None else bands.dtype
    return {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": bands.count,
        "dtype": dtype,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "interleave": "pixel",
        "photometric": "RGB" if bands.count == 3 and dtype == "uint8" else "MINISBLACK",
        "BIGTIFF": "IF_SAFER",
        "SPARSE_OK": "TRUE",
    }


def write_plain(
    source: Any, bands: Bands, transform: Affine, crs: Crs, path: Path
) -> Iterator[float]:
    """Write the plain picture, which lies at `transform` in `crs`; yields the share that is done.

    Raises PictureBroken.
    """
    settings = profile(source.width, source.height, bands)
    settings |= {"transform": transform, "crs": raster_crs(crs)}
    with rasterio.open(path, "w", **settings) as target:
        for done, window in _windows(source, len(bands.indexes)):
            data, valid = _read(source, bands, window)
            if valid.any():
                target.write(np.where(valid, data, 0).astype(data.dtype), window=window)
            target.write_mask(valid, window=window)
            yield done


def _read(source: Any, bands: Bands, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Bands (n, h, w) and where they are valid, bool (h, w)."""
    try:
        data = source.read(list(bands.indexes), window=window)
        mask = source.dataset_mask(window=window)
    except RasterioError as error:
        raise PictureBroken(
            _("Không giải nén được điểm ảnh ở dòng %(row)d, cột %(column)d.")
            % {"row": window.row_off + 1, "column": window.col_off + 1}
        ) from error
    valid = mask >= 128
    if bands.colours is not None:
        looked_up = bands.colours[data[0].astype(np.uint16)]
        return np.moveaxis(looked_up[..., :3], -1, 0), valid & (looked_up[..., 3] > 0)
    return data, valid


def _windows(source: Any, bands: int) -> Iterator[tuple[float, Window]]:
    """Windows of whole blocks of the source, and the share that is done with each."""
    high, wide = source.block_shapes[0]
    room = _WINDOW_BYTES // (bands * np.dtype(source.dtypes[0]).itemsize)
    across = min(source.width, max(wide, math.isqrt(room) // wide * wide))
    down = min(source.height, max(high, room // across // high * high))
    down = max(high, down // BLOCK * BLOCK) if down > BLOCK else down
    total = source.width * source.height
    done = 0
    for top in range(0, source.height, down):
        for left in range(0, source.width, across):
            width, height = min(across, source.width - left), min(down, source.height - top)
            done += width * height
            yield done / total, Window(left, top, width, height)
