"""Tiles of imagery against a raw WarpedVRT read of the same windows: tiles a second, one thread.

Ours is the whole way through Django: address, version, reading by rio-tiler, range, packing; the
store is off. Raw is what rasterio takes to read the pixels alone, of the surveyor's picture in its
own grid (as a tile server does that warps on the fly) and of the picture that we keep; the faster
of both counts. In turns, the best pass of each; the same ground is compared first.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from django.conf import settings
from django.test import Client
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window, from_bounds

from layers.crs import VN2000
from layers.imagery import scene_path
from tests.bench.rows import Figure
from tests.tiles.scenes import HERE, SLUG, Taken, published
from tiles.grid import Tile
from tiles.imagery.pictures import environment

PASSES = 3
# Blocks of 512 pixels each way, and how many zooms of overviews are asked besides.
BLOCKS, FARTHER = 12, 3
DATE = "2026-03-15"


@dataclass(frozen=True)
class Ways:
    """What is timed: a call for each tile, by the name of the way."""

    ours: Callable[[Tile], Any]
    kept: Callable[[Tile], Any]
    surveyed: Callable[[Tile], Any]
    plain: Callable[[Tile], Any]


def imagery_figures(folder: Path) -> list[Figure]:
    """Needs a database with the shipped layers, in which it publishes one picture."""
    settings.PORTAL_TILE_STORE_MB, before = 0, settings.PORTAL_TILE_STORE_MB
    tiles = list(_tiles())
    try:
        with environment(), _ways(folder) as ways:
            _check_same_ground(ways, tiles)
            best = _best(ways, tiles)
    finally:
        settings.PORTAL_TILE_STORE_MB = before
    a_second = {name: len(tiles) / seconds for name, seconds in best.items()}
    raw = max(a_second["kept"], a_second["surveyed"])
    about = ", ".join(
        f"{name} {a_second[key]:,.0f}/s"
        for name, key in (
            ("ours", "ours"),
            ("WarpedVRT of the kept picture", "kept"),
            ("WarpedVRT of the surveyed one", "surveyed"),
            ("plain read", "plain"),
        )
    )
    return [
        Figure(
            "imagery: tiles/s ÷ raw WarpedVRT read of the same windows",
            a_second["ours"] / raw,
            "",
            0.6,
            remark=f"{len(tiles)} tiles of 512 px, WebP, one thread: {about}",
        )
    ]


def _tiles() -> Iterator[Tile]:
    """Every tile of the picture at its own zoom and the next farther ones."""
    for farther in range(FARTHER + 1):
        first = (HERE.x >> farther, HERE.y >> farther)
        last = ((HERE.x + BLOCKS - 1) >> farther, (HERE.y + BLOCKS - 1) >> farther)
        for y in range(first[1], last[1] + 1):
            for x in range(first[0], last[0] + 1):
                yield Tile(HERE.z - farther, x, y)


def painted() -> np.ndarray:
    """Ground that packs like a photograph: patches of every size, and grain; (3, n, n), uint8."""
    rng, side = np.random.default_rng(7), 512 * BLOCKS
    light = np.zeros((side, side), np.float32)
    for size, strength in ((512, 40), (128, 30), (32, 25), (8, 18), (2, 8)):
        patches = rng.normal(0, strength, (side // size, side // size)).astype(np.float32)
        light += np.kron(patches, np.ones((size, size), np.float32))
    grain = rng.normal(0, 4, (3, side, side)).astype(np.float32)
    tint = np.array([96, 112, 84], np.float32)[:, None, None]
    return np.asarray(np.clip(light + grain + tint, 1, 255).astype(np.uint8))


@contextmanager
def _ways(folder: Path) -> Iterator[Ways]:
    """Publish the picture and open it in each way."""
    taken = Taken(DATE, painted(), packing={"COMPRESS": "JPEG", "QUALITY": "90"})
    version = published([taken], folder)
    (kept,) = scene_path("0" * 64).parents[1].rglob("*.tif")
    surveyed = _as_surveyed(kept, folder / "surveyed.tif")
    client = Client()
    mercator, grid = CRS.from_epsg(3857), CRS.from_string(VN2000[5899].proj4)
    options = {"crs": mercator, "resampling": Resampling.bilinear}
    with (
        rasterio.open(kept, driver="GTiff") as plain,
        WarpedVRT(plain, **options) as same,
        rasterio.open(surveyed, driver="GTiff") as source,
        WarpedVRT(source, src_crs=grid, add_alpha=True, **options) as warped,
    ):

        def ours(tile: Tile) -> bytes:
            path = f"/imagery/{SLUG}/{version.pk}/{DATE}/{tile.z}/{tile.x}/{tile.y}.webp"
            response = client.get(path)
            assert response.status_code == 200, response
            return bytes(response.content)

        yield Ways(
            ours,
            *(lambda tile, data=data: _read(data, tile) for data in (same, warped, plain)),
        )


def _as_surveyed(kept: Path, path: Path) -> Path:
    """The same ground in the cadastre's grid, packed as the kept picture."""
    grid = CRS.from_string(VN2000[5899].proj4)
    with (
        rasterio.open(kept) as source,
        WarpedVRT(source, crs=grid, resampling=Resampling.bilinear) as turned,
    ):
        rasterio.shutil.copy(
            turned, path, driver="COG", BLOCKSIZE="512", COMPRESS="JPEG", QUALITY="90"
        )
    return path


def _read(data: Any, tile: Tile) -> np.ndarray:
    """The tile's pixels, as far as the data set reaches."""
    west, north, side = tile.left, tile.top, tile.side
    window = from_bounds(west, north - side, west + side, north, data.transform)
    whole = Window(0, 0, data.width, data.height)
    part = window.intersection(whole)
    size = side / 512 / data.transform.a
    shape = (data.count, max(1, round(part.height / size)), max(1, round(part.width / size)))
    return np.asarray(data.read(window=part, out_shape=shape, resampling=Resampling.bilinear))


def _check_same_ground(ways: Ways, tiles: list[Tile]) -> None:
    """Ours shows what the raw read gives, but for the range and the packing."""
    inner = next(t for t in tiles if t == replace(HERE, x=HERE.x + 5, y=HERE.y + 5))
    with MemoryFile(ways.ours(inner)) as memory, memory.open() as shown:
        seen = shown.read().astype(int)
    for way in (ways.kept, ways.surveyed, ways.plain):
        found = way(inner)[:3].astype(int)
        assert found.shape == seen.shape
        assert np.abs(found.mean() - seen.mean()) < 3
        apart = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(found, seen, strict=True)]
        assert min(apart) > 0.9, apart


def _best(ways: Ways, tiles: list[Tile]) -> dict[str, float]:
    """Seconds of the best pass over all tiles, by the name of the way."""
    best: dict[str, float] = {}
    for _ in range(PASSES):
        for name in ("ours", "kept", "surveyed", "plain"):
            way = getattr(ways, name)
            start = time.perf_counter()
            for tile in tiles:
                way(tile)
            best[name] = min(best.get(name, np.inf), time.perf_counter() - start)
    return best
