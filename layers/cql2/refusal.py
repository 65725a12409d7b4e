"""What is wrong with a filter, and with which part of it; `layers.cql2.written` says where that is.

Raised anywhere in this package, answered as a named error by `compile_filter`.
"""

from typing import Any

from layers.errors import BadFilter, FilterSyntax, FilterTooLarge

__all__ = ["Refusal", "SyntaxRefusal", "TooLarge"]


class Refusal(Exception):
    """A part of the filter that cannot be answered. `message` is a whole sentence."""

    error: type[BadFilter] = BadFilter

    def __init__(self, node: Any, message: str) -> None:
        super().__init__(message)
        self.node, self.message = node, message


class SyntaxRefusal(Refusal):
    """The text cannot be read; `node` is the position (from 0), or None."""

    error = FilterSyntax


class TooLarge(Refusal):
    """The filter goes beyond a limit."""

    error = FilterTooLarge
