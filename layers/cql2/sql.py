"""A piece of SQL and the values bound to it: what a filter becomes, and what statements are joined
from.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sql:
    """A condition or expression: text with %s places, and their values. Nothing of a request is in
    the text.
    """

    text: str
    values: tuple[Any, ...] = ()


def joined(text: str, *parts: Sql) -> Sql:
    """`text` with its `{}` filled by the parts, their values in the order of the places."""
    return Sql(
        text.format(*(part.text for part in parts)),
        tuple(value for part in parts for value in part.values),
    )
