"""One frame of the pictures of a date: read, shown by the stored range, packed.

Kept pictures lie on the pixel grid of the web map in blocks of one tile (`layers.imagery`), so a
tile is a window of whole pixels of the picture or of one of its overviews: nothing is warped.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.windows import Window
from rio_tiler.errors import EmptyMosaicError, TileOutsideBounds
from rio_tiler.models import ImageData
from rio_tiler.mosaic import mosaic_reader
from rio_tiler.reader import read
from rio_tiler.utils import render

from layers.errors import PictureMissing
from tiles.grid import Tile
from tiles.imagery.choosing import chosen, turn
from tiles.imagery.pictures import environment, picture
from tiles.imagery.scenes import SIZE, Box, Scene

log = logging.getLogger(__name__)
# Packing is measured in decision 0017: what further effort saves is less than what it takes.
_PACKED: dict[str, tuple[str, dict[str, Any]]] = {
    "webp": ("WEBP", {"QUALITY": 75, "METHOD": 1}),
    "jpg": ("JPEG", {"QUALITY": 80}),
    "png": ("PNG", {"ZLEVEL": 1}),
}
TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


# Longer side of the small picture of a date, pixels.
_OVERVIEW = 640


@dataclass(frozen=True)
class Frame:
    """A part of the web map and the pixels it is shown with: `left`, `top` in EPSG:3857, `size`
    metres of it a pixel.
    """

    left: float
    top: float
    size: float
    width: int = SIZE
    height: int = SIZE

    @classmethod
    def of(cls, tile: Tile) -> "Frame":
        """A tile's."""
        return cls(tile.left, tile.top, tile.side / SIZE)

    @classmethod
    def around(cls, scenes: Sequence[Scene]) -> "Frame":
        """The small picture of all scenes together."""
        west, south, east, north = zip(*(scene.box for scene in scenes), strict=True)
        left, top, wide, high = min(west), max(north), max(east), min(south)
        wide, high = wide - left, top - high
        size = max(wide, high) / _OVERVIEW
        return cls(left, top, size, math.ceil(wide / size), math.ceil(high / size))

    @property
    def box(self) -> Box:
        """West, south, east, north."""
        right, bottom = self.left + self.width * self.size, self.top - self.height * self.size
        return self.left, bottom, right, self.top


def overview_size(scenes: Sequence[Scene]) -> tuple[int, int]:
    """Width and height of the small picture of a date."""
    frame = Frame.around(scenes)
    return frame.width, frame.height


def cut(scenes: Sequence[Scene], frame: Frame, form: str) -> bytes:
    """The packed picture, b"" where no scene has a pixel. Raises PictureMissing, ServiceBusy.

    Where a scene has no pixel the next one is seen; where none has, nothing (`jpg`: white). No
    further scene is read once every pixel is there.
    """
    near = chosen(scenes, frame.box)
    if not near:
        return b""
    with turn(), environment():
        try:
            image, _used = mosaic_reader(near, _shown, frame, threads=0)
        except EmptyMosaicError:
            return b""
        return _packed(image.array, form)


def _shown(scene: Scene, frame: Frame) -> ImageData:
    """The frame of one scene as three bands of 8 bit. Raises TileOutsideBounds, PictureMissing."""
    try:
        return _read(scene, frame)
    except (RasterioError, CPLE_BaseError) as error:
        # The file has lost bytes since it was looked at. GDAL's own errors may come bare.
        log.exception("The picture %s cannot be read", scene.file)
        raise PictureMissing(scene.file) from error


def _read(scene: Scene, frame: Frame) -> ImageData:
    dataset = picture(scene.file)
    inside = _inside(frame, dataset)
    if inside is None:
        raise TileOutsideBounds(scene.name)
    window, rows, columns = inside
    image = read(
        dataset,
        indexes=(1, 2, 3) if dataset.count >= 3 else (1,),
        window=window,
        height=rows.stop - rows.start,
        width=columns.stop - columns.start,
        # Enlarged or far out: in between every size is an overview's own.
        resampling_method="bilinear",
    )
    if image.array.mask.all():
        raise TileOutsideBounds(scene.name)
    image.array = _whole(_as_seen(image.array, scene), frame, rows, columns)
    return image


def _inside(frame: Frame, dataset: Any) -> tuple[Window, slice, slice] | None:
    """The part of the frame that the picture has, and where in the frame it comes to lie."""
    place = dataset.transform
    scale = place.a / frame.size
    left, top = (place.c - frame.left) / frame.size, (frame.top - place.f) / frame.size
    first_x, last_x = _span(left, dataset.width * scale, frame.width)
    first_y, last_y = _span(top, dataset.height * scale, frame.height)
    if first_x >= last_x or first_y >= last_y:
        return None
    window = Window(
        _exact((first_x - left) / scale),
        _exact((first_y - top) / scale),
        _exact((last_x - first_x) / scale),
        _exact((last_y - first_y) / scale),
    )
    return window, slice(first_y, last_y), slice(first_x, last_x)


def _exact(value: float) -> float:
    """Whole pixels are copied; a billionth beside them they would be interpolated."""
    whole = round(value)
    return whole if abs(value - whole) < 1e-4 else value


def _span(start: float, length: float, most: int) -> tuple[int, int]:
    """First and last + 1 of the frame's pixels that lie wholly on the picture along one axis; a
    picture begins at `start`, in the frame's pixels.
    """
    return max(0, math.ceil(start - 1e-6)), min(most, math.floor(start + length + 1e-6))


def _as_seen(array: np.ma.MaskedArray, scene: Scene) -> np.ma.MaskedArray:
    """Values as brightness, by table: three bands, or one three times."""
    ranges = _ranges(scene)
    bands = [
        _brightness(str(array.dtype), *ranges[min(index, len(ranges) - 1)])[_index(band)]
        for index, band in enumerate(array.data)
    ]
    if len(bands) == 1:
        bands = bands * 3
    mask = np.ma.getmaskarray(array)[0]
    return np.ma.MaskedArray(np.stack(bands), mask=np.broadcast_to(mask, (3, *mask.shape)))


def _ranges(scene: Scene) -> tuple[tuple[float, float], ...]:
    """The stored range of each band. A colour picture of 8 bit was balanced by who made it: one
    range for all its bands keeps its colours.
    """
    if scene.dtype == "uint8" and scene.bands >= 3:
        shown = scene.stretch[:3]
        return ((min(low for low, _ in shown), max(high for _, high in shown)),)
    return scene.stretch


def _index(band: np.ndarray) -> np.ndarray:
    """Negative values are looked up from behind: an int16 as the uint16 of the same bits."""
    return band.view(np.uint16) if band.dtype == np.int16 else band


@lru_cache(maxsize=64)
def _brightness(dtype: str, low: float, high: float) -> np.ndarray:
    """0–255 for every value of the type."""
    kind = np.dtype(dtype)
    values = np.arange(2 ** (8 * kind.itemsize), dtype=np.int64)
    if kind.kind == "i":
        values = values.astype(np.uint16).view(np.int16).astype(np.int64)
    scaled = (values - low) * (255 / max(high - low, 1e-9))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _whole(
    array: np.ma.MaskedArray, frame: Frame, rows: slice, columns: slice
) -> np.ma.MaskedArray:
    """The part in its place in the frame."""
    shape = (frame.height, frame.width)
    if array.shape[1:] == shape:
        return array
    data = np.zeros((3, *shape), np.uint8)
    mask = np.ones(shape, bool)
    data[:, rows, columns] = array.data
    mask[rows, columns] = np.ma.getmaskarray(array)[0]
    return np.ma.MaskedArray(data, mask=np.broadcast_to(mask, (3, *shape)))


def _packed(array: np.ma.MaskedArray, form: str) -> bytes:
    driver, options = _PACKED[form]
    mask = np.ma.getmaskarray(array)[0]
    data = array.data
    is_full = not mask.any()
    if form == "jpg" and not is_full:
        data = np.where(mask, 255, data).astype(np.uint8)
    elif not is_full:
        data = np.where(mask, 0, data).astype(np.uint8)
    with_alpha = not is_full and form != "jpg"
    alpha = np.where(mask, 0, 255).astype(np.uint8) if with_alpha else None
    return bytes(render(data, alpha, img_format=driver, **options))
