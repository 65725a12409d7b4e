"""A file while a worker makes it: aside, bounded in time and room, under its name when it is whole.

Each second the progress is written and asked whether to go on. Neighbour: `making.py`, which takes
the wishes one after the other.
"""

import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from layers.errors import PortalError
from layers.ondemand.making import Stopped
from layers.ondemand.model import FileOnDemand

BEAT_SECONDS = 1.0
MB = 2**20
Row = TypeVar("Row", bound=FileOnDemand)


@dataclass(frozen=True)
class Limits:
    """How large a file may become, how long it may take, and what is raised beyond."""

    megabytes: int
    minutes: float
    error: type[PortalError]


class Growing(ABC, Generic[Row]):
    """One file being made. Its row has `format`, `rows_done` and `attempts`."""

    def __init__(self, row: Row, stop: threading.Event, limits: Limits) -> None:
        self.row, self.stop, self.limits = row, stop, limits
        self.next_beat = time.monotonic() + BEAT_SECONDS
        self.ends = time.monotonic() + limits.minutes * 60
        kind: Any = row
        self.part = row.path.with_name(f"{row.pk}.{row.attempts}.part.{kind.format}")

    @abstractmethod
    def check(self) -> None:
        """Raises a PortalError where it is not to be made any more."""

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """Where to write; what is not named by then goes."""
        self.part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield self.part
        finally:
            self.part.unlink(missing_ok=True)

    def named(self) -> int:
        """The file is whole: durable, under its name; answers its size."""
        size = self._allowed()
        with self.part.open("rb") as made:
            os.fsync(made.fileno())
        self.part.replace(self.row.path)
        return size

    def beat(self, done: int) -> None:
        """So many rows are written. Raises Stopped, the error of the limits, those of `check`."""
        if self.stop.is_set():
            raise Stopped
        if time.monotonic() < self.next_beat:
            return
        self.next_beat = time.monotonic() + BEAT_SECONDS
        if time.monotonic() > self.ends:
            raise self.limits.error(f"> {self.limits.minutes} min")
        mine: Any = type(self.row)._default_manager.filter(
            pk=self.row.pk, state=FileOnDemand.BUILDING, attempts=self.row.attempts
        )
        # Gone, or taken over by others.
        if not mine.update(rows_done=done, size=self._allowed()):
            raise Stopped
        self.check()

    def _allowed(self) -> int:
        """Bytes of the file, and of what lies beside it while it is made."""
        parts = self.part.parent.glob(f"{self.row.pk}.*.part*")
        size = sum(size_of(path) for path in parts)
        if size > self.limits.megabytes * MB:
            raise self.limits.error(f"> {self.limits.megabytes} MB")
        return size


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what goes meanwhile counts nothing."""
    try:
        if path.is_dir():
            return sum(size_of(child) for child in path.iterdir())
        return path.stat().st_size
    except FileNotFoundError:
        return 0
