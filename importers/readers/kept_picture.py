"""A picture of ours looked at once more, by a process that has seen nothing of its origin.

Asked by `importers.imagery.receive` before the picture is kept: the reader that made it had a
stranger's bytes in hand. Raises NotOurPicture for anything that `importers.imagery.warp` does not
write.
"""

from pathlib import Path
from typing import Any

import numpy as np
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rio_cogeo.cogeo import cog_validate

from importers.imagery.plain import DEPTHS
from importers.imagery.refusals import NotOurPicture
from importers.readers.raster import environment, open_picture
from importers.readers.source import Source, Stream, Wanted
from layers.crs import WEB_MERCATOR, Crs


def open_kept(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """A source without rows: that it opens is the answer."""
    with environment():
        try:
            is_valid, errors, _warnings = cog_validate(path, strict=True, quiet=True)
            if not is_valid:
                raise NotOurPicture("; ".join(map(str, errors))[:200])
            _check(path)
        except (RasterioError, CPLE_BaseError) as error:
            raise NotOurPicture(str(error)[:200]) from error
    return Source(
        format="GeoTIFF",
        name=path.stem,
        fields=[],
        feature_count=0,
        crs_text=WEB_MERCATOR.code,
        read=_nothing,
        first_shapes=_no_shapes,
    )


def _check(path: Path) -> None:
    with open_picture(path) as picture:
        placed = picture.transform
        right = (
            picture.crs is not None
            and picture.crs.to_epsg() == WEB_MERCATOR.srid
            and placed.a == -placed.e > 0
            and placed.b == placed.d == 0
            and {*picture.dtypes} <= {*DEPTHS}
            and picture.nodata is None
        )
        if not right:
            raise NotOurPicture(f"{picture.crs} {tuple(placed)[:6]} {picture.dtypes}")
        farther = len(picture.overviews(1))
        _decode(picture)
    for level in range(farther):
        with open_picture(path, overview_level=level) as picture:
            _decode(picture)


def _decode(picture: Any) -> None:
    """Every block and its mask once: what cannot be decoded would fail on the map."""
    for _index, window in picture.block_windows(1):
        picture.read(window=window)
        picture.read_masks(window=window)


def _nothing(_crs: Crs) -> Stream:
    yield from ()


def _no_shapes(_crs: Crs) -> np.ndarray:
    return np.empty(0, object)
