"""Which scenes a version of an imagery layer has, by the date they were taken on.

A version's rows never change, so a process keeps what it read; whether the version is still the
live one of a layer that the reader may see is asked for every tile.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import shapely
from django.db import connections

from layers.errors import NotImagery, UnknownDate
from layers.imagery import FEEDS
from layers.models import Layer
from tiles.grid import HALF_WORLD
from tiles.known import Known
from tiles.mvt import APP_ROLE
from tiles.source import why_not

# Part of every digest: raise it whenever the same address would give other bytes.
REVISION = 2
# A tile is 512 pixels wide, as a vector tile is drawn and as kept pictures are divided.
SIZE = 512
Box = tuple[float, float, float, float]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Of a footprint's longer side: its outline is kept this much coarser than it is stored, and a
# square this near to it may have a pixel of it.
_COARSER, _NEAR = 1 / 500, 1 / 100


@dataclass(frozen=True)
class Scene:
    """One picture: `box` is its footprint's in EPSG:3857, `area` its outline's in degrees,
    `outline` the footprint itself in EPSG:3857. `source` is empty and `is_illustrative` None
    where the scene leaves that to its version.
    """

    name: str
    acquired: dt.date
    file: str
    resolution_m: float
    bands: int
    dtype: str
    stretch: tuple[tuple[float, float], ...]
    box: Box
    area: Box
    outline: shapely.Geometry
    source: str = ""
    is_illustrative: bool | None = None

    def touches(self, west: float, south: float, east: float, north: float) -> bool:
        """The footprint and this box have ground in common, or nearly; EPSG:3857."""
        left, bottom, right, top = self.box
        if not (left < east and west < right and bottom < north and south < top):
            return False
        near = max(right - left, top - bottom) * _NEAR
        square = shapely.box(west - near, south - near, east + near, north + near)
        return bool(shapely.intersects(self.outline, square))


def digest_of(slug: str, version_id: int) -> str:
    """Changes whenever the same address would give other bytes; asks nobody."""
    return hashlib.sha256(f"{REVISION} {slug} {version_id}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Scenes:
    """The scenes of one version; of a date the newest row comes first, as it lies on top."""

    slug: str
    version_id: int
    is_public: bool
    min_zoom: int
    by_date: Mapping[dt.date, tuple[Scene, ...]]

    @property
    def dates(self) -> list[dt.date]:
        """The newest first."""
        return sorted(self.by_date, reverse=True)

    @property
    def digest(self) -> str:
        """Changes whenever the same address would give other bytes."""
        return digest_of(self.slug, self.version_id)

    def on(self, date: str) -> tuple[Scene, ...]:
        """Scenes of a date as addresses write it. Raises UnknownDate."""
        try:
            found = self.by_date.get(dt.date.fromisoformat(date)) if is_date(date) else None
        except ValueError:
            found = None
        if not found:
            raise UnknownDate(date)
        return found

    def zooms(self, found: tuple[Scene, ...]) -> tuple[int, int]:
        """First and last zoom worth asking for, of the scenes of a date. Nothing is cut farther
        out than the first: a square of half the world has every picture in it.
        """
        last = last_zoom(found)
        return min(self.min_zoom, last), last


def is_date(text: str) -> bool:
    """Written as addresses write dates; it may yet be the 31st of February."""
    return bool(_DATE.fullmatch(text))


_known: Known[Scenes] = Known()


def scenes_of(slug: str, version_id: int) -> Scenes:
    """The scenes behind an address; two queries the first time a process meets the version.

    Raises UnknownLayer, UnknownVersion, VersionRetired, NotImagery.
    """
    found = _known.get(version_id)
    if found is None:
        layer = Layer.objects.filter(slug=slug, live_version_id=version_id).first()
        if layer is None:
            raise why_not(slug, version_id)
        found = _read(layer, version_id)
        _known.put(version_id, found)
    if found.slug != slug:
        raise why_not(slug, version_id)
    return found


def live_scenes(layer: Layer) -> Scenes:
    """Of the live version, which there is. Raises NotImagery."""
    assert layer.live_version_id is not None
    return _read(layer, layer.live_version_id)


def check_alive(scenes: Scenes) -> None:
    """One query. Raises as `scenes_of`, also when the layer has just become internal."""
    rows = Layer.objects.filter(slug=scenes.slug, live_version_id=scenes.version_id)
    if scenes.is_public:
        rows = rows.filter(visibility=Layer.PUBLIC)
    if not rows.exists():
        _known.forget(scenes.version_id)
        raise why_not(scenes.slug, scenes.version_id)


_SCENES = """SELECT properties->>'scene', properties->>'acquired', properties->>'file',
  (properties->>'resolution_m')::float8, (properties->>'bands')::int, properties->>'dtype',
  properties->>'stretch', ST_XMin(geom_3857), ST_YMin(geom_3857), ST_XMax(geom_3857),
  ST_YMax(geom_3857), ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom),
  properties->>'source', (properties->>'illustrative')::boolean, ST_AsBinary(geom_3857)
FROM layers_feature WHERE version_id = %s AND properties ? 'file'
ORDER BY properties->>'acquired' DESC, id DESC"""


def _read(layer: Layer, version_id: int) -> Scenes:
    if layer.parsed.feeds != FEEDS:
        raise NotImagery(layer.slug)
    with connections[APP_ROLE].cursor() as cursor:
        cursor.execute(_SCENES, [version_id])
        scenes = [_scene(row) for row in cursor.fetchall()]
    first = layer.parsed.style.min_zoom
    return Scenes(layer.slug, version_id, layer.is_public, first, dict(_by_date(scenes)))


def _by_date(scenes: Iterable[Scene]) -> Iterable[tuple[dt.date, tuple[Scene, ...]]]:
    for date, found in groupby(scenes, key=lambda scene: scene.acquired):
        yield date, tuple(found)


def _scene(row: tuple[object, ...]) -> Scene:
    name, acquired, file, resolution, bands, dtype, stretch, *edges, source, illustrative, shape = (
        row
    )
    assert isinstance(shape, memoryview | bytes)
    box = tuple(float(str(edge)) for edge in edges)
    assert isinstance(illustrative, bool | None)
    return Scene(
        name=str(name),
        acquired=dt.date.fromisoformat(str(acquired)),
        file=str(file),
        resolution_m=float(str(resolution or 0)),
        bands=int(str(bands or 1)),
        dtype=str(dtype),
        stretch=tuple((float(low), float(high)) for low, high in json.loads(str(stretch))),
        box=(box[0], box[1], box[2], box[3]),
        area=(box[4], box[5], box[6], box[7]),
        outline=_coarse(shapely.from_wkb(bytes(shape)), max(box[2] - box[0], box[3] - box[1])),
        source=str(source or ""),
        is_illustrative=illustrative,
    )


def _coarse(outline: shapely.Geometry, longer: float) -> shapely.Geometry:
    """Enough to say which squares it is near; a process keeps many."""
    return shapely.simplify(outline, longer * _COARSER)


def last_zoom(scenes: Iterable[Scene]) -> int:
    """The zoom whose tiles show every pixel of the finest scene; beyond it they are enlarged."""
    finest = min((scene.resolution_m for scene in scenes), default=0.0) or 10.0
    zoom = 0
    while zoom < 22 and 2 * HALF_WORLD / SIZE / 2**zoom > finest * 1.2:
        zoom += 1
    return zoom
