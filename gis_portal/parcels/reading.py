"""One polygon feature read for measuring: its row, its shape in the grid, its layer.

The grid is the source grid: what the file was surveyed in. Data that came in degrees (or in Web
Mercator, where areas are wrong) are carried to the province's own grid.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.conf import settings
from django.db import connection

from layers.crs import WEB_MERCATOR, Crs, by_code, by_srid
from layers.errors import ItemRetired, UnknownItem
from layers.identity import retired
from layers.models import Layer, LayerVersion

_ROW = """(
SELECT f.version_id, f.uid, f.unit_id, f.area_m2, f.properties::text,
  ST_AsBinary(ST_Transform(coalesce(f.geom_source, f.geom), {grid})),
  ST_X(p.at), ST_Y(p.at), ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)
FROM layers_feature f, LATERAL (SELECT ST_PointOnSurface(f.geom) AS at) p
WHERE f.version_id = {version} AND f.uid = %s LIMIT 1)"""


@dataclass(frozen=True)
class Ground:
    """A polygon feature of one version, its shape (shapely) in `crs`."""

    layer: Layer
    version: LayerVersion
    uid: UUID
    unit_id: int | None
    area_m2: float | None
    properties: dict[str, Any]
    shape: shapely.Geometry
    crs: Crs
    lon: float
    lat: float
    bbox: tuple[float, float, float, float]


def registers(layers: Iterable[Layer]) -> list[Layer]:
    """Those that declare themselves registers of parcels."""
    return [layer for layer in layers if layer.parsed.land.register is not None]


def grid_of(version: LayerVersion) -> Crs:
    """Where the version's areas and edges are measured: its own grid, else the province's."""
    source = by_srid(version.source_srid)
    plane = not source.is_geographic and source != WEB_MERCATOR
    return source if plane else by_code(settings.PORTAL_GRID)


def find_parcel(uid: UUID, layers: Sequence[Layer]) -> Ground:
    """The parcel in the live version of one of these registers. One query.

    Raises UnknownItem; ItemRetired with layer, key, successors of one that is gone.
    """
    live = {layer.live_version_id: layer for layer in layers if layer.live_version is not None}
    row = _row([layer.live_version for layer in live.values()], uid)
    if row is not None:
        layer = live[row[0]]
        return _ground(layer, layer.live_version, row)
    for layer in layers:
        record = retired(layer, uid)
        if record is not None:
            successors = [str(each) for each in record.successors]
            raise ItemRetired(record.key, layer=layer.slug, successors=successors)
    raise UnknownItem(str(uid))


def ground_of(version: LayerVersion, uid: UUID) -> Ground:
    """Any polygon feature of any kept version. Raises UnknownItem."""
    row = _row([version], uid)
    if row is None:
        raise UnknownItem(str(uid))
    return _ground(version.layer, version, row)


def _row(versions: Iterable[LayerVersion | None], uid: UUID) -> tuple[Any, ...] | None:
    """Version numbers as literals: only their partitions are planned."""
    asked = [v for v in versions if v is not None]
    if not asked:
        return None
    parts = [_ROW.format(grid=grid_of(v).srid, version=int(v.pk)) for v in asked]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [uid] * len(parts))
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _ground(layer: Layer, version: LayerVersion | None, row: tuple[Any, ...]) -> Ground:
    assert version is not None
    return Ground(
        layer=layer,
        version=version,
        uid=row[1],
        unit_id=row[2],
        area_m2=row[3],
        properties=json.loads(row[4]),
        shape=shapely.from_wkb(bytes(row[5])),
        crs=grid_of(version),
        lon=row[6],
        lat=row[7],
        bbox=(row[8], row[9], row[10], row[11]),
    )
