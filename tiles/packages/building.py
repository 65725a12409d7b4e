"""The making of a package: tile by tile into one PMTiles file, in constant memory.

The tiles are those of the server, by the same statement; equal ones are stored once. The file grows
aside and gets its name when it is whole. Each second the progress is written and asked whether to
go on. A worker that is told to stop puts the package back.
"""

import datetime as dt
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from layers.errors import ServiceBusy, VersionRetired
from layers.models import Layer
from layers.ondemand import making
from layers.ondemand.making import Stopped
from tiles import front, mvt, store
from tiles.coding import GZIP, pack
from tiles.grid import Tile
from tiles.packages import areas
from tiles.packages.errors import PackageEmpty, PackagesFull, PackageTooLarge
from tiles.packages.model import MB, WHOLE, Package, folder, is_full
from tiles.packages.queue import QUEUE
from tiles.source import TileSource, source_of
from tiles.tilejson import centre, tilejson

BEAT_SECONDS = 1.0
BUSY_TRIES = 4
# Layers' packages go before areas, and people who have signed in before those who have not.
TURN = Case(
    When(area=WHOLE, then=Value(0)),
    When(Q(asked_by__isnull=False), then=Value(1)),
    default=Value(2),
)


class Packing(Writer):
    """The library's writer with its heap of tiles in our folder, where there is room for it."""

    def __init__(self, file: BinaryIO, heap: BinaryIO) -> None:
        super().__init__(file)  # type: ignore[no-untyped-call]  # pmtiles is untyped
        self.tile_f.close()
        self.tile_f = cast(Any, heap)

    def add(self, tile: Tile, packed: bytes) -> None:
        """One tile, in the order of the file."""
        number = zxy_to_tileid(tile.z, tile.x, tile.y)
        self.write_tile(number, packed)  # type: ignore[no-untyped-call]  # pmtiles is untyped

    def end(self, header: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Directories, metadata and the heap into the file."""
        self.finalize(header, metadata)  # type: ignore[no-untyped-call]  # pmtiles is untyped


def make_next() -> str:
    """Make the package whose turn it is, unless one is being made."""
    return making.make_next(
        QUEUE, (TURN, "asked_at"), lambda package, stop: Build(package, stop).run(), _lasts
    )


def _lasts(package: Package) -> dt.timedelta | None:
    return None if package.is_whole else dt.timedelta(days=settings.PORTAL_PACKAGE_DAYS)


class Build:
    """One package being made."""

    def __init__(self, package: Package, stop: threading.Event) -> None:
        self.package, self.stop = package, stop
        self.layer = Layer.objects.select_related("live_version").get(pk=package.layer_id)
        self.done = 0
        self.next_beat = time.monotonic() + BEAT_SECONDS

    def run(self) -> int:
        """Make the file; answers its size. Raises PortalError, Stopped."""
        source = self._source()
        area = areas.again(self.package.area, self.package.bounds, self.package.unit)
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder() / f"{self.package.pk}.{self.package.attempts}.part"
        try:
            with part.open("wb") as file, tempfile.TemporaryFile(dir=folder()) as heap:
                writer = Packing(file, heap)
                self._write(writer, source, area)
                if not writer.tile_entries:
                    raise PackageEmpty
                writer.end(self._header(), self._metadata())
                file.flush()
                os.fsync(file.fileno())
            size = self._named(part)
        finally:
            part.unlink(missing_ok=True)
        # Squares that nothing touches were not looked at one by one.
        Package.objects.filter(pk=self.package.pk).update(tiles_done=F("tiles_total"))
        return size

    def _source(self) -> TileSource:
        """Raises VersionRetired when the layer has changed since it was asked for."""
        if self.layer.live_version_id != self.package.version_id:
            raise VersionRetired
        source = source_of(self.layer.slug, self.package.version_id, self.package.digest)
        if source.digest != self.package.digest:
            raise VersionRetired
        return source

    def _write(self, writer: Packing, source: TileSource, area: areas.Area) -> None:
        zooms = range(self.package.min_zoom, self.package.max_zoom + 1)
        for zoom in zooms:
            for tile in areas.squares(source, area, zoom):
                packed = packed_tile(source, tile)
                if packed:
                    writer.add(tile, packed)
                self.done += 1
                self._beat(writer)

    def _beat(self, writer: Packing) -> None:
        """Raises Stopped, PackageTooLarge, PackagesFull, VersionRetired."""
        if self.stop.is_set():
            raise Stopped
        if writer.offset > settings.PORTAL_PACKAGE_MB * MB:
            raise PackageTooLarge(f"> {settings.PORTAL_PACKAGE_MB} MB")
        if time.monotonic() < self.next_beat:
            return
        self.next_beat = time.monotonic() + BEAT_SECONDS
        mine = Package.objects.filter(
            pk=self.package.pk, state=Package.BUILDING, attempts=self.package.attempts
        )
        if not mine.update(tiles_done=self.done, size=writer.offset):
            raise Stopped
        # The store does not ask for each tile whether the version is still the live one.
        if not Layer.objects.filter(live_version_id=self.package.version_id).exists():
            raise VersionRetired
        if is_full(is_whole=self.package.is_whole):
            raise PackagesFull

    def _named(self, part: Path) -> int:
        size = part.stat().st_size
        part.replace(self.package.path)
        return size

    def _header(self) -> dict[str, Any]:
        west, south, east, north = (round(edge * 1e7) for edge in self.package.bounds)
        _lon, _lat, zoom = centre(self.layer)
        return {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": min(max(zoom, self.package.min_zoom), self.package.max_zoom),
        }

    def _metadata(self) -> dict[str, Any]:
        """TileJSON's members as PMTiles wants them, and what a reader must know of the data."""
        document = tilejson(self.layer, "", "vi")
        version, definition, package = self.package.version, self.layer.parsed, self.package
        wanted = ("name", "description", "version", "attribution", "vector_layers")
        return {
            **{name: document[name] for name in wanted},
            "type": "overlay",
            "format": "pbf",
            "name_en": self.layer.title("en"),
            "license": definition.licence,
            "data_date": version.data_date.isoformat() if version.data_date else None,
            "published_at": version.published_at.isoformat() if version.published_at else None,
            "decision_no": version.decision_no,
            "source": version.source_org or definition.owner_org("vi"),
            "illustrative": version.is_illustrative,
            "layer": self.layer.slug,
            "layer_version": version.number,
            "digest": package.digest,
            "area": package.area,
            "unit_name": package.unit.name if package.unit else None,
            "bounds": package.bounds,
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "note": "Chỉ để tham khảo. For reference only.",
        }


def packed_tile(source: TileSource, tile: Tile) -> bytes:
    """The tile as the server packs it (gzip), b"" when it is empty: from the store when it lies
    there, else made. A busy database is asked again.
    """
    kept = _kept(source, tile)
    if kept is not None:
        return kept
    for attempt in range(BUSY_TRIES):
        try:
            body = mvt.make_tile(source, tile)
            return pack(body, GZIP) if body else b""
        except ServiceBusy:
            if attempt == BUSY_TRIES - 1:
                raise
            time.sleep(attempt + 1)
    return b""


def _kept(source: TileSource, tile: Tile) -> bytes | None:
    """What the store has of it; only public layers are there."""
    if not source.is_public:
        return None
    shelf, name = front.shelf_of(source), front.name_of(tile)
    return b"" if store.is_empty(shelf, name) else store.read(shelf, name, GZIP) or None
