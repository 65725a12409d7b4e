"""What came of a picture, as an import's page shows it: the scene's facts, a small picture, and its
outline on the ground.
"""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import shapely
from django.urls import reverse
from shapely.geometry.base import BaseGeometry

from gis_portal.steward.candidate_maps import Outline, outlines_around
from importers.models import ImportRun
from layers.models import Layer

# Pixels across a small screen: so wide a picture is shown first.
_SCREEN = 360


@dataclass(frozen=True)
class SceneFacts:
    """One scene. `preview`: a data address, empty without one; `carried`: scenes kept beside it;
    `outlines`: of the small map; `map`: the address of the large one with this picture.
    """

    name: str
    acquired: dt.date | None
    file_date: dt.date | None
    width: int
    height: int
    resolution_m: float
    bands: int
    dtype: str
    cloud: str
    bytes: int
    preview: str
    carried: int
    outlines: tuple[Outline, ...]
    map: str

    @property
    def dates_differ(self) -> bool:
        """The file's own date is another than the one that was given."""
        return self.file_date is not None and self.file_date != self.acquired


def scene_of(run: ImportRun) -> SceneFacts | None:
    """None for an import of features, and for a picture that was refused before it was made."""
    told: dict[str, Any] = run.report.get("scene") or {}
    if not told:
        return None
    return SceneFacts(
        name=str(told.get("scene", "")),
        acquired=day_of(told.get("acquired")),
        file_date=day_of(told.get("file_date")),
        width=int(told.get("width", 0)),
        height=int(told.get("height", 0)),
        resolution_m=float(told.get("resolution_m", 0)),
        bands=int(told.get("bands", 0)),
        dtype=str(told.get("dtype", "")),
        cloud=str(told.get("cloud", "")),
        bytes=int(told.get("bytes", 0)),
        preview=str(told.get("preview", "")),
        carried=int(told.get("carried", 0)),
        outlines=_outlines(told, run.layer),
        map=_map_address(told, run.layer),
    )


def _shape(told: dict[str, Any]) -> BaseGeometry | None:
    shape = shapely.from_geojson(str(told.get("outline", "")), on_invalid="ignore")
    return None if shape is None or shape.is_empty else shape


def _map_address(told: dict[str, Any], layer: Layer) -> str:
    """The map at the picture, with the picture on it."""
    address = f"{reverse('home')}?img={layer.slug}/{told.get('acquired', '')}"
    shape = _shape(told)
    if shape is None:
        return address
    west, south, east, north = shape.bounds
    span = max(east - west, north - south, 360 / 2**22)
    zoom = min(16, int(math.log2(360 * _SCREEN / 512 / span)))
    return f"{address}&at={zoom}/{(south + north) / 2:.5f}/{(west + east) / 2:.5f}"


def _outlines(told: dict[str, Any], layer: Layer) -> tuple[Outline, ...]:
    shape = _shape(told)
    return () if shape is None else outlines_around(shape, layer)


def day_of(text: object) -> dt.date | None:
    """A day as it is kept, None for anything else."""
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None
