"""Which levels of a drawing are what: the circulars' table, names of layers, a person's own word.

A role is a use that `importers.readers.drawing` has for a level. The table is
`importers/drawing_levels.toml`; what a person names for an import overrides it role by role.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from importers.refusals import LevelsNeeded
from layers.fieldtypes import fold

TABLE = Path(__file__).parent.parent / "drawing_levels.toml"
# What a person may name. `owner` is known in order to be left out: it is personal.
ROLES = (
    "boundary", "parcel_no", "land_use", "area", "sheet", "label", "owner", "lines", "points",
)  # fmt: skip
# `10`, `010`, `LEVEL 10`, `Level10`, `Lv_10`, `Lớp 10`, `L10`.
_NUMBERED = re.compile(r"(?:level|lev|lvl|lv|layer|lop|l)?0*(\d{1,2})")
# `10_RANH_THUA`, `13-TD4`: a number, then what the table calls it.
_NUMBER_FIRST = re.compile(r"0*(\d{1,2})[ _.-]+(.+)")
_LISTED = 40


@dataclass(frozen=True)
class Level:
    """One level of the circulars; `names` are in Vietnamese and English, `role` may be empty."""

    number: int
    code: str
    name_vi: str
    name_en: str
    geometry: str
    regime: str
    role: str

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_en if (get_language() or "vi").startswith("en") else self.name_vi


@dataclass(frozen=True)
class Counted:
    """What stands on one level of a drawing."""

    lines: int = 0
    areas: int = 0
    points: int = 0
    texts: int = 0

    def describe(self) -> str:
        """`120 đường, 60 chữ`."""
        shown = (
            (self.lines, _("đường")),
            (self.areas, _("vùng")),
            (self.points, _("điểm")),
            (self.texts, _("chữ")),
        )
        return ", ".join(f"{count} {word}" for count, word in shown if count)


@dataclass(frozen=True)
class Levels:
    """`by_role`: role → names of levels in the drawing. `free`: levels without any known meaning.

    `absent`: levels that the person named and the drawing has not.
    """

    by_role: Mapping[str, frozenset[str]]
    free: frozenset[str]
    absent: tuple[str, ...] = ()

    def of(self, role: str) -> frozenset[str]:
        """Names of the levels with this role."""
        return self.by_role.get(role, frozenset())


@cache
def _table() -> dict[str, Any]:
    with TABLE.open("rb") as stream:
        return tomllib.load(stream)


@cache
def known_levels() -> dict[int, Level]:
    """The circulars' levels by number."""
    return {
        raw["number"]: Level(
            raw["number"],
            raw["code"],
            raw["name"]["vi"],
            raw["name"]["en"],
            raw["geometry"],
            raw["regime"],
            raw.get("role", ""),
        )
        for raw in _table()["level"]
    }


def number_of(name: str) -> int | None:
    """The circulars' number of a level or layer, None for a name that tells none."""
    plain = _fold(name)
    if match := _NUMBERED.fullmatch(plain):
        return int(match.group(1))
    if match := _NUMBER_FIRST.fullmatch(name.strip()):
        number, rest = int(match.group(1)), _fold(match.group(2))
        return number if _calls(number, rest) else None
    return _codes().get(name.strip().upper())


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(name))


def _calls(number: int, rest: str) -> bool:
    """Whether `rest` is what people call this level."""
    level = known_levels().get(number)
    if level is None:
        return False
    names = {_fold(level.code), _fold(level.name_vi), _fold(level.name_en)}
    return rest in names | set(_table()["names"].get(level.role, ()))


@cache
def _codes() -> dict[str, int]:
    """`TD1` → 10; a code that stands for several (`DH1-3`) is written out."""
    found: dict[str, int] = {}
    for level in known_levels().values():
        match = re.fullmatch(r"([A-Z]+)(\d)(?:-(\d))?", level.code)
        if match:
            first, last = int(match.group(2)), int(match.group(3) or match.group(2))
            for digit in range(first, last + 1):
                found.setdefault(f"{match.group(1)}{digit}", level.number)
    return found


def _usual_role(name: str) -> str | None:
    """The role of a level by the table, "" when it is known to be something else, None if free."""
    number = number_of(name)
    if number is not None:
        level = known_levels().get(number)
        return None if level is None else level.role
    plain = _fold(name)
    return next((role for role, names in _table()["names"].items() if plain in names), None)


def is_of_owners(name: str) -> bool:
    """Whether a layer's name says that it holds the names of people."""
    return _usual_role(name) == "owner"


def resolve(wanted: Mapping[str, Iterable[str]] | None, present: Mapping[str, Counted]) -> Levels:
    """Which levels of the drawing have which role. Raises LevelsNeeded for an unknown role."""
    asked = {role: [str(name) for name in names] for role, names in (wanted or {}).items()}
    if unknown := sorted(set(asked) - set(ROLES)):
        raise choice_needed(
            _("Không có vai trò “%(role)s”; các vai trò: %(roles)s.")
            % {"role": ", ".join(unknown), "roles": ", ".join(ROLES)},
            present,
        )
    by_role: dict[str, set[str]] = {}
    absent: list[str] = []
    for role, names in asked.items():
        found = {name: _same(name, present) for name in names}
        absent += [name for name, levels in found.items() if not levels]
        by_role[role] = set().union(*found.values())
    taken: set[str] = set().union(*by_role.values())
    usual = {name: _usual_role(name) for name in present if name not in taken}
    for name, usual_role in usual.items():
        if usual_role and usual_role not in asked:
            by_role.setdefault(usual_role, set()).add(name)
    free = frozenset(name for name, role in usual.items() if role is None)
    return Levels({r: frozenset(n) for r, n in by_role.items()}, free, tuple(absent))


def _same(asked: str, present: Iterable[str]) -> set[str]:
    """Levels of the drawing that a person means: by name, else by number."""
    names = {name for name in present if _fold(name) == _fold(asked) or name == asked}
    number = number_of(asked)
    if names or number is None:
        return names
    return {name for name in present if number_of(name) == number}


def choice_needed(why: str, present: Mapping[str, Counted]) -> LevelsNeeded:
    """The refusal that lists the levels of the drawing, so that a person can choose."""
    rows = [_row(name, counted) for name, counted in present.items()]
    lines = [f"{row['level']}: {row['what']}" for row in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append("…")
    return LevelsNeeded("\n".join([why, *lines]), levels=rows)


def _row(name: str, counted: Counted) -> dict[str, Any]:
    number = number_of(name)
    level = known_levels().get(number) if number is not None else None
    meaning = f" ({level.name})" if level else ""
    return {
        "level": name,
        "name": level.name if level else "",
        "role": _usual_role(name) or "",
        "what": counted.describe() + meaning,
        "lines": counted.lines,
        "areas": counted.areas,
        "points": counted.points,
        "texts": counted.texts,
    }


def in_order(names: Iterable[str]) -> list[str]:
    """Levels as people list them: numbers first, in order."""
    counted = Counter(names)
    return sorted(counted, key=lambda n: (number_of(n) is None, number_of(n) or 0, n))
