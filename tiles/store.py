"""The store: answers of public layers as files, packed, for nginx and for the lane before Django.

`PORTAL_TILE_STORE/<slug>/<version>/<key>/<name>`; `key` says what the bytes were made by (a tile's
digest), so a file never changes. What lies here is answered to everybody without a question, hence
one rule: a shelf (`<slug>/<version>/<key>`) is made by `open_shelf` alone, which asks the database
*after* it has made the folder, and `store_order.settle` takes it away *after* the commit that ends
its version. Whoever comes first, none survives. Writers make folders inside a shelf only: a tile
that was under way when its version ended finds no place.
"""

import errno
import logging
import os
import shutil
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db import Error

from layers.models import Layer
from tiles import coding
from tiles.source import source_for
from tiles.store_room import room

log = logging.getLogger(__name__)
SUFFIX = {coding.ZSTD: ".zst", coding.GZIP: ".gz", coding.PLAIN: ""}
STAMPS = {packing: number for number, packing in enumerate(SUFFIX)}
# Beside the packed files: the square is empty (204). It has no bytes of its own.
EMPTY = ".none"
# Written under such a name, then renamed; what a killed process left is swept.
UNFINISHED = ".new-"
GONE = ".gone-"
# Pictures lie under such keys. Their bytes come from the version's files, not from the definition.
IMAGERY = "imagery"
# A shelf that could not be opened is not tried again for so long: a full or foreign disk.
SECONDS_CLOSED = 10.0


@dataclass(frozen=True)
class Shelf:
    """Where the answers of one version lie that were made by one digest, or by imagery."""

    slug: str
    version_id: int
    key: str

    @cached_property
    def folder(self) -> str:
        """Its place; the database decides whether it may be there."""
        return f"{settings.PORTAL_TILE_STORE}/{self.slug}/{self.version_id}/{self.key}"

    def stamp(self, packing: str) -> int:
        """The time that its files carry: nginx makes an ETag of it and of the length.

        From the address, so that every process and every machine answers the same one.
        """
        return self._stamp | STAMPS[packing]

    @cached_property
    def _stamp(self) -> int:
        place = f"{self.slug}/{self.version_id}/{self.key}".encode()
        return zlib.crc32(place) >> 4 << 2

    def etag(self, packing: str, length: int) -> str:
        """A strong validator, as nginx writes it of a file with that stamp."""
        return f'"{self.stamp(packing):x}-{length:x}"'


def is_on() -> bool:
    """PORTAL_TILE_STORE_MB=0 keeps nothing."""
    return bool(settings.PORTAL_TILE_STORE_MB > 0)


def read(shelf: Shelf, name: str, packing: str = coding.PLAIN) -> bytes | None:
    """What is kept under this name in that packing; None when nothing is, or an empty file: what
    is written is not forced to the disk, and a machine that stops may leave that of it.
    """
    try:
        file = os.open(f"{shelf.folder}/{name}{SUFFIX[packing]}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(file, os.fstat(file).st_size) or None
    finally:
        os.close(file)


def drop(shelf: Shelf, name: str, packing: str = coding.PLAIN) -> None:
    """Take a damaged file away: it is made again."""
    log.warning("%s/%s (%s) is damaged and goes", shelf.folder, name, packing)
    with suppress(OSError):
        Path(f"{shelf.folder}/{name}{SUFFIX[packing]}").unlink()


def is_kept(shelf: Shelf, name: str, packing: str = coding.PLAIN) -> bool:
    """Something is kept under this name in that packing; quicker than to read what is not there."""
    return os.access(f"{shelf.folder}/{name}{SUFFIX[packing]}", os.F_OK)


def is_empty(shelf: Shelf, name: str) -> bool:
    """It is known that there is nothing to answer under this name."""
    return os.access(f"{shelf.folder}/{name}{EMPTY}", os.F_OK)


def keep(shelf: Shelf, name: str, body: bytes, packing: str = coding.PLAIN) -> bool:
    """Write a file of the shelf, whole or not at all; whether it is there now. Never raises: what
    cannot be kept is made again.
    """
    return _kept(shelf, name + SUFFIX[packing], body, shelf.stamp(packing))


def keep_empty(shelf: Shelf, name: str) -> bool:
    """As `keep`: there is nothing to answer under this name."""
    return _kept(shelf, name + EMPTY, b"", 0)


class _Opened:
    """Which shelves this process has opened, and when it may try again to open one."""

    def __init__(self) -> None:
        self.shelves: set[str] = set()
        self.closed_until: dict[str, float] = {}

    def open(self, shelf: Shelf) -> bool:
        """Whether the shelf is there; asks the database the first time."""
        folder = shelf.folder
        if folder in self.shelves:
            return True
        if self.closed_until.get(folder, 0.0) > time.monotonic():
            return False
        if self._make(shelf):
            self.shelves.add(folder)
            return True
        self.shut(folder)
        return False

    def shut(self, folder: str) -> None:
        """Not now: it may not stand, or cannot be written."""
        self.shelves.discard(folder)
        if len(self.closed_until) > len(self.shelves) + 1000:
            self.closed_until.clear()
        self.closed_until[folder] = time.monotonic() + SECONDS_CLOSED

    def _make(self, shelf: Shelf) -> bool:
        folder = Path(shelf.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("Tiles cannot be kept in %s: %s", folder, error)
            return False
        # Only now: a version that ends before this line is seen here, one that ends after it finds
        # the folder and takes it away.
        stands = False
        try:
            stands = may_stand(shelf)
        except Error as error:
            log.warning("Whether %s may stand could not be asked: %s", folder, error)
        if not stands:
            remove(folder)
        return stands

    def forget(self) -> None:
        """As a process that has just begun."""
        self.shelves.clear()
        self.closed_until.clear()


opened = _Opened()


def may_stand(shelf: Shelf) -> bool:
    """The database's word: the version is the live one of a public layer, and this is its key."""
    live = Layer.objects.filter(slug=shelf.slug, live_version_id=shelf.version_id)
    layer = live.filter(visibility=Layer.PUBLIC).first()
    return layer is not None and is_key_of(layer, shelf.key)


def is_key_of(layer: Layer, key: str) -> bool:
    """Files of the live version may be made by this: its tiles' digest, or imagery."""
    assert layer.live_version_id is not None
    source = source_for(layer.parsed, layer.live_version_id, is_public=True)
    return key == source.digest or key.startswith(IMAGERY)


def _kept(shelf: Shelf, name: str, body: bytes, stamp: int) -> bool:
    # The second time: the shelf was taken away. Perhaps rightly so: opening asks again.
    return any(is_open(shelf) and write(shelf, name, body, stamp) for _attempt in range(2))


def is_open(shelf: Shelf) -> bool:
    """Something may be written there now."""
    return is_on() and room.is_enough() and opened.open(shelf)


def write(shelf: Shelf, name: str, body: bytes, stamp: int) -> bool:
    """The file of that whole name, in an open shelf; False when it could not be, which shuts it."""
    try:
        _write(shelf.folder, name, body, stamp)
    except FileNotFoundError:
        opened.shelves.discard(shelf.folder)
    except OSError as error:
        log.warning("A tile cannot be kept in %s: %s", shelf.folder, error)
        opened.shut(shelf.folder)
    else:
        return True
    return False


def _write(folder: str, name: str, body: bytes, stamp: int) -> None:
    inner, _, last = f"{folder}/{name}".rpartition("/")
    unfinished = f"{inner}/{UNFINISHED}{last}-{os.getpid()}-{threading.get_ident()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        file = os.open(unfinished, flags, 0o644)
    except FileNotFoundError:
        _make_folders(folder, name)
        file = os.open(unfinished, flags, 0o644)
    try:
        if os.write(file, body) < len(body):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), unfinished)
        os.utime(file, (stamp, stamp))
    except OSError:
        with suppress(OSError):
            os.unlink(unfinished)  # noqa: PTH108 - text all along: a Path costs as much as the call
        raise
    finally:
        os.close(file)
    os.replace(unfinished, f"{folder}/{name}")  # noqa: PTH105 - see above


def _make_folders(folder: str, name: str) -> None:
    """The folders of a name, the innermost first: mostly it alone is missing. The shelf itself is
    not made here.
    """
    outer, _, _last = name.rpartition("/")
    if not outer:
        raise FileNotFoundError(folder)
    try:
        os.mkdir(f"{folder}/{outer}")  # noqa: PTH102 - see above
    except FileExistsError:
        pass
    except FileNotFoundError:
        _make_folders(folder, outer)
        with suppress(FileExistsError):
            os.mkdir(f"{folder}/{outer}")  # noqa: PTH102 - see above


def remove(folder: Path) -> None:
    """Take a folder away at once, then what was in it: nobody finds half of it, or writes into it.

    What a killed process left of it is swept.
    """
    aside = folder.with_name(f"{GONE}{os.getpid()}-{time.monotonic_ns()}")
    try:
        folder.rename(aside)
    except FileNotFoundError:
        return
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()  # the version's, when this was its last shelf
