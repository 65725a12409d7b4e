"""What is known of a kept picture: its outline, the range of its values, a small picture of it.

All of it is read from an overview of about a thousand pixels, whatever the picture's size.
"""

import base64
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from rasterio.features import shapes
from rasterio.io import MemoryFile

from importers.imagery.refusals import NothingToSee
from importers.readers.raster import open_picture

_LOOKED_AT = 1024
_PERCENTILES = (2, 98)
_PREVIEW = 320
# Parts and holes of fewer looked-at pixels are dust.
_DUST = 12
_MOST_CORNERS = 2000


@dataclass(frozen=True)
class Facts:
    """`stretch`: 2nd and 98th percentile a band; `outline` in the kept picture's system;
    `preview`: WebP as base64.
    """

    stretch: list[list[float]]
    outline: shapely.Geometry
    preview: str


def facts_of(path: Path) -> Facts:
    """Raises NothingToSee."""
    with open_picture(path) as picture:
        data, valid, placed = _looked_at(picture, _LOOKED_AT)
        if not valid.any():
            raise NothingToSee()
        stretch = [_range(band[valid]) for band in data]
        outline = _outline(valid, placed)
        small, seen, _placed = _looked_at(picture, _PREVIEW)
    return Facts(stretch, outline, _preview(small, seen, stretch))


def _looked_at(picture: Any, most: int) -> tuple[np.ndarray, np.ndarray, Affine]:
    """Bands (n, h, w), where they are valid (h, w), and where those pixels lie.

    The picture fills whole blocks: what surrounds it is cut off first.
    """
    factor = max(1.0, max(picture.width, picture.height) / most)
    high, wide = (max(1, math.ceil(side / factor)) for side in (picture.height, picture.width))
    valid = picture.dataset_mask(out_shape=(high, wide)) > 0
    data = picture.read(out_shape=(picture.count, high, wide))
    placed = picture.transform @ Affine.scale(picture.width / wide, picture.height / high)
    return data, valid, placed


def _range(values: np.ndarray) -> list[float]:
    low, high = np.percentile(values, _PERCENTILES)
    return [round(float(low), 2), round(float(max(high, low + 1)), 2)]


def _outline(valid: np.ndarray, placed: Affine) -> shapely.Geometry:
    """The valid pixels as polygons, without dust, simplified by one pixel."""
    found = shapes(valid.astype(np.uint8), mask=valid, connectivity=4, transform=placed)
    size = abs(placed.a)
    parts = [
        shapely.Polygon(shape["coordinates"][0], shape["coordinates"][1:]) for shape, _ in found
    ]
    large = [part for part in parts if part.area >= _DUST * size**2] or parts
    whole = shapely.union_all([_without_dust(part, size) for part in large])
    for times in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        simple = shapely.make_valid(shapely.simplify(whole, size * times))
        if shapely.get_num_coordinates(simple) <= _MOST_CORNERS:
            return simple
    return shapely.convex_hull(whole)


def _without_dust(part: shapely.Polygon, size: float) -> shapely.Polygon:
    holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= _DUST * size**2]
    return shapely.Polygon(part.exterior, holes)


def _preview(data: np.ndarray, valid: np.ndarray, stretch: list[list[float]]) -> str:
    """Three bands by their ranges, cut to the valid part, transparent where there is nothing."""
    rows, columns = np.flatnonzero(valid.any(axis=1)), np.flatnonzero(valid.any(axis=0))
    if not len(rows):
        return ""
    cut = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    order = (0, 1, 2) if len(data) >= 3 else (0, 0, 0)
    shown = []
    for index in order:
        low, high = stretch[index]
        scaled = (data[index][cut].astype(np.float64) - low) * (255 / (high - low))
        shown.append(np.clip(scaled, 0, 255).astype(np.uint8))
    pixels = np.stack([*shown, (valid[cut] * 255).astype(np.uint8)])
    with MemoryFile() as memory:
        settings = {"width": pixels.shape[2], "height": pixels.shape[1], "count": 4}
        with memory.open(driver="WEBP", dtype="uint8", QUALITY=70, **settings) as target:
            target.write(pixels)
        return base64.b64encode(memory.read()).decode("ascii")


def frame(corners: np.ndarray) -> shapely.Geometry:
    """The outline of a picture without missing pixels: its frame."""
    return shapely.Polygon(corners)
