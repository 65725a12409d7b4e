"""Does the file lie beside what is published, all of it by the same way?

Features with the same key are compared by their middle points. A constant way of 150–300 m is a
datum that was lost (“VN-2000 nội bộ” without the seven parameters, or WGS 84 called VN-2000): the
file is refused with the way as a candidate. A smaller one is said in the report.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from importers.batch import object_array
from importers.candidates import Candidate, candidates, reading, to_lonlat
from importers.crs_choice import Choice
from importers.pipeline import Prepared
from importers.refusals import DatumShift
from importers.wording import number
from layers.crs import WGS84, Crs, by_code, transform_geometries
from layers.identity import assign_uids
from layers.models import Layer
from layers.partitions import feature_table

_SAMPLE = 500
_LEAST_MATCHES = 5
# The way of most features agrees to so much (m), and this share of them counts as most.
_AGREE_METRES = 3.0
_MOST = 0.8
_LOST_DATUM = (150.0, 300.0)
# Below is the accuracy of surveys and of the operation itself.
_WORTH_SAYING = 0.3
_LIVE = 'SELECT key, ST_AsBinary(geom) FROM "{table}" WHERE uid = ANY(%s)'


@dataclass(frozen=True)
class Way:
    """From the file's places to the published ones, in metres, over so many features."""

    east: float
    north: float
    matches: int

    @property
    def metres(self) -> float:
        """How far."""
        return float(np.hypot(self.east, self.north))


def way_to_live(prepared: Prepared, layer: Layer) -> Way | None:
    """The constant way from this batch to the live version; None without one.

    Measured in the file's own grid, or in the portal's when the file is in degrees.
    """
    if layer.live_version_id is None or not len(prepared):
        return None
    sample = np.unique(np.linspace(0, len(prepared) - 1, _SAMPLE).astype(np.int64))
    keys = [prepared.keys[i] for i in sample]
    live = _live_shapes(layer.live_version_id, layer, keys)
    matched = [i for i, key in zip(sample, keys, strict=True) if key in live]
    if len(matched) < _LEAST_MATCHES:
        return None
    grid = by_code(settings.PORTAL_GRID) if prepared.crs.is_geographic else prepared.crs
    there = object_array(live[prepared.keys[i]] for i in matched)
    return _constant(_middles(there, grid) - _middles(prepared.wgs84[matched], grid))


def _live_shapes(version: int, layer: Layer, keys: list[str]) -> dict[str, shapely.Geometry]:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE.format(table=feature_table(version)), [assign_uids(layer, keys)])
        return {key: shapely.from_wkb(bytes(wkb)) for key, wkb in cursor.fetchall()}


def _middles(wgs84: np.ndarray, grid: Crs) -> np.ndarray:
    """Middle points (n, 2) in a grid."""
    return shapely.get_coordinates(shapely.centroid(transform_geometries(wgs84, WGS84, grid)))


def _constant(ways: np.ndarray) -> Way | None:
    """The usual way, when most features agree on it."""
    middle = np.median(ways, axis=0)
    agree = np.hypot(*(ways - middle).T) <= _AGREE_METRES
    if float(agree.mean()) < _MOST:
        return None
    east, north = ways[agree].mean(axis=0)
    return Way(float(east), float(north), int(agree.sum()))


def check_way(way: Way, prepared: Prepared, crs: Crs) -> list[str]:
    """A remark for the report when the file lies a little beside the live version.

    Raises DatumShift when it lies where a lost datum puts it.
    """
    if way.metres < _WORTH_SAYING:
        return []
    said = _(
        "%(count)s đối tượng trùng khóa đều nằm lệch so với bản đang công bố: cần dời "
        "Bắc %(north)s m, Đông %(east)s m (%(far)s m)."
    ) % {
        "count": number(way.matches),
        "north": number(way.north, 2),
        "east": number(way.east, 2),
        "far": number(way.metres, 2),
    }
    if not _LOST_DATUM[0] <= way.metres <= _LOST_DATUM[1]:
        return [said]
    found = _readings(way, prepared, crs)
    lines = "".join(f"\n{c.describe()}" for c in found[:4])
    raise DatumShift(said + lines, candidates=[c.as_dict() for c in found])


def _readings(way: Way, prepared: Prepared, crs: Crs) -> list[Candidate]:
    """The shifted reading and whatever system gives the same place, then the file's own."""
    first = shapely.get_coordinates(shapely.point_on_surface(prepared.source[:_SAMPLE]))
    own = reading(first, Choice(crs))
    shifted = None if crs.is_geographic else reading(first, Choice(crs, shift=_rounded(way)))
    if own is None:
        return []
    goal = _moved(own, way)
    same = [
        c for c in candidates(first) if c.code != crs.code and _metres(c, goal) <= _AGREE_METRES
    ]
    return [c for c in (*same, shifted, own) if c is not None]


def _rounded(way: Way) -> tuple[float, float]:
    return round(way.east, 2), round(way.north, 2)


def _moved(own: Candidate, way: Way) -> Candidate:
    """The file's own reading with its middle where the live version is."""
    grid = by_code(settings.PORTAL_GRID)
    middle = transform_geometries(object_array([shapely.Point(own.lon, own.lat)]), WGS84, grid)
    there = shapely.get_coordinates(middle) + np.array([way.east, way.north])
    lon, lat = to_lonlat(there, grid)[0]
    return replace(own, lon=float(lon), lat=float(lat))


def _metres(one: Candidate, other: Candidate) -> float:
    east = (one.lon - other.lon) * 111_320.0 * np.cos(np.radians(other.lat))
    return float(np.hypot(east, (one.lat - other.lat) * 110_574.0))
