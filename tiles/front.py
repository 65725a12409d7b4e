"""The answer to a public tile under its exact address: from the store, or made, kept and answered.

One function for the lane before Django (`front_lane.py`) and for Django's own view, so that both
give the same bytes and headers; nginx answers what lies in the store with the same headers
(docker/nginx.conf). An exact address names version and digest: its answer never changes.
"""

from dataclasses import dataclass
from typing import Protocol

from django.utils.http import parse_etags

from tiles import coding, mvt, store
from tiles.grid import Tile, touches
from tiles.source import TileSource
from tiles.tilejson import LAST_ZOOM

MVT = "application/vnd.mapbox-vector-tile"
FOR_EVER = "public, max-age=31536000, immutable"
Headers = tuple[tuple[str, str], ...]
# Said with every answer, also with the empty ones.
ALWAYS: Headers = (
    ("Cache-Control", FOR_EVER),
    ("Access-Control-Allow-Origin", "*"),
    ("Vary", "Accept-Encoding"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request the answer depends on. A reader's cookies are not among it."""

    accept_encoding: str = ""
    if_none_match: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """200, 204 (an empty square) or 304."""

    status: int
    headers: Headers
    body: bytes = b""


EMPTY = Answer(204, ALWAYS)


def shelf_of(source: TileSource) -> store.Shelf:
    """Where tiles of this source lie while its version is live and public."""
    return store.Shelf(source.slug, source.version_id, source.digest)


def name_of(tile: Tile) -> str:
    """Its name on the shelf."""
    return f"{tile.z}/{tile.x}/{tile.y}.mvt"


def kept(shelf: store.Shelf, name: str, asked: Asked) -> Answer | None:
    """The answer as it lies in the store, without a question to the database; None: not there."""
    wanted = coding.choose(asked.accept_encoding)
    packed = store.read(shelf, name, wanted) if wanted else None
    if packed is not None and not packed.startswith(coding.BEGINNING[wanted]):
        store.drop(shelf, name, wanted)
        packed = None
    if packed is None:
        if store.is_empty(shelf, name):
            return EMPTY
        packed = _packed_anew(shelf, name, wanted)
    return None if packed is None else _full(shelf, packed, wanted, asked)


class Keeper(Protocol):
    """Where answers are kept: `store`, or `store_writing.writer`, which writes a moment later."""

    def keep(self, shelf: store.Shelf, name: str, body: bytes, packing: str) -> bool:
        """As `store.keep`."""

    def keep_empty(self, shelf: store.Shelf, name: str) -> bool:
        """As `store.keep_empty`."""


def made(source: TileSource, tile: Tile, asked: Asked, *, keeper: Keeper | None) -> Answer:
    """The answer from the database, by one query, and kept. Raises as `mvt.make_tile`."""
    shelf, name = shelf_of(source), name_of(tile)
    body = b""
    if mvt.is_drawn(source, tile):
        body = mvt.make_tile(source, tile)
    else:
        mvt.check_alive(source, tile)
    if not body:
        if keeper and _is_noted(source, tile):
            keeper.keep_empty(shelf, name)
        return EMPTY
    wanted = coding.choose(asked.accept_encoding)
    packing = wanted or coding.GZIP
    packed = coding.pack(body, packing) if wanted or keeper else b""
    if keeper:
        keeper.keep(shelf, name, packed, packing)
    return _full(shelf, packed if wanted else body, wanted, asked)


def _is_noted(source: TileSource, tile: Tile) -> bool:
    """An empty square that the map asks for: of those elsewhere and further in there is no end."""
    last_zoom = max(LAST_ZOOM, source.working_zoom)
    return tile.z <= last_zoom and source.extent is not None and touches(tile, *source.extent)


def _packed_anew(shelf: store.Shelf, name: str, wanted: str) -> bytes | None:
    """From the other packing, which is there when somebody asked for that one first."""
    for packing in (coding.GZIP, coding.ZSTD):
        if packing == wanted or not store.is_kept(shelf, name, packing):
            continue
        packed = store.read(shelf, name, packing)
        if packed is not None:
            try:
                plain = coding.unpack(packed, packing)
            except coding.DAMAGED:
                store.drop(shelf, name, packing)
                continue
            body = coding.pack(plain, wanted)
            if wanted:
                store.keep(shelf, name, body, wanted)
            return body
    return None


def _full(shelf: store.Shelf, body: bytes, packing: str, asked: Asked) -> Answer:
    tag = ("ETag", shelf.etag(packing, len(body)))
    if asked.if_none_match and is_known(asked.if_none_match, tag[1]):
        return Answer(304, (*ALWAYS, tag))
    packed = (("Content-Encoding", packing),) if packing else ()
    length = ("Content-Length", str(len(body)))
    return Answer(200, (*ALWAYS, tag, ("Content-Type", MVT), length, *packed), body)


def is_known(if_none_match: str, tag: str) -> bool:
    """The client has it already; weak comparison, as RFC 9110 says for If-None-Match."""
    known = [each.removeprefix("W/") for each in parse_etags(if_none_match)]
    return tag in known or "*" in known
