"""What is here: unit, coordinates, and what each visible layer has at one place.

One statement for all layers.
"""

import json
import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.maps.grids import GridPosition, positions
from gis_portal.maps.panel import UnitLine, feature_title, unit_line
from layers.errors import BadPoint
from layers.models import Layer
from layers.units import unit_at

# Points and lines count as "here" within this distance; areas only when the place is inside.
NEAR_METRES = 30
MOST_PER_LAYER = 5
METRES_PER_DEGREE = 111_320

_HERE = """
(SELECT f.version_id, f.uid, f.properties::text, f.area_m2
 FROM layers_feature f, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326) AS at) here
 WHERE f.version_id = %s AND f.geom && ST_Expand(here.at, %s)
   AND ST_DWithin(f.geom::geography, here.at::geography, %s)
 ORDER BY f.area_m2 NULLS FIRST LIMIT %s)
"""


@dataclass(frozen=True)
class Item:
    """One feature at the place."""

    layer: Layer
    layer_title: str
    uid: uuid.UUID
    title: str
    area_m2: float | None


@dataclass(frozen=True)
class Place:
    """The answer about one place.

    `nothing` lists layers that were looked into and have nothing here, `unpublished` those that
    have no data to look into: the two are not the same answer. `shape` is the unit's own feature;
    `outside` says that the units' shapes are published and none of them is here.
    """

    lon: float
    lat: float
    unit: UnitLine | None
    grids: tuple[GridPosition, ...]
    items: tuple[Item, ...]
    nothing: tuple[str, ...]
    unpublished: tuple[str, ...]
    shape: Item | None
    outside: bool
    # Auction lots are published: those around here can be followed.
    has_lots: bool = False


def parse_position(lon: str | None, lat: str | None) -> tuple[float, float]:
    """Two finite degrees within range. Raises BadPoint."""
    try:
        x, y = float(lon or ""), float(lat or "")
    except ValueError as error:
        raise BadPoint(f"lon={lon}, lat={lat}") from error
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 85):
        raise BadPoint(f"lon={lon}, lat={lat}")
    return x, y


def place_at(lon: float, lat: float, layers: Iterable[Layer], language: str) -> Place:
    """Look up one place (WGS 84 degrees) in every layer the reader may see."""
    known = list(layers)
    published = [layer for layer in known if layer.live_version_id]
    found = _items(lon, lat, published, language)
    # The unit has its own line at the top of the answer.
    asked = [layer for layer in published if layer.parsed.feeds != "units"]
    shape = next((item for item in found if item.layer.parsed.feeds == "units"), None)
    items = tuple(item for item in found if item.layer.parsed.feeds != "units")
    with_items = {item.layer.pk for item in items}
    unit = unit_at(Point(lon, lat, srid=4326))
    return Place(
        lon=lon,
        lat=lat,
        unit=unit_line(unit) if unit else None,
        grids=tuple(positions(lon, lat)),
        items=items,
        nothing=tuple(x.title(language) for x in asked if x.pk not in with_items),
        unpublished=tuple(x.title(language) for x in known if not x.live_version_id),
        shape=shape,
        outside=unit is None and not items and len(asked) < len(published),
        has_lots=any(layer.slug == LOTS for layer in published),
    )


def _items(lon: float, lat: float, layers: list[Layer], language: str) -> tuple[Item, ...]:
    if not layers:
        return ()
    parts, values = [], []
    for layer in layers:
        reach = 0 if layer.geometry_kind == "polygon" else NEAR_METRES
        margin = reach / METRES_PER_DEGREE / math.cos(math.radians(lat))
        parts.append(_HERE)
        values += [lon, lat, layer.live_version_id, margin, reach, MOST_PER_LAYER]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        rows = cursor.fetchall()
    owner = {layer.live_version_id: layer for layer in layers}
    return tuple(_item(owner[row[0]], row, language) for row in rows)


def _item(layer: Layer, row: tuple[Any, ...], language: str) -> Item:
    title = feature_title(layer.parsed, json.loads(row[2]), language)
    layer_title = layer.title(language)
    return Item(layer, layer_title, row[1], title or layer_title, row[3])
