"""Where a package is: the whole layer, a commune or a box; and which tiles that are.

Tiles are listed zoom by zoom in the order of PMTiles (Hilbert), so that what lies together on the
ground lies together in the file. Squares that no feature touches are left out by one query a zoom.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from django.conf import settings
from django.db import connection, transaction
from pmtiles.tile import zxy_to_tileid

from layers.errors import UnknownUnit
from layers.models import AdminUnit
from layers.units import resolve
from tiles.grid import EXTENT, HALF_WORLD, MARGIN, Tile
from tiles.packages.errors import BadPackage, PackageEmpty, PackageTooLarge
from tiles.packages.model import WHOLE
from tiles.source import TileSource

# Down to here the database says which squares are touched; deeper ones follow from their parents:
# large shapes would touch too many.
ASKED_ZOOM = 13
SECONDS = 120
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Area:
    """A place by its box (west, south, east, north, degrees), in words that compare, and its
    shape where it is not the box (WKB, degrees)."""

    words: str
    box: Box
    unit: AdminUnit | None = None
    shape: bytes | None = None


def whole(bounds: list[float]) -> Area:
    """Everything."""
    west, south, east, north = bounds
    return Area(WHOLE, (west, south, east, north))


def of_unit(code: str, bounds: list[float]) -> Area:
    """A commune in force. Raises UnknownUnit, BadPackage when its shape is not known."""
    unit = resolve(code)
    if unit.geom is None:
        raise BadPackage(f"unit={code}")
    west, south, east, north = unit.geom.extent
    box = _common((west, south, east, north), bounds)
    return Area(f"unit:{unit.code}:{unit.pk}", box, unit, bytes(unit.geom.wkb))


def of_box(box: Box, bounds: list[float]) -> Area:
    """A box; what reaches beyond the layer is cut off. Raises BadPackage, PackageEmpty."""
    west, south, east, north = (round(edge, 5) for edge in box)
    if not (west < east and south < north):
        raise BadPackage("bbox")
    cut = _common((west, south, east, north), bounds)
    return Area("bbox:" + ",".join(f"{edge:.5f}" for edge in cut), cut)


def again(words: str, box: list[float], unit: AdminUnit | None) -> Area:
    """The area as a package's row has it."""
    west, south, east, north = box
    shape = bytes(unit.geom.wkb) if unit is not None and unit.geom is not None else None
    if words.startswith("unit:") and shape is None:
        raise UnknownUnit
    return Area(words, (west, south, east, north), unit, shape)


def _common(box: Box, bounds: list[float]) -> Box:
    west, south = max(box[0], bounds[0]), max(box[1], bounds[1])
    east, north = min(box[2], bounds[2]), min(box[3], bounds[3])
    if west > east or south > north:
        raise PackageEmpty
    return west, south, east, north


def count(area: Area, min_zoom: int, max_zoom: int) -> int:
    """Squares of the area's box at these zooms. Raises PackageTooLarge."""
    total = 0
    for zoom in range(min_zoom, max_zoom + 1):
        first, last = _corners(area, zoom)
        total += (last.x - first.x + 1) * (last.y - first.y + 1)
    most = settings.PORTAL_PACKAGE_TILES
    if total > most:
        raise PackageTooLarge(f"{total} > {most}")
    return total


def squares(source: TileSource, area: Area, zoom: int) -> list[Tile]:
    """The tiles of one zoom that may hold something, in the order of the file."""
    first, last = _corners(area, zoom)
    near = occupied(source, area, min(zoom, ASKED_ZOOM))
    up = zoom - min(zoom, ASKED_ZOOM)
    columns, rows = range(first.x, last.x + 1), range(first.y, last.y + 1)
    places = [(x, y) for x, y in _under(near, up) if x in columns and y in rows]
    return sorted(
        (Tile(zoom, x, y) for x, y in on_shape(area, zoom, places)),
        key=lambda tile: int(zxy_to_tileid(tile.z, tile.x, tile.y)),
    )


def _corners(area: Area, zoom: int) -> tuple[Tile, Tile]:
    west, south, east, north = area.box
    return Tile.at(zoom, west, north), Tile.at(zoom, east, south)


def _under(near: list[tuple[int, int]], up: int) -> Iterator[tuple[int, int]]:
    """The squares `up` zooms deeper."""
    side = 1 << up
    for x, y in near:
        for column in range(x * side, (x + 1) * side):
            for row in range(y * side, (y + 1) * side):
                yield column, row


def on_shape(area: Area, zoom: int, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that touch the area's own shape."""
    if area.shape is None or not places:
        return places
    shape = shapely.from_wkb(area.shape)
    shapely.prepare(shape)
    side = 1 << zoom
    boxes = [
        shapely.box(
            x / side * 360 - 180, _lat(y + 1, side), (x + 1) / side * 360 - 180, _lat(y, side)
        )
        for x, y in places
    ]
    touches: Any = shapely.intersects(shape, boxes)
    return [place for place, is_touched in zip(places, touches, strict=True) if is_touched]


def _lat(row: int, side: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / side))))


def occupied(source: TileSource, area: Area, zoom: int) -> list[tuple[int, int]]:
    """Columns and rows of the squares, with their margin, that the box of any feature touches."""
    first, last = _corners(area, zoom)
    side = first.side
    values = {
        "side": side,
        "margin": side * MARGIN / EXTENT,
        "half": HALF_WORLD,
        "x0": first.x,
        "x1": last.x,
        "y0": first.y,
        "y1": last.y,
        "west": first.parameters()["west"],
        "north": first.parameters()["north"],
        "east": last.parameters()["east"],
        "south": last.parameters()["south"],
    }
    sql = f"""SELECT DISTINCT x, y FROM {source.table},
  generate_series(
    greatest(floor((ST_XMin(geom_3857) - %(margin)s + %(half)s) / %(side)s)::int, %(x0)s),
    least(floor((ST_XMax(geom_3857) + %(margin)s + %(half)s) / %(side)s)::int, %(x1)s)) AS x,
  generate_series(
    greatest(floor((%(half)s - ST_YMax(geom_3857) - %(margin)s) / %(side)s)::int, %(y0)s),
    least(floor((%(half)s - ST_YMin(geom_3857) + %(margin)s) / %(side)s)::int, %(y1)s)) AS y
  WHERE geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)"""  # noqa: S608 - the name is checked
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        cursor.execute(sql, values)
        return [(int(x), int(y)) for x, y in cursor.fetchall()]
