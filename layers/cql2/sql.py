"""A piece of SQL and the values bound to it: what a filter becomes, and what statements are joined
from.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from layers.cql2.refusal import TooLarge

# Characters of a condition with its texts and geometries. Operators within each other that need an
# operand twice would double them at every level; a filter within the usual limits has half.
MOST_WRITTEN = 200_000


@dataclass(frozen=True)
class Sql:
    """A condition or expression: text with %s places, and their values. Nothing of a request is in
    the text.
    """

    text: str
    values: tuple[Any, ...] = ()

    @property
    def size(self) -> int:
        """Characters that the database is sent."""
        return len(self.text) + sum(len(value) for value in self.values if isinstance(value, str))


def joined(text: str, *parts: Sql) -> Sql:
    """`text` with its `{}` filled by the parts, their values in the order of the places.

    Raises TooLarge.
    """
    check_size(sum(part.size for part in parts))
    return Sql(
        text.format(*(part.text for part in parts)),
        tuple(value for part in parts for value in part.values),
    )


def check_size(size: int) -> None:
    """Raises TooLarge for more than the database is to be sent."""
    if size > MOST_WRITTEN:
        raise TooLarge(None, _("Bộ lọc quá phức tạp: hãy chia thành nhiều lần hỏi."))
