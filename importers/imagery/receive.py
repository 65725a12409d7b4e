"""Take the scene that the confined child made, with distrust, before anything of it is kept.

The child had a stranger's bytes in hand. Its picture is copied out of its reach, walked over by
`structure`, and opened once by another confined process that has seen nothing else
(`importers.readers.kept_picture`). Its words are bounded and checked here.
"""

import base64
import json
import math
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from importers import sandbox
from importers.batch import Batch, object_array
from importers.fixed_values import by_field
from importers.imagery.grid import BLOCK
from importers.imagery.kept import Aside, aside
from importers.imagery.refusals import NotOurPicture
from importers.imagery.structure import directories
from importers.progress import Progress
from importers.readers.source import CHECK, MADE, Source, Wanted
from importers.refusals import ImportRefused
from importers.removing import removed
from importers.request import Request
from layers.crs import WGS84, Crs, transform_geometries
from layers.imagery import ILLUSTRATIVE, SCENE_FIELDS, SOURCE

# What `importers.imagery.warp` writes: JPEG or ZSTD, masks in DEFLATE, and these tags.
_COMPRESSIONS = frozenset({7, 8, 50_000})
_TAGS = frozenset(
    {254, 256, 257, 258, 259, 262, 277, 284, 317, 322, 323, 324, 325, 338, 339, 347, 530, 532}
    | {33550, 33922, 34735, 34736, 34737}
)
_DEPTHS = {"uint8": 8, "uint16": 16, "int16": 16}
_MOST_PREVIEW = 200_000
_MOST_SIDE = 10**7


@dataclass(frozen=True)
class Scene:
    """A scene on its way into a version. `told`: what the report and the pages show."""

    picture: Aside
    batch: Batch
    told: dict[str, Any]


@contextmanager
def received(
    source: Source, crs: Crs, request: Request, folder: Path, progress: Progress
) -> Iterator[Scene]:
    """Have the child make the scene and take it out of the private `folder`.

    Raises NotOurPicture and what reading the source raises.
    """
    progress.step("picture")
    batch = _made(source, crs, progress)
    with aside(folder / MADE) as picture:
        progress.step("picture-check")
        found = _check(picture.path, folder, uploaded=bool(progress.run.worker))
        values = _values(batch, request, picture.sha256, found)
        columns = {key: object_array([value]) for key, value in values.items()}
        yield Scene(picture, batch.with_columns(columns), _told(batch, values, picture.path))


def _made(source: Source, crs: Crs, progress: Progress) -> Batch:
    """The one row of the source; empty batches before it are signs of life."""
    rows = []
    for batch, _issues in source.read(crs):
        progress.checkpoint()
        rows += [batch] if len(batch) else []
    if len(rows) != 1 or len(rows[0]) != 1:
        raise NotOurPicture("rows")
    return rows[0]


def _check(path: Path, folder: Path, *, uploaded: bool) -> int:
    """The bands of the picture. Raises NotOurPicture."""
    try:
        found = directories(path)
    except ImportRefused as refusal:
        raise NotOurPicture(refusal.detail) from refusal
    for one in found:
        if one.compression not in _COMPRESSIONS or not one.tags <= _TAGS:
            raise NotOurPicture(f"tags {sorted(one.tags - _TAGS)}, {one.compression}")
        if one.block != (BLOCK, BLOCK):
            raise NotOurPicture("blocks")
    empty = folder.with_name(f"{folder.name}-check")
    empty.mkdir(mode=0o700)
    try:
        wanted = Wanted(geometry="polygon", scene=CHECK)
        with sandbox.opened(path, wanted, empty, uploaded=uploaded):
            return found[0].samples
    finally:
        removed(empty)


def _values(batch: Batch, request: Request, sha256: str, samples: int) -> dict[str, Any]:
    """The scene's fields: what the child measured, what the person said. Raises NotOurPicture."""
    row = {name: _cell(batch, name) for name in SCENE_FIELDS if name in batch.columns}
    try:
        ranges = json.loads(row["stretch"])
        believed = (
            row["dtype"] in _DEPTHS
            and row["bands"] == samples == len(ranges)
            and all(_is_range(row["dtype"], *pair) for pair in ranges)
            and 0 < row["resolution_m"] < _MOST_SIDE
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise NotOurPicture("values") from error
    if not believed:
        raise NotOurPicture("values")
    said = by_field(request.layer.parsed, request.values or {})
    return {
        **said,
        **row,
        **_whose(request),
        "scene": unicodedata.normalize("NFC", said.get("scene") or str(row["scene"])).strip(),
        "stretch": json.dumps(ranges),
        "acquired": request.data_date.isoformat() if request.data_date else None,
        "file": sha256,
    }


def _whose(request: Request) -> dict[str, Any]:
    """Whose the picture is and whether it is invented, where the layer has fields for that."""
    words = {SOURCE: request.source_org or None, ILLUSTRATIVE: request.illustrative}
    return {name: value for name, value in words.items() if name in request.layer.parsed.by_name}


def _is_range(dtype: str, low: float, high: float) -> bool:
    """Values of that type; a picture of one value has a range of one, which may end beyond."""
    kind = np.iinfo(dtype)
    return kind.min <= low < high <= kind.max + 1


def _told(batch: Batch, values: dict[str, Any], path: Path) -> dict[str, Any]:
    """Plain values for the report."""
    width, height = (_cell(batch, f"picture_{side}") for side in ("width", "height"))
    if not all(type(side) is int and 0 < side < _MOST_SIDE for side in (width, height)):
        raise NotOurPicture("size")
    return {
        **{key: values[key] for key in (*SCENE_FIELDS, "cloud") if key in values},
        "width": width,
        "height": height,
        "file_date": str(_cell(batch, "picture_date") or "")[:10],
        "bytes": path.stat().st_size,
        "outline": _outline(batch),
        "preview": _preview(_cell(batch, "picture_preview")),
        "carried": 0,
    }


def _outline(batch: Batch) -> str:
    """Where it lies, in degrees, as GeoJSON: as fine as a small map shows."""
    shape = transform_geometries(batch.geometry, batch.crs, WGS84)[0]
    if shape is None or shape.is_empty or not all(map(math.isfinite, shape.bounds)):
        raise NotOurPicture("outline")
    west, south, east, north = shape.bounds
    return str(shapely.to_geojson(shapely.simplify(shape, max(east - west, north - south) / 200)))


def _preview(text: object) -> str:
    """A WebP as a data address; empty for anything else."""
    if not isinstance(text, str) or len(text) > _MOST_PREVIEW:
        return ""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return ""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return f"data:image/webp;base64,{text}" if is_webp else ""


def _cell(batch: Batch, name: str) -> Any:
    values = batch.columns.get(name)
    value: Any = None if values is None else values[0]
    return value.item() if hasattr(value, "item") else value
