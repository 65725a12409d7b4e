"""GeoTIFF: one scene. Reading makes a picture of ours in the private folder and the row about it.

`importers.imagery.structure` looks at the file before GDAL does. Opening tells what the file
claims, reading makes the picture (`importers.imagery.plain`, `warp`, `facts`); meanwhile empty
batches say that it goes on.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from django.utils.translation import gettext as _
from rasterio.errors import CRSError, RasterioError

from importers.batch import Batch, object_array
from importers.imagery.facts import facts_of, frame
from importers.imagery.grid import check_placement, corners, grid_of
from importers.imagery.plain import Bands, all_valid, bands_of, write_plain
from importers.imagery.refusals import (
    AcquiredMissing,
    NotGeoreferenced,
    NotOurPicture,
    OnlyControlPoints,
    PictureBroken,
)
from importers.imagery.structure import directories
from importers.imagery.warp import write_kept, write_warped
from importers.readers.raster import environment, open_picture
from importers.readers.source import MADE, Source, Stream, Wanted
from importers.readers.world_file import left_alone, projection_file, world_file
from layers.crs import WEB_MERCATOR, Crs, transform_geometries

_PLAIN, _WARPED = "plain.tif", "warped.tif"
# Points by which the place of a picture is judged: a grid over it.
_POINTS = 9
_DATE = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})\b")
_WORLD_TAGS = frozenset({33550, 33922, 34264})
FIELDS = ["scene", "resolution_m", "bands", "dtype", "stretch"]
# What the report shows and no field holds.
TOLD = ["picture_width", "picture_height", "picture_date", "picture_preview"]


@dataclass(frozen=True)
class _Picture:
    """What opening told."""

    path: Path
    folder: Path
    name: str
    width: int
    height: int
    transform: Affine
    bands: Bands
    depth: str
    is_whole: bool
    date: str
    has_day: bool


def open_geotiff(path: Path, wanted: Wanted, folder: Path) -> Source:
    """The scene of this file. Raises the refusals of `importers.imagery.refusals`."""
    found = directories(path)
    with environment():
        try:
            with open_picture(path) as source:
                transform, crs_text, notes = _placed(source, path, found[0].tags)
                bands = bands_of(source)
                check_placement(transform)
                picture = _Picture(
                    path=path,
                    folder=folder,
                    name=Path(wanted.file_name or path.name).stem[:80],
                    width=source.width,
                    height=source.height,
                    transform=transform,
                    bands=bands,
                    depth=source.dtypes[bands.indexes[0] - 1],
                    is_whole=all_valid(source, bands),
                    date=_date(source),
                    has_day=wanted.acquired is not None,
                )
        except RasterioError as error:
            raise PictureBroken(path.name) from error
    return Source(
        format="GeoTIFF",
        name=picture.name,
        fields=[*FIELDS, *TOLD],
        feature_count=1,
        crs_text=crs_text,
        read=partial(_read, picture),
        first_shapes=partial(_points, picture),
        notes=notes,
    )


def _placed(source: Any, path: Path, tags: frozenset[int]) -> tuple[Affine, str | None, list[str]]:
    """Where the picture lies, the system that it or its .prj names, and remarks."""
    notes = []
    beside = world_file(path)
    own = bool(_WORLD_TAGS & tags) and not source.transform.is_identity
    if not own and beside is None:
        has_points = bool(source.gcps[0]) or source.rpcs is not None
        raise OnlyControlPoints() if has_points else NotGeoreferenced(path.name)
    if own:
        transform = source.transform
        if beside is not None and not beside[0].almost_equals(transform, abs(transform.a) / 10):
            notes.append(_("Dùng tọa độ ghi trong ảnh; “%(name)s” ghi khác.") % {"name": beside[1]})
    elif beside is not None:
        transform = beside[0]
        notes.append(_("Tọa độ lấy từ “%(name)s”.") % {"name": beside[1]})
    others = left_alone(path)
    if others:
        notes.append(_("Không đọc tệp đi kèm: %(names)s.") % {"names": ", ".join(others)})
    return transform, _crs_text(source) or projection_file(path), notes


def _crs_text(source: Any) -> str | None:
    try:
        if not source.crs:
            return None
        code = source.crs.to_epsg(confidence_threshold=100)
        return f"EPSG:{code}" if code else str(source.crs.to_wkt())
    except (CRSError, ValueError):
        return None


def _date(source: Any) -> str:
    """The day of the picture's own date tag, ISO; empty without one. Often the day of a save."""
    match = _DATE.match(str(source.tags().get("TIFFTAG_DATETIME", "")))
    return "-".join(match.groups()) if match else ""


def _no_date(offered: str) -> AcquiredMissing:
    said = _("Tệp ghi ngày %(day)s, có thể là ngày lưu tệp chứ không phải ngày chụp.")
    detail = said % {"day": "/".join(reversed(offered.split("-")))} if offered else ""
    return AcquiredMissing(detail, offered=offered)


def _points(picture: _Picture, _crs: Crs) -> np.ndarray:
    """A grid of points over the picture, in its own numbers."""
    steps = np.linspace(0.02, 0.98, _POINTS)
    places = [
        picture.transform @ (x * picture.width, y * picture.height) for y in steps for x in steps
    ]
    return np.asarray(shapely.points(np.array(places)))


def _read(picture: _Picture, crs: Crs) -> Stream:
    """Empty batches while the picture is made, then the batch with its row.

    Raises AcquiredMissing here, once it is known that the picture lies where it may: whoever is
    asked for its day shall not hear afterwards that it is of another province.
    """
    if not picture.has_day:
        raise _no_date(picture.date)
    grid = grid_of(picture.width, picture.height, picture.transform, crs)
    plain, warped, kept = (picture.folder / name for name in (_PLAIN, _WARPED, MADE))
    try:
        yield from _signs(_write_plain(picture, crs, plain), crs)
        warping = write_warped(plain, crs, grid, picture.bands, warped)
        yield from _signs(_under_environment(warping), crs)
        plain.unlink()
        with environment():
            write_kept(warped, picture.bands, kept)
            warped.unlink()
            facts = facts_of(kept)
    except RasterioError as error:
        raise NotOurPicture(str(error)[:200]) from error
    if picture.is_whole:
        outline = frame(corners(picture.width, picture.height, picture.transform))
    else:
        shape = object_array([facts.outline])
        outline = transform_geometries(shape, WEB_MERCATOR, crs)[0]
    row = {
        "scene": picture.name,
        "resolution_m": grid.resolution_m,
        "bands": picture.bands.count,
        "dtype": "uint8" if picture.bands.colours is not None else picture.depth,
        "stretch": json.dumps(facts.stretch),
        "picture_width": picture.width,
        "picture_height": picture.height,
        "picture_date": picture.date,
        "picture_preview": facts.preview,
    }
    columns = {name: object_array([value]) for name, value in row.items()}
    yield Batch(columns, object_array([outline]), np.array([1], np.int64), crs), []


def _write_plain(picture: _Picture, crs: Crs, path: Path) -> Iterator[float]:
    def making() -> Iterator[float]:
        with open_picture(picture.path) as source:
            yield from write_plain(source, picture.bands, picture.transform, crs, path)

    return _under_environment(making())


def _under_environment(steps: Iterator[float]) -> Iterator[float]:
    """Each step under the options of `environment`, which must not stay on between them."""
    while True:
        with environment():
            done = next(steps, None)
        if done is None:
            return
        yield done


def _signs(steps: Iterator[float], crs: Crs) -> Stream:
    """A batch without rows for each tenth that is done."""
    told = 0
    for done in steps:
        if math.floor(done * 10) > told:
            told = math.floor(done * 10)
            yield Batch({}, np.empty(0, object), np.empty(0, np.int64), crs), []
