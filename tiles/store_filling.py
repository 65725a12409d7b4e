"""Filling the store ahead: every tile of a layer's live version, zoom by zoom, both packings.

Only squares below one that holds something are asked for: what is empty stays empty further in.
Tiles that are kept already are passed over, so a run that was stopped goes on where it was. The
database works on several at once, each on its own connection.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connections

from tiles import coding, front, mvt, store
from tiles.grid import Tile, covering, touches
from tiles.source import TileSource

# West, south, east, north in degrees of WGS 84.
Box = tuple[float, float, float, float]
PACKINGS = (coding.GZIP, coding.ZSTD)
# So many squares are handed out at a time: progress is said after each batch.
BATCH = 256


@dataclass
class Progress:
    """Of one zoom."""

    zoom: int
    squares: int
    done: int = 0
    kept_before: int = 0
    empty: int = 0
    bytes: int = 0


Told = Callable[[Progress], None]


def fill(source: TileSource, area: Box, zooms: range, tell: Told) -> list[Progress]:
    """Make and keep the tiles of these zooms that touch the area; what was done at each zoom.

    Raises VersionRetired when another version is published meanwhile.
    """
    found, told = [], covering(zooms[0], *area)
    with ThreadPoolExecutor(os.cpu_count(), initializer=_be_patient) as workers:
        for zoom in zooms:
            progress = Progress(zoom, len(told))
            filled = list(_filled(source, told, workers, progress, tell))
            found.append(progress)
            told = [child for tile in filled for child in _children(tile) if touches(child, *area)]
    return found


def _be_patient() -> None:
    """Nobody waits for these tiles: this thread's connection is not cut off after seconds."""
    with connections[mvt.PUBLIC_ROLE].cursor() as cursor:
        cursor.execute("SET statement_timeout = '10min'")


def _filled(
    source: TileSource,
    tiles: list[Tile],
    workers: ThreadPoolExecutor,
    progress: Progress,
    tell: Told,
) -> Iterator[Tile]:
    """The squares that hold something."""
    for first in range(0, len(tiles), BATCH):
        batch = tiles[first : first + BATCH]
        answers = workers.map(lambda tile: keep_tile(source, tile), batch)
        for tile, (size, is_new) in zip(batch, answers, strict=True):
            progress.done += 1
            progress.kept_before += not is_new
            progress.bytes += size
            progress.empty += not size
            if size:
                yield tile
        tell(progress)


def keep_tile(source: TileSource, tile: Tile) -> tuple[int, bool]:
    """(bytes of both packings, 0 when empty; whether it had to be made)."""
    shelf, name = front.shelf_of(source), front.name_of(tile)
    if store.is_empty(shelf, name):
        return 0, False
    packed = [store.read(shelf, name, packing) for packing in PACKINGS]
    if all(packed):
        return sum(len(body or b"") for body in packed), False
    body = mvt.make_tile(source, tile)
    if not body:
        store.keep_empty(shelf, name)
        return 0, True
    size = 0
    for packing in PACKINGS:
        packed_body = coding.pack(body, packing)
        store.keep(shelf, name, packed_body, packing)
        size += len(packed_body)
    return size, True


def _children(tile: Tile) -> list[Tile]:
    return [
        Tile(tile.z + 1, tile.x * 2 + right, tile.y * 2 + down)
        for down in (0, 1)
        for right in (0, 1)
    ]
