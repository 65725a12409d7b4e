"""Where the bytes of photos lie: pieces while they come, whole ones under their hash.

Below `PORTAL_FILES`, which no web server gives out. A photo is on the disk before its receipt is
written; pieces are only a convenience and may be lost with the machine.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

_CHUNK = 2**20


@dataclass(frozen=True)
class Part:
    """A photo on its way, open and locked: two requests at once are one after the other."""

    path: Path
    stream: BinaryIO

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return os.fstat(self.stream.fileno()).st_size

    def append(self, piece: bytes) -> None:
        """At the end."""
        self.stream.seek(0, os.SEEK_END)
        self.stream.write(piece)
        self.stream.flush()

    def sha256(self) -> str:
        """Of what is here."""
        self.stream.seek(0)
        found = hashlib.sha256()
        while chunk := self.stream.read(_CHUNK):
            found.update(chunk)
        return found.hexdigest()

    def head(self) -> bytes:
        """The first bytes, which say what it is."""
        self.stream.seek(0)
        return self.stream.read(512)

    def start_again(self) -> None:
        """Forget what is here."""
        self.stream.truncate(0)

    def keep_as(self, sha256: str) -> None:
        """Put it under its hash, on the disk when this returns; the part stays until `drop`."""
        path = original(sha256)
        os.fsync(self.stream.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # The same photo of another report may come at the same moment.
            with suppress(FileExistsError):
                os.link(self.path, path)
        _sync(path.parent)

    def drop(self) -> None:
        """It is whole and has its receipt."""
        self.path.unlink(missing_ok=True)


@contextmanager
def part(operation: UUID, index: int) -> Iterator[Part]:
    """The part of this photo, made where there is none."""
    path = part_path(operation, index)
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            # Whoever had the lock before may have finished the photo and dropped this file.
            if not path.exists() or os.fstat(stream.fileno()).st_ino != path.stat().st_ino:
                continue
            yield Part(path, stream)
            return


def parts() -> list[Path]:
    """Of all photos on their way."""
    folder = _folder() / "parts"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def held(operation: UUID, index: int) -> int:
    """Bytes of this photo that are here already."""
    try:
        return part_path(operation, index).stat().st_size
    except FileNotFoundError:
        return 0


def part_path(operation: UUID, index: int) -> Path:
    """Where a photo on its way lies."""
    return _folder() / "parts" / f"{operation}-{index}"


def original(sha256: str) -> Path:
    """Where the photo with this hash lies, as it was taken."""
    return _folder() / "originals" / sha256[:2] / sha256


def clean_copy(sha256: str) -> Path:
    """Where its copy for showing lies, once somebody looked."""
    return _folder() / "clean" / sha256[:2] / f"{sha256}.jpg"


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "field"


def _sync(folder: Path) -> None:
    """The folder's own entry is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
