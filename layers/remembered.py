"""The answer of a function about an array, kept as long as that very array lives.

Columns and shapes of an import pass many steps that ask the same of them; no step changes an array
in place. Used by `layers.outlines` and `importers.distinct`.
"""

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

Found = TypeVar("Found")


class Remembered(Generic[Found]):
    """`Remembered(function)` is the function with a memory; arrays must not change afterwards."""

    def __init__(self, function: Callable[[np.ndarray], Found]) -> None:
        self._function = function
        self._known: dict[int, tuple[weakref.ref[np.ndarray], Found]] = {}
        self.__doc__ = function.__doc__

    def __call__(self, array: np.ndarray) -> Found:
        found = self.known(array)
        return self.remember(array, self._function(array)) if found is None else found

    def known(self, array: np.ndarray) -> Found | None:
        """The answer if there is one already."""
        known = self._known.get(id(array))
        # Another array may have come to the same place in memory.
        return known[1] if known is not None and known[0]() is array else None

    def remember(self, array: np.ndarray, found: Found) -> Found:
        """What the function would answer, for whoever made the array and knows already."""
        place = id(array)

        def forget(gone: object) -> None:
            known = self._known.get(place)
            if known is not None and known[0] is gone:
                del self._known[place]

        self._known[place] = weakref.ref(array, forget), found
        return found
