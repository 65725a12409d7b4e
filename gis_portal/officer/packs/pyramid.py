"""Tiles of a unit in one PMTiles file: the public land with the chosen layers, or the pictures.

The tiles are the server's own, by the same statements (`tiles.packages.building`); those of several
layers are one tile here, since a vector tile is a list of layers and lists can be joined.
"""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

from pmtiles.tile import Compression, TileType, zxy_to_tileid

from gis_portal.officer.packs import store
from gis_portal.officer.packs.errors import UnknownPack
from layers.models import AdminUnit, Layer
from tiles.coding import GZIP, pack, unpack
from tiles.grid import Tile
from tiles.imagery.cut import Frame, cut
from tiles.imagery.scenes import Scene, last_zoom, live_scenes
from tiles.packages import areas
from tiles.packages.building import Packing, packed_tile
from tiles.source import TileSource, source_of
from tiles.tilejson import vector_layers

FIRST_ZOOM, LAST_ZOOM = 10, 16
FIRST_PICTURE, LAST_PICTURE = 13, 18
# Of pictures a pack takes no more: a phone's room is not ours.
MOST_PICTURES = 150 * 2**20


def area_of(unit: AdminUnit, box: areas.Box | None = None) -> areas.Area:
    """The unit's ground. Raises UnknownPack when nobody knows where it is."""
    if unit.geom is not None:
        west, south, east, north = unit.geom.extent
        return areas.Area("unit", (west, south, east, north), unit, bytes(unit.geom.wkb))
    if box is None:
        raise UnknownPack
    return areas.Area("box", box, unit)


def make_tiles(
    layers: list[Layer], unit: AdminUnit, metadata: dict[str, Any], box: areas.Box | None
) -> store.Kept | None:
    """Vector tiles of these layers, which everybody may see; None where there is nothing."""
    area = area_of(unit, box)
    live = [(each.slug, each.live_version_id) for each in layers if each.live_version_id]
    sources = [source_of(slug, version) for slug, version in live if version is not None]
    fields = [one for each in layers for one in vector_layers(each.parsed, "vi")]
    header = {
        **_place(area, FIRST_ZOOM, LAST_ZOOM),
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
    }
    told = {**metadata, "type": "overlay", "format": "pbf", "vector_layers": fields}
    return _written(_vector_tiles(sources, area), header, told)


def _vector_tiles(sources: list[TileSource], area: areas.Area) -> Iterator[tuple[Tile, bytes]]:
    for zoom in range(FIRST_ZOOM, LAST_ZOOM + 1):
        wanted: dict[Tile, list[TileSource]] = {}
        for source in sources:
            if zoom >= source.min_zoom:
                for tile in areas.squares(source, area, zoom):
                    wanted.setdefault(tile, []).append(source)
        for tile in sorted(wanted, key=_number):
            parts = [packed_tile(source, tile) for source in wanted[tile]]
            body = b"".join(unpack(part, GZIP) for part in parts if part)
            yield tile, pack(body, GZIP) if body else b""


def make_imagery(
    layers: list[Layer], unit: AdminUnit, metadata: dict[str, Any]
) -> tuple[store.Kept, dt.date] | None:
    """Pictures of the newest date of each layer over the unit, and that date; None where there are
    none.
    """
    area = area_of(unit)
    scenes = newest_scenes(layers, area)
    if not scenes:
        return None
    last = min(LAST_PICTURE, last_zoom(scenes))
    first = min(FIRST_PICTURE, last)
    header = {
        **_place(area, first, last),
        "tile_type": TileType.WEBP,
        "tile_compression": Compression.NONE,
    }
    newest = max(scene.acquired for scene in scenes)
    told = {**metadata, "type": "baselayer", "format": "webp", "acquired": newest.isoformat()}
    kept = _written(_pictures(scenes, area, first, last), header, told, MOST_PICTURES)
    return None if kept is None else (kept, newest)


def newest_scenes(layers: Iterable[Layer], area: areas.Area) -> list[Scene]:
    """Scenes that touch the area's box, of the newest date of each layer that has any there."""
    west, south, east, north = area.box
    corner, opposite = Tile.at(22, west, south), Tile.at(22, east, north)
    box = (corner.left, corner.top - corner.side, opposite.left + opposite.side, opposite.top)
    found: list[Scene] = []
    for layer in layers:
        scenes = live_scenes(layer)
        for date in scenes.dates:
            near = [scene for scene in scenes.by_date[date] if scene.touches(*box)]
            if near:
                found += near
                break
    return found


def _pictures(
    scenes: list[Scene], area: areas.Area, first: int, last: int
) -> Iterator[tuple[Tile, bytes]]:
    for zoom in range(first, last + 1):
        west, south, east, north = area.box
        start, end = Tile.at(zoom, west, north), Tile.at(zoom, east, south)
        columns, rows = range(start.x, end.x + 1), range(start.y, end.y + 1)
        places = areas.on_shape(area, zoom, [(x, y) for x in columns for y in rows])
        for tile in sorted((Tile(zoom, x, y) for x, y in places), key=_number):
            yield tile, cut(scenes, Frame.of(tile), "webp")


def _written(
    tiles: Iterator[tuple[Tile, bytes]],
    header: dict[str, Any],
    metadata: dict[str, Any],
    most: int | None = None,
) -> store.Kept | None:
    with store.writing() as file, tempfile.TemporaryFile(dir=store.folder()) as heap:
        writer = Packing(file, cast(BinaryIO, heap))
        for tile, packed in tiles:
            if packed:
                writer.add(tile, packed)
            if most is not None and writer.offset > most:
                break
        if not writer.tile_entries:
            return None
        writer.end(header, metadata)
        return store.named(file)


def _place(area: areas.Area, first: int, last: int) -> dict[str, Any]:
    west, south, east, north = (round(edge * 1e7) for edge in area.box)
    return {
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
        "center_zoom": min(max(14, first), last),
    }


def _number(tile: Tile) -> int:
    return int(zxy_to_tileid(tile.z, tile.x, tile.y))
