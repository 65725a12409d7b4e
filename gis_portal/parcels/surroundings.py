"""What is around a parcel: neighbours, the nearest road, place and station, pictures of the ground.

One statement for all of it, beside the overlay's. Distances and edges are measured in the grid.
"""

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.db import connection
from django.utils.translation import gettext as _

from gis_portal.maps.panel import feature_title
from gis_portal.parcels.parts import Near, Neighbour, Path, Picture
from gis_portal.parcels.reading import Ground
from layers.imagery import FEEDS, ILLUSTRATIVE, SOURCE
from layers.land_roles import NEARS
from layers.landuse import describe
from layers.models import Layer, LayerVersion

# m. Boundaries that were surveyed apart meet within the position error of a corner at 1:500.
SAME_LINE = 0.07
# Less in common is a corner, not an edge.
LEAST_EDGE = 0.5
# A forest has hundreds: those with the longest common boundary are shown.
MOST_NEIGHBOURS = 40
# The nearest by the index, among which the exact distance decides: it compares in another system.
CANDIDATES = 6
MOST_PICTURES = 12
# The plan shows so much around the parcel: a share of its larger side, at least so many metres.
MARGIN_SHARE, LEAST_MARGIN = 0.18, 6.0
_GROUND = """
WITH ground AS MATERIALIZED (
  SELECT f.geom AS here, f.geom_3857 AS mercator, g.shape
  FROM layers_feature f,
    LATERAL (SELECT ST_Transform(coalesce(f.geom_source, f.geom), {grid}) AS shape) g
  WHERE f.version_id = {version} AND f.uid = %(uid)s LIMIT 1
)
"""
_NEIGHBOURS = """
(SELECT 'neighbour' AS what, 0 AS number, n.uid, n.properties, n.edge AS metres, n.area_m2 AS more,
  ST_AsBinary(ST_ClipByBox2D(ST_Boundary(n.shape), ST_Expand(g.shape, {margin})::box2d)) AS shape
FROM ground g, LATERAL (
  SELECT f.uid, f.properties, f.area_m2, s.shape,
    ST_Length(ST_Intersection(ST_Boundary(g.shape), ST_Buffer(s.shape, {same}, 2))) AS edge
  FROM layers_feature f,
    LATERAL (SELECT ST_Transform(coalesce(f.geom_source, f.geom), {grid}) AS shape OFFSET 0) s
  WHERE f.version_id = {version} AND f.geom && ST_Expand(g.here, 0.000002)
    AND f.uid <> %(uid)s AND ST_DWithin(s.shape, g.shape, {same})
  ORDER BY edge DESC, f.uid LIMIT {most}
) n)
"""
_NEAREST = """
(SELECT 'near', {number}, n.uid, n.properties, n.distance, NULL, NULL
FROM ground g, LATERAL (
  SELECT c.uid, c.properties,
    ST_Distance(ST_Transform(coalesce(c.geom_source, c.geom), {grid}), g.shape) AS distance
  FROM (SELECT f.uid, f.properties, f.geom, f.geom_source FROM layers_feature f
    WHERE f.version_id = {version} ORDER BY f.geom_3857 <-> g.mercator LIMIT {candidates}) c
  ORDER BY distance, c.uid LIMIT 1
) n)
"""
_PICTURES = """
(SELECT 'picture', {number}, f.uid, f.properties, NULL,
  CASE WHEN ST_Covers(f.geom, g.here) THEN 1 ELSE 0 END, NULL
FROM ground g JOIN layers_feature f
  ON f.version_id = {version} AND f.geom && g.here AND ST_Intersects(f.geom, g.here)
ORDER BY f.properties ->> 'acquired' DESC LIMIT {most})
"""


@dataclass(frozen=True)
class Surroundings:
    """What was found."""

    neighbours: tuple[Neighbour, ...]
    nearest: tuple[Near, ...]
    imagery: tuple[Picture, ...]


def surroundings(ground: Ground, layers: Sequence[Layer], lang: str) -> Surroundings:
    """Around this polygon, among these layers. One statement."""
    rows = _rows(ground, layers)
    return Surroundings(
        neighbours=tuple(_neighbour(ground, row, lang) for row in rows if row[0] == "neighbour"),
        nearest=tuple(
            sorted(
                (_near(layers[row[1]], row, lang) for row in rows if row[0] == "near"),
                key=lambda near: (NEARS.index(near.kind), near.distance),
            )
        ),
        imagery=tuple(
            sorted(
                (_picture(layers[row[1]], row) for row in rows if row[0] == "picture"),
                key=lambda picture: picture.date,
            )
        ),
    )


def _rows(ground: Ground, layers: Sequence[Layer]) -> list[tuple[Any, ...]]:
    grid = ground.crs.srid
    known = {"grid": grid, "version": int(ground.version.pk)}
    parts = [
        _NEIGHBOURS.format(
            **known, same=SAME_LINE, most=MOST_NEIGHBOURS, margin=margin(ground.shape)
        )
    ]
    for number, layer in enumerate(layers):
        if layer.live_version is None:
            continue
        version = int(layer.live_version.pk)
        if layer.parsed.land.near:
            parts.append(
                _NEAREST.format(number=number, grid=grid, version=version, candidates=CANDIDATES)
            )
        if layer.parsed.feeds == FEEDS:
            parts.append(_PICTURES.format(number=number, version=version, most=MOST_PICTURES))
    with connection.cursor() as cursor:
        cursor.execute(_GROUND.format(**known) + " UNION ALL ".join(parts), {"uid": ground.uid})
        return list(cursor.fetchall())


def margin(shape: shapely.Geometry) -> float:
    """Metres around the shape that its plan shows."""
    west, south, east, north = shapely.bounds(shape).tolist()
    return float(max(LEAST_MARGIN, MARGIN_SHARE * max(east - west, north - south)))


def _properties(row: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row[3]) if isinstance(row[3], str) else row[3]
    return found


def _neighbour(ground: Ground, row: tuple[Any, ...], lang: str) -> Neighbour:
    definition, properties = ground.layer.parsed, _properties(row)
    register = definition.land.register
    code = str(properties.get(register.use, "") or "") if register else ""
    outline = shapely.from_wkb(bytes(row[6])) if row[6] is not None else None
    # The widened neighbour takes a bit of the edges behind both corners, too.
    edge = row[4] - 2 * SAME_LINE
    return Neighbour(
        uid=UUID(str(row[2])),
        title=feature_title(definition, properties, lang) or ground.layer.title(lang),
        number=str(properties.get(register.number, "") or "") if register else "",
        uses=describe(code, lang) if code else "",
        edge=edge if edge >= LEAST_EDGE else 0.0,
        area=row[5],
        outline=_paths(outline),
        bearing=(bearing := _bearing(ground.shape, outline)),
        way=_way(bearing),
    )


def _paths(outline: shapely.Geometry | None) -> tuple[Path, ...]:
    """Lines as positions, to the centimetre: they are only drawn."""
    if outline is None or shapely.is_empty(outline):
        return ()
    parts = shapely.get_parts(outline)
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    return tuple(
        tuple((round(x, 2), round(y, 2)) for x, y in shapely.get_coordinates(line))
        for line in lines
    )


# From the north, clockwise.
BEARINGS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def _bearing(shape: shapely.Geometry, outline: shapely.Geometry | None) -> str:
    """Where the neighbour's boundary lies, seen from the parcel's middle: one of BEARINGS."""
    if outline is None or shapely.is_empty(outline):
        return ""
    middles = shapely.centroid([shape, outline])
    east, north = shapely.get_x(middles), shapely.get_y(middles)
    angle = math.degrees(math.atan2(east[1] - east[0], north[1] - north[0])) % 360
    return BEARINGS[round(angle / 45) % 8]


def _way(bearing: str) -> str:
    return {
        "N": _("phía Bắc"),
        "NE": _("phía Đông Bắc"),
        "E": _("phía Đông"),
        "SE": _("phía Đông Nam"),
        "S": _("phía Nam"),
        "SW": _("phía Tây Nam"),
        "W": _("phía Tây"),
        "NW": _("phía Tây Bắc"),
    }.get(bearing, "")


def _near(layer: Layer, row: tuple[Any, ...], lang: str) -> Near:
    title = feature_title(layer.parsed, _properties(row), lang)
    return Near(
        kind=layer.parsed.land.near,
        layer_slug=layer.slug,
        layer_title=layer.title(lang),
        uid=UUID(str(row[2])),
        title=title or layer.title(lang),
        distance=row[4],
        illustrative=_version(layer).is_illustrative,
    )


def _picture(layer: Layer, row: tuple[Any, ...]) -> Picture:
    properties = _properties(row)
    resolution = properties.get("resolution_m")
    return Picture(
        layer_slug=layer.slug,
        version_id=_version(layer).pk,
        uid=UUID(str(row[2])),
        date=dt.date.fromisoformat(properties["acquired"]),
        source=str(properties.get(SOURCE) or _version(layer).source_org or ""),
        resolution=float(resolution) if resolution is not None else None,
        whole=bool(row[5]),
        illustrative=bool(properties.get(ILLUSTRATIVE, _version(layer).is_illustrative)),
    )


def _version(layer: Layer) -> LayerVersion:
    assert layer.live_version is not None
    return layer.live_version
