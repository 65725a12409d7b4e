"""The pictures of scenes, one file a digest: `layers.imagery.scene_path`, never changed.

As `importers.originals`, which keeps the files that scenes came from. A picture is copied aside
(`aside`), looked at, and moved to its place before its version is committed (`keep`). The worker
calls `drop_unneeded`.
"""

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from importers.imagery.refusals import NotOurPicture
from importers.limits import limits
from layers.imagery import SCENE_FIELDS, scene_path, scenes_folder
from layers.models import LayerVersion
from layers.partitions import feature_table

_CHUNK = 2**20
_ASIDE = "new-"
# A running import names its picture in the database only when it ends.
_YOUNG_SECONDS = 86_400


@dataclass(frozen=True)
class Aside:
    """A copy that nobody else can write to any more, and its SHA-256."""

    path: Path
    sha256: str


@contextmanager
def aside(made: Path) -> Iterator[Aside]:
    """A copy of what a confined child made, gone when the block ends unless it was kept.

    The child may still hold its file, or have put something else in its place. Raises
    NotOurPicture.
    """
    folder = scenes_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_ASIDE, suffix=".tif", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            digest = _copy(made, target.fileno())
        yield Aside(path, digest)
    finally:
        path.unlink(missing_ok=True)


def _copy(made: Path, target: int) -> str:
    try:
        # Neither a link nor a pipe: opening waits for nobody and leads nowhere else.
        source = os.open(made, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotOurPicture(str(error)) from error
    digest = hashlib.sha256()
    most = limits().unpacked_bytes
    try:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            raise NotOurPicture("no regular file")
        total = 0
        while chunk := os.read(source, _CHUNK):
            total += len(chunk)
            if total > most:
                raise NotOurPicture("size")
            digest.update(chunk)
            _write(target, chunk)
        os.fsync(target)
    finally:
        os.close(source)
    return digest.hexdigest()


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


def keep(picture: Aside) -> None:
    """Move the copy to its place, atomically, over a damaged one if there is one.

    It is as young as the copy then, so `drop_unneeded` leaves it alone until its version names it.
    """
    place = scene_path(picture.sha256)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    with _alone():
        picture.path.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone() -> Iterator[None]:
    """Between those who put pictures in their places and who takes them away, in all processes."""
    folder = os.open(scenes_folder(), os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def drop_unneeded() -> int:
    """Delete the pictures that no kept version has; answers how many."""
    young = time.time() - _YOUNG_SECONDS
    old = [path for path in _files() if _is_older(path, young)]
    if not old:
        return 0
    needed = needed_files()
    return sum(_dropped(path, young) for path in old if path.stem not in needed)


def _is_older(path: Path, moment: float) -> bool:
    """Whether it is there and was written before; copies come and go."""
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _dropped(path: Path, young: float) -> bool:
    """Delete it, unless the same picture was imported again since the question."""
    with _alone():
        if not _is_older(path, young):
            return False
        path.unlink()
        return True


def _files() -> list[Path]:
    folder = scenes_folder()
    return [*folder.glob("??/*.tif"), *folder.glob(f"{_ASIDE}*")]


def needed_files() -> set[str]:
    """The digests that versions name: those of imagery layers, by the fields of their own time."""
    versions = LayerVersion.objects.filter(
        state__in=LayerVersion.KEPT, public_fields__contains=list(SCENE_FIELDS)
    )
    found: set[str] = set()
    with connection.cursor() as cursor:
        for number in versions.values_list("pk", flat=True):
            table = connection.ops.quote_name(feature_table(number))
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [feature_table(number)])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT DISTINCT properties->>'file' FROM {table}")  # noqa: S608 - a number
                found |= {row[0] for row in cursor.fetchall()}
    return found
