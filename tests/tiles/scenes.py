"""An imagery layer filled by hand: pictures on the grid of the web map, and the rows that name
them, as an import leaves them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from django.db import connection
from rasterio.crs import CRS

from layers import identity, measure, partitions, publish
from layers.catalogue import layer_by_slug
from layers.imagery import scene_path
from layers.models import LayerVersion
from tiles.grid import Tile

SLUG = "aerial-imagery"
# Around it the pictures of the tests are laid; its tiles of zoom 14 are single blocks.
HERE = Tile.at(14, 107.2, 10.5)


@dataclass(frozen=True)
class Taken:
    """A scene to be: values (bands, rows, columns) from the north-western corner of `tile` on at
    512 pixels a tile; where `valid` is false there is nothing.
    """

    date: str
    pixels: np.ndarray
    name: str = "A"
    tile: Tile = HERE
    valid: np.ndarray | None = None
    stretch: Sequence[Sequence[float]] = ((0, 255),)
    more: dict[str, Any] = field(default_factory=dict)
    packing: dict[str, str] = field(default_factory=lambda: {"COMPRESS": "ZSTD"})


def plain(colour: Sequence[int], tiles: int = 1, dtype: str = "uint8") -> np.ndarray:
    """One colour over so many tiles each way."""
    side = 512 * tiles
    shape = (len(colour), side, side)
    return np.broadcast_to(np.array(colour, dtype)[:, None, None], shape).copy()


def kept(taken: Taken, folder: Path) -> str:
    """Write the picture to its place as the import writes it; answers its SHA-256."""
    bands, height, width = taken.pixels.shape
    size = taken.tile.side / 512
    settings = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": bands,
        "dtype": taken.pixels.dtype,
        "crs": CRS.from_epsg(3857),
        "transform": Affine(size, 0, taken.tile.left, 0, -size, taken.tile.top),
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
    }
    folder.mkdir(parents=True, exist_ok=True)
    rough, cog = folder / "rough.tif", folder / "cog.tif"
    valid = np.ones((height, width), bool) if taken.valid is None else taken.valid
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"):
        with rasterio.open(rough, "w", **settings) as target:
            target.write(np.where(valid, taken.pixels, 0).astype(taken.pixels.dtype))
            target.write_mask(valid)
        rasterio.shutil.copy(rough, cog, driver="COG", BLOCKSIZE="512", **taken.packing)
    sha256 = hashlib.sha256(cog.read_bytes()).hexdigest()
    place = scene_path(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    cog.replace(place)
    return sha256


def staged(scenes: Sequence[Taken], folder: Path) -> LayerVersion:
    """A staged version of the shipped imagery layer with these scenes, in this order."""
    layer = layer_by_slug(SLUG)
    version = LayerVersion.objects.create(
        layer=layer, number=layer.versions.count() + 1, base_version=layer.live_version
    )
    partitions.stage(version.pk)
    keys = [f"{scene.date}/{scene.name}" for scene in scenes]
    uids = identity.assign_uids(layer, keys)
    with connection.cursor() as cursor:
        for scene, key, uid in zip(scenes, keys, uids, strict=True):
            cursor.execute(
                f"INSERT INTO {partitions.feature_table(version.pk)} "
                "(version_id, uid, key, geom, area_m2, search, properties) VALUES (%s, %s, %s, "
                "ST_Transform(ST_MakeEnvelope(%s, %s, %s, %s, 3857), 4326), 100, '', %s)",
                [version.pk, uid, key, *_box(scene), json.dumps(_row(scene, folder))],
            )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return version


def published(scenes: Sequence[Taken], folder: Path) -> LayerVersion:
    """A staged version made live."""
    return publish.publish(staged(scenes, folder), as_operator=True)


def _box(scene: Taken) -> tuple[float, float, float, float]:
    _bands, height, width = scene.pixels.shape
    size, tile = scene.tile.side / 512, scene.tile
    return tile.left, tile.top - height * size, tile.left + width * size, tile.top


def _row(scene: Taken, folder: Path) -> dict[str, Any]:
    return {
        "acquired": scene.date,
        "scene": scene.name,
        "file": kept(scene, folder),
        "resolution_m": round(scene.tile.side / 512, 3),
        "bands": len(scene.pixels),
        "dtype": str(scene.pixels.dtype),
        "stretch": json.dumps(list(scene.stretch) * len(scene.pixels)),
        **scene.more,
    }
