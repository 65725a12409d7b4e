"""One square of the pictures of a date: read, shown by the stored range, packed.

Kept pictures lie on the pixel grid of the web map in blocks of one tile (`layers.imagery`), so a
square is a window of whole pixels of the picture or of one of its overviews: nothing is warped.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from rasterio.windows import Window
from rio_tiler.errors import EmptyMosaicError, TileOutsideBounds
from rio_tiler.models import ImageData
from rio_tiler.mosaic import mosaic_reader
from rio_tiler.reader import read
from rio_tiler.utils import render

from tiles.grid import Tile
from tiles.imagery.pictures import environment, picture
from tiles.imagery.scenes import SIZE, Scene

# Packing is measured in decision 0017: what further effort saves is less than what it takes.
_PACKED: dict[str, tuple[str, dict[str, Any]]] = {
    "webp": ("WEBP", {"QUALITY": 75, "METHOD": 1}),
    "jpg": ("JPEG", {"QUALITY": 80}),
    "png": ("PNG", {"ZLEVEL": 1}),
}
TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


def cut(scenes: Sequence[Scene], tile: Tile, form: str) -> bytes:
    """The packed square, b"" where no scene has a pixel. Raises PictureMissing.

    Where a scene has no pixel the next one is seen; where none has, nothing (`jpg`: white).
    """
    near = [scene for scene in scenes if scene.touches(*_square(tile))]
    if not near:
        return b""
    with environment():
        try:
            image, _used = mosaic_reader(near, _shown, tile, threads=0)
        except EmptyMosaicError:
            return b""
        return _packed(image.array, form)


def _square(tile: Tile) -> tuple[float, float, float, float]:
    return tile.left, tile.top - tile.side, tile.left + tile.side, tile.top


def _shown(scene: Scene, tile: Tile) -> ImageData:
    """The square of one scene as three bands of 8 bit. Raises TileOutsideBounds."""
    dataset = picture(scene.file)
    wanted = _window(dataset, tile)
    inside = _inside(wanted, dataset)
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
    image.array = _whole(_as_seen(image.array, scene), rows, columns)
    return image


def _window(dataset: Any, tile: Tile) -> tuple[float, float, float]:
    """Left, top and side of the square in pixels of the picture; left and top may be outside."""
    place, size = dataset.transform, dataset.transform.a
    return (tile.left - place.c) / size, (place.f - tile.top) / size, tile.side / size


def _inside(wanted: tuple[float, float, float], dataset: Any) -> tuple[Window, slice, slice] | None:
    """The part of the square that the picture has, and where in the tile it comes to lie."""
    left, top, side = wanted
    scale = SIZE / side
    first_x, last_x = _span(left, side, dataset.width, scale)
    first_y, last_y = _span(top, side, dataset.height, scale)
    if first_x >= last_x or first_y >= last_y:
        return None
    window = Window(
        left + first_x / scale,
        top + first_y / scale,
        (last_x - first_x) / scale,
        (last_y - first_y) / scale,
    )
    return window, slice(first_y, last_y), slice(first_x, last_x)


def _span(start: float, side: float, length: int, scale: float) -> tuple[int, int]:
    """First and last + 1 of the tile's pixels whose ground the picture has along one axis."""
    first = max(0, int(np.ceil(-start * scale - 1e-6)))
    last = min(SIZE, int(np.floor((length - start) * scale + 1e-6)))
    return first, last


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


def _whole(array: np.ma.MaskedArray, rows: slice, columns: slice) -> np.ma.MaskedArray:
    """The part in its place in the tile."""
    if array.shape[1:] == (SIZE, SIZE):
        return array
    data = np.zeros((3, SIZE, SIZE), np.uint8)
    mask = np.ones((SIZE, SIZE), bool)
    data[:, rows, columns] = array.data
    mask[rows, columns] = np.ma.getmaskarray(array)[0]
    return np.ma.MaskedArray(data, mask=np.broadcast_to(mask, (3, SIZE, SIZE)))


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
