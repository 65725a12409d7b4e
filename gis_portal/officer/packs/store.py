"""Where parts lie: one file under its hash, for nobody but the portal.

A file is written aside and gets its name when it is whole, so that what has the name is what the
hash says. The same bytes are kept once.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

CHUNK = 2**20
UNFINISHED = ".part-"
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """A file of the store."""

    sha256: str
    size: int


def folder() -> Path:
    """The private folder of all parts; no address leads there."""
    return Path(settings.MEDIA_ROOT) / "officer-packs"


def path_of(sha256: str) -> Path:
    """Where the file with this hash is kept, whether or not it is. Raises ValueError."""
    if not SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return folder() / sha256[:2] / sha256


def is_kept(sha256: str) -> bool:
    """It is there."""
    return path_of(sha256).is_file()


def weighed(body: bytes) -> Kept:
    """Hash and size of bytes that are not kept."""
    return Kept(hashlib.sha256(body).hexdigest(), len(body))


def keep(body: bytes) -> Kept:
    """Keep these bytes."""
    with writing() as file:
        file.write(body)
        return named(file)


@contextmanager
def writing() -> Iterator[BinaryIO]:
    """A file aside, to be written and then `named`; it goes when it was not."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place, prefix=UNFINISHED) as file:
        yield cast(BinaryIO, file)


def named(file: BinaryIO) -> Kept:
    """Give a whole file its name in the store."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    kept = Kept(digest.hexdigest(), size)
    path = path_of(kept.sha256)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.link(file.name, path)
    return kept


def read(sha256: str) -> bytes | None:
    """The whole file; None when it is not there."""
    try:
        return path_of(sha256).read_bytes()
    except FileNotFoundError:
        return None


def files() -> Iterator[Path]:
    """Every file of the store, what a killed process left among them."""
    if folder().is_dir():
        yield from (path for path in folder().rglob("*") if path.is_file())
