"""Order in the store: what the database does not stand behind goes; it stays within its bound.

`settle` is called after every commit that may end a version, a layer's being public or a digest
(signals, `apps.py`), and by the worker at each beat: a process killed between its commit and this
leaves nothing for long. `sweep` and `hold_bound` walk over all files and are housekeeping's.
Neighbour: `store.py`.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from layers.models import Layer
from tiles import store
from tiles.store_room import LEAST_BYTES, lacking

log = logging.getLogger(__name__)
# A file is written within milliseconds; what is unfinished for so long has no writer any more.
SECONDS_UNFINISHED = 3600
# Files are put by age into slots of so many seconds, which go as a whole: memory does not grow
# with the store, and little more goes than has to.
SLOT = 60


def settle(slug: str | None = None) -> int:
    """Take away every shelf (of one layer) that the database does not stand behind; how many.

    Answers of a database that is behind do no harm: who still needs a shelf opens it again.
    Raises database errors: while it does not answer, nothing ends.
    """
    shelves = list(_shelves(slug))
    if not shelves:
        return 0
    live = _public_layers({shelf.slug for shelf in shelves})
    gone = [shelf for shelf in shelves if not _stands(shelf, live.get(shelf.slug))]
    for shelf in gone:
        _removed(Path(shelf.folder))
    return len(gone)


def settle_after_commit(sender: Any, **signal: Any) -> None:
    """Signal receiver: a layer was saved or published, a version dropped."""
    layer = signal.get("layer") or signal["instance"]
    slug = layer.slug
    transaction.on_commit(lambda: settle(slug), robust=True)


def _stands(shelf: store.Shelf, layer: Layer | None) -> bool:
    if layer is None or layer.live_version_id != shelf.version_id:
        return False
    try:
        return store.is_key_of(layer, shelf.key)
    except Exception:
        # A definition that cannot be read, say. What nobody stands behind goes; the others' go on.
        log.exception("Whether %s may stand cannot be told: it goes", shelf.folder)
        return False


def _public_layers(slugs: set[str]) -> dict[str, Layer]:
    found = Layer.objects.filter(
        slug__in=slugs, visibility=Layer.PUBLIC, live_version__isnull=False
    )
    return {layer.slug: layer for layer in found}


def _shelves(slug: str | None) -> Iterator[store.Shelf]:
    """What lies in the store, by its names; whatever else lies there is left alone."""
    root = Path(settings.PORTAL_TILE_STORE)
    for layer in [root / slug] if slug else _folders(root):
        for version in _folders(layer):
            if version.name.isdecimal():
                for key in _folders(version):
                    yield store.Shelf(layer.name, int(version.name), key.name)


def _folders(parent: Path) -> list[Path]:
    try:
        with os.scandir(parent) as entries:
            return sorted(
                Path(entry.path)
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            )
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        # The others must be looked at all the same.
        log.exception("%s cannot be read: its tiles are not compared with the database", parent)
        return []


def _removed(folder: Path) -> None:
    try:
        store.remove(folder)
    except OSError:
        # Said, and tried again at the next beat; the others must go all the same.
        log.exception("%s cannot be removed: its tiles are still answered", folder)


def hold_bound() -> int:
    """Keep the store within PORTAL_TILE_STORE_MB, and the disk's floor free (`store_room`): notes
    of empty squares go first, as they are made again at once and somebody might ask for millions of
    them; then the oldest tiles. How many.
    """
    sizes: Counter[tuple[bool, int]] = Counter()
    folder = ""
    for entry in _files():
        with suppress(FileNotFoundError):
            slot = _slot(entry)
            sizes[slot] += _bytes(entry)
            # Each folder once: they may be as many as the files.
            if (inner := entry.path[: -len(entry.name)]) != folder:
                folder = inner
                sizes[slot] += LEAST_BYTES
    surplus = max(sum(sizes.values()) - settings.PORTAL_TILE_STORE_MB * 2**20, lacking())
    doomed = set()
    for slot in sorted(sizes):
        if surplus <= 0:
            break
        doomed.add(slot)
        surplus -= sizes[slot]
    return _evict(doomed) if doomed else 0


def _evict(doomed: set[tuple[bool, int]]) -> int:
    evicted = 0
    for entry in _files():
        with suppress(FileNotFoundError):
            if _slot(entry) in doomed:
                Path(entry.path).unlink()
                evicted += 1
    return evicted


def sweep() -> None:
    """Remove what killed processes left: unfinished files, folders half removed, empty folders;
    and the empty files that a machine left which stopped before they were on its disk.
    """
    root = Path(settings.PORTAL_TILE_STORE)
    before = time.time() - SECONDS_UNFINISHED
    for folder, folders, names in os.walk(root, topdown=False):
        for name in folders:
            if name.startswith(store.GONE):
                store.remove(Path(folder, name))
            elif Path(folder) != root:
                with suppress(OSError):
                    Path(folder, name).rmdir()
        for name in names:
            file = Path(folder, name)
            with suppress(FileNotFoundError):
                if _is_left(file, before):
                    file.unlink()


def _is_left(file: Path, before: float) -> bool:
    if file.name.startswith(store.UNFINISHED):
        return file.stat().st_ctime < before
    return not file.name.endswith(store.EMPTY) and file.stat().st_size == 0


def keep_house() -> None:
    """The worker's job: all of the above. Empty folders of what went go at last."""
    settle()
    evicted = hold_bound()
    sweep()
    if evicted:
        log.warning(
            "The tile store or its disk is full (PORTAL_TILE_STORE_MB): %d files went", evicted
        )


def _files() -> Iterator[os.DirEntry[str]]:
    waiting = [str(settings.PORTAL_TILE_STORE)]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield entry


def _slot(entry: os.DirEntry[str]) -> tuple[bool, int]:
    """Notes before tiles, older before newer. Not by mtime, which is the ETag's."""
    age = int(entry.stat(follow_symlinks=False).st_ctime)
    return not entry.name.endswith(store.EMPTY), age // SLOT


def _bytes(entry: os.DirEntry[str]) -> int:
    return max(LEAST_BYTES, entry.stat(follow_symlinks=False).st_blocks * 512)
