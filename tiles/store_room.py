"""Room on the disk of the store: what it must leave to everybody else, in bytes and in files.

Anybody can have tiles made, faster than housekeeping holds the store's bound: at the floor nothing
more is kept, and housekeeping makes room. Neighbours: `store.py`, `store_order.py`.
"""

import logging
import os
import time
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)
# Of the disk's bytes and of its files; of a big disk so many are enough.
FLOOR = 0.05
FLOOR_BYTES, FLOOR_FILES = 2 * 2**30, 200_000
# The least that a file takes, and a folder: an entry, its inode, often a block.
LEAST_BYTES = 4096
# A process looks so often: within it a few thousand tiles can be made.
SECONDS = 2.0


def lacking() -> int:
    """Bytes that have to go from the store's disk until the floor is free again; 0: enough is.

    A file too many counts as the least that it takes. Raises OSError: there is no such disk.
    """
    root = Path(settings.PORTAL_TILE_STORE)
    while not root.exists():
        root = root.parent
    disk = os.statvfs(root)
    size = disk.f_frsize
    lacking_bytes = min(FLOOR_BYTES, int(disk.f_blocks * size * FLOOR)) - disk.f_bavail * size
    # File systems that make files as they are needed say 0 of 0.
    lacking_files = min(FLOOR_FILES, int(disk.f_files * FLOOR)) - disk.f_favail
    return max(0, lacking_bytes, lacking_files * LEAST_BYTES)


class Room:
    """Whether there is any, as this process saw it last."""

    def __init__(self) -> None:
        self._is_enough, self._until = True, 0.0

    def is_enough(self) -> bool:
        """Looks at the disk every other second at most."""
        if time.monotonic() >= self._until:
            self._look()
        return self._is_enough

    def forget(self) -> None:
        """As a process that has just begun."""
        self._is_enough, self._until = True, 0.0

    def _look(self) -> None:
        try:
            is_enough = lacking() == 0
        except OSError:
            # Writing will say what is wrong with it.
            is_enough = True
        if self._is_enough and not is_enough:
            place = settings.PORTAL_TILE_STORE
            log.warning("Hardly any room on the disk of %s: no tiles are kept", place)
        self._is_enough, self._until = is_enough, time.monotonic() + SECONDS


room = Room()
