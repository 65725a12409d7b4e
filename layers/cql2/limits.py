"""How much one filter may ask for: counted while it is read and compiled.

The numbers are settings; what remains dear within them is cut off by the statement timeout.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from layers.cql2.refusal import TooLarge


@dataclass
class Meter:
    """Counts what a filter holds. Raises TooLarge beyond the limits.

    Attributes:
        length: characters of the text or JSON.
        depth: expressions within each other.
        operators: operators and functions together.
        vertices: positions of all its geometries.
    """

    length: int
    depth: int
    operators: int
    vertices: int
    _depth: int = 0
    _operators: int = 0
    _vertices: int = 0

    @classmethod
    def from_settings(cls) -> "Meter":
        """A new meter with the operator's limits."""
        return cls(**settings.PORTAL_FILTER_LIMITS)

    def check_length(self, text: str) -> None:
        """Before anything is read."""
        if len(text) > self.length:
            raise TooLarge(None, _("Bộ lọc quá dài: tối đa %d ký tự.") % self.length)

    @contextmanager
    def within(self, node: Any) -> Iterator[None]:
        """One level deeper."""
        if self._depth >= self.depth:
            raise TooLarge(node, _("Bộ lọc lồng quá sâu: tối đa %d tầng.") % self.depth)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def operator(self, node: Any) -> None:
        """One more operator or function."""
        self._operators += 1
        if self._operators > self.operators:
            raise TooLarge(node, _("Bộ lọc có quá nhiều phép: tối đa %d.") % self.operators)

    def positions(self, node: Any, count: int) -> None:
        """So many more positions of a geometry."""
        self._vertices += count
        if self._vertices > self.vertices:
            raise TooLarge(
                node, _("Hình trong bộ lọc có quá nhiều đỉnh: tối đa %d.") % self.vertices
            )
