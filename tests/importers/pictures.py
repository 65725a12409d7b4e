"""Pictures made for the tests, and layers that take them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.crs import CRS

from importers.imagery.plain import raster_crs
from layers.catalogue import save_definition
from layers.crs import Crs, by_code
from layers.definition import parse_definition
from layers.models import Layer
from tests.importers.made import EAST, NORTH

SHIPPED = Path("layers/definitions/imagery/aerial-imagery.toml")
# 200 × 160 pixels of 2 m in Bà Rịa, VN-2000 107°45′.
WIDTH, HEIGHT, SIZE = 200, 160, 2.0
CODE = "EPSG:5899"
PLACE = Affine(SIZE, 0, EAST, 0, -SIZE, NORTH)


def imagery_layer(*, extent: str = "any", slug: str = "test-imagery") -> Layer:
    """The shipped layer of scenes, by default for pictures of any place."""
    raw = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    raw |= {"slug": slug, "sector": "land", "extent": extent}
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def field_pixels(bands: int = 3, dtype: str = "uint8", seed: int = 1) -> np.ndarray:
    """Something like fields from above, (bands, HEIGHT, WIDTH): blocks of one colour with noise."""
    random = np.random.default_rng(seed)
    most = {"uint8": 255, "uint16": 4000, "int16": 3000}.get(dtype, 255)
    coarse = random.integers(most // 8, most, (bands, HEIGHT // 20, WIDTH // 20))
    pixels = np.kron(coarse, np.ones((1, 20, 20)))
    return np.asarray((pixels + random.integers(0, most // 16, pixels.shape)).clip(0, most), dtype)


def geotiff(
    path: Path,
    pixels: np.ndarray | None = None,
    *,
    crs: str | Crs | None = CODE,
    transform: Affine | None = PLACE,
    mask: np.ndarray | None = None,
    tags: dict[str, str] | None = None,
    colours: Mapping[int, tuple[int, ...]] | None = None,
    **settings: Any,
) -> Path:
    """A GeoTIFF; without `pixels` a colour picture of fields. `settings` are GDAL's own."""
    pixels = field_pixels() if pixels is None else pixels
    count, height, width = pixels.shape
    system = crs if isinstance(crs, Crs) or crs is None else by_code(crs)
    given: dict[str, Any] = {
        "driver": "GTiff",
        "count": count,
        "height": height,
        "width": width,
        "dtype": pixels.dtype,
        **settings,
    }
    if transform is not None:
        given["transform"] = transform
    if system is not None:
        given["crs"] = CRS.from_string(system.code) if "EPSG" in system.code else raster_crs(system)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "w", **given) as target,
    ):
        target.write(pixels)
        if mask is not None:
            target.write_mask(mask)
        if colours is not None:
            target.write_colormap(1, colours)
        if tags:
            target.update_tags(**tags)
    return path
