"""Indicators as data: one TOML file each in `indicators/`, named for the indicator's address.

A file says which layer, which condition (CQL2), which field tells the classes apart and what is
summed; `tally` counts any of them. Nothing here knows a layer.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from layers.cql2 import Sql, compile_filter, queryables_of
from layers.definition import LayerDefinition, Text
from layers.errors import BadFilter

FOLDER = Path(__file__).parent / "indicators"
# What a class may be told apart by; a list would count one feature in several classes.
GROUPED = ("text", "number", "integer", "boolean")


@dataclass(frozen=True)
class Indicator:
    """One declared question to the live version of a layer.

    Attributes:
        key: its name in addresses.
        group: the public field whose values are the classes.
        bounds: of a number, where its classes begin; the first class lies below the first bound.
        where: a condition in CQL2 text; empty for all features.
        area: the features' areas are summed (m² in the source grid).
        length: their lengths are (m).
        amount: a public number that is summed; its unit is the field's.
        old_unit: the public field that names the commune of before 2025-07-01, if there is one.
        measure: what bars and colours follow: count, area, length or amount.
    """

    key: str
    layer: str
    title: Text
    about: Text
    group: str
    bounds: tuple[int, ...] = ()
    where: str = ""
    area: bool = False
    length: bool = False
    amount: str = ""
    old_unit: str = ""
    measure: str = "count"
    position: int = 100

    @property
    def fields(self) -> tuple[str, ...]:
        """The declared fields that it reads, beside those of its condition."""
        return tuple(name for name in (self.group, self.amount, self.old_unit) if name)

    def fits(self, definition: LayerDefinition) -> bool:
        """Whether the layer has public fields to answer it; a field that was made private since
        takes its indicators with it.
        """
        names = queryables_of(definition)
        if any(name not in names for name in self.fields):
            return False
        if names[self.group].kind not in GROUPED:
            return False
        try:
            self.condition(definition)
        except BadFilter:
            return False
        return True

    def condition(self, definition: LayerDefinition) -> Sql | None:
        """The compiled condition. Raises BadFilter."""
        if not self.where:
            return None
        return compile_filter(self.where, "cql2-text", queryables_of(definition))


@cache
def indicators() -> tuple[Indicator, ...]:
    """All of them, in the order of the page. Raises TypeError for a key that means nothing."""
    found = (read(path) for path in sorted(FOLDER.glob("*.toml")))
    return tuple(sorted(found, key=lambda one: (one.position, one.key)))


def read(path: Path) -> Indicator:
    """One file; its name is the key."""
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    for name in ("title", "about"):
        raw[name] = Text(**raw[name])
    raw["bounds"] = tuple(raw.get("bounds", ()))
    return Indicator(key=path.stem, **raw)
