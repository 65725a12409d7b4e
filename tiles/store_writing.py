"""Writes what is kept after it was answered: making a file takes longer than packing the tile, and
much longer on a disk where many were deleted a minute ago.

One thread a process writes in the order of the answers. The queue is bounded, and what finds no
place in it, or is lost with the process, is made again. Used by `gis_portal/wsgi.py`.
"""

import logging
import threading
from queue import Full, Queue

from tiles import store

log = logging.getLogger(__name__)
# Tiles that wait: some 6 MB. Four requests at a time are made, so a longer queue means a slow disk.
MOST = 256
Task = tuple[store.Shelf, str, bytes, int]


class Writer:
    """Keeps as `store` does, a moment later."""

    def __init__(self) -> None:
        self._tasks: Queue[Task] = Queue(MOST)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def keep(self, shelf: store.Shelf, name: str, body: bytes, packing: str) -> bool:
        """Whether it will be written, if nothing comes between."""
        return self._put(shelf, name + store.SUFFIX[packing], body, shelf.stamp(packing))

    def keep_empty(self, shelf: store.Shelf, name: str) -> bool:
        """As `keep`: there is nothing to answer under this name."""
        return self._put(shelf, name + store.EMPTY, b"", 0)

    def wait(self) -> None:
        """Until everything that was taken is written."""
        self._tasks.join()

    def _put(self, shelf: store.Shelf, name: str, body: bytes, stamp: int) -> bool:
        # Here, not in the thread: opening a shelf asks the database.
        if not store.is_open(shelf):
            return False
        self._start()
        try:
            self._tasks.put_nowait((shelf, name, body, stamp))
        except Full:
            return False
        return True

    def _start(self) -> None:
        """Not before the first task: a server that forks afterwards would lose the thread."""
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._write_all, name="tile-writer", daemon=True
                    )
                    self._thread.start()

    def _write_all(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                store.write(*task)
            except Exception:
                # The thread goes on: without it nothing would be kept until the next start.
                log.exception("A tile could not be kept")
            finally:
                self._tasks.task_done()


writer = Writer()
