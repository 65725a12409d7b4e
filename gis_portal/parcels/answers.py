"""The three answers as a page orders them: what concerns first, then what is not known, then what
was looked at and is not there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gis_portal.parcels.parts import Answer, Overlay

ORDER: tuple[Answer, ...] = ("concerned", "not_published", "clear")


@dataclass(frozen=True)
class Group:
    """The layers with one answer."""

    answer: Answer
    overlays: tuple[Overlay, ...]


def groups(overlays: Iterable[Overlay]) -> tuple[Group, ...]:
    """One group an answer that was given, in the order of reading."""
    every = tuple(overlays)
    found = (Group(answer, tuple(o for o in every if o.answer == answer)) for answer in ORDER)
    return tuple(group for group in found if group.overlays)
