"""What a process remembers of versions: a small table with a short life. Knows no models."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from django.db import transaction

T = TypeVar("T")
KEPT = 256
SECONDS = 60.0


class Known(Generic[T]):
    """Values by key; the oldest goes first when full, each goes after a minute."""

    def __init__(self, kept: int = KEPT, seconds: float = SECONDS) -> None:
        self.kept, self.seconds = kept, seconds
        self._entries: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value, or None when it is not known or too old."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def put(self, key: Hashable, value: T) -> None:
        """Remember a value."""
        self._entries.pop(key, None)
        self._entries[key] = (time.monotonic() + self.seconds, value)
        while len(self._entries) > self.kept:
            self._entries.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Drop one value."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Drop all."""
        self._entries.clear()


# Version id → its TileSource; `source.py` fills it, a changed layer empties it.
sources: Known[object] = Known()
# Slug of a public layer → what its live version is; `ogc/live.py` fills it.
live: Known[object] = Known()


def forget_all(**_signal: object) -> None:
    """Signal receiver: a layer was edited or published.

    At once, and once more after the commit: what is read in between is still the former one.
    """
    _clear()
    transaction.on_commit(_clear, robust=True)


def _clear() -> None:
    sources.clear()
    live.clear()
