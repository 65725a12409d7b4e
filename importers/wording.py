"""Numbers and lists of names as a message shows them; used by refusals, candidates and reports."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.values import group_digits

# A file may have a thousand columns; nobody reads more than these.
_NAMES_SHOWN = 25
_NAME_LENGTH = 60


def number(value: float, digits: int = 0) -> str:
    """A number in the reader's language: `10,46910` in Vietnamese, `10.46910` in English."""
    return group_digits(value, digits, "en" if get_language() == "en" else "vi")


def latitude(value: float, digits: int) -> str:
    """Degrees north or south, as the reader's language writes it."""
    words = _("%(degrees)s°N") if value < 0 else _("%(degrees)s°B")
    return words % {"degrees": number(abs(value), digits)}


def longitude(value: float, digits: int) -> str:
    """Degrees east or west."""
    words = _("%(degrees)s°T") if value < 0 else _("%(degrees)s°Đ")
    return words % {"degrees": number(abs(value), digits)}


def names_in_brief(names: Sequence[object]) -> str:
    """The first names, each cut to a readable length, and how many more there are."""
    shown = ", ".join(str(name)[:_NAME_LENGTH] for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return shown if more <= 0 else shown + _(" … và %(more)s tên nữa") % {"more": number(more)}
