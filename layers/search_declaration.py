"""What a layer's `[search]` table says: what its features are called among results, and which
of them come first. Read by `layers.definition`.
"""

from dataclasses import dataclass
from typing import Any

KINDS = ("", "parcel", "lot", "place", "station", "feature")


@dataclass(frozen=True)
class First:
    """What search shows first: rows whose `field` has one of `values`, in that order, then by
    `then`, the soonest first. Without a field every row is alike.
    """

    field: str = ""
    values: tuple[str, ...] = ()
    then: str = ""


def declared_kind(raw: dict[str, Any], problems: list[str]) -> str:
    """One of KINDS; "" leaves it to the layer's fields."""
    kind = str(raw.get("kind", ""))
    if kind not in KINDS:
        problems.append(f"search.kind: phải là {', '.join(KINDS[1:])}")
    return kind


def declared_first(raw: dict[str, Any]) -> First:
    """The order of results; none when nothing is declared."""
    values = tuple(str(value) for value in raw.get("values", ()))
    return First(str(raw.get("field", "")), values, str(raw.get("then", "")))
