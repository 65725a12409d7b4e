"""`ONT-C 100; CLN 200,5` → `ONT+CLN`: a register's cell holds marks and areas beside the codes.

Comes before `coerce`, which takes codes only. Areas go to the field that the register declares for
them (`use_areas`), unless the file says them itself; what is dropped is said. Whether the codes
exist is `check_land_use`'s matter. Marks: -C main, -P auxiliary purpose, * rural residential
(Circular 25/2014).
"""

import re
from dataclasses import dataclass

import numpy as np

from importers.batch import Batch, Issue, issues_at, object_array
from layers.definition import LayerDefinition
from layers.landuse import parts_of, written_areas

_PLAIN = re.compile(r"[A-Za-z]{3}(?:\s*[+;,/]\s*[A-Za-z]{3})*")


@dataclass(frozen=True)
class _Read:
    """What a cell holds: its codes, its areas ("" when not of all), whether marks stand there."""

    codes: str
    areas: str
    is_marked: bool

    def loses(self, has_keeper: bool) -> bool:
        """Whether anything but codes and kept areas stood there."""
        return self.is_marked or not (has_keeper and self.areas)


def land_use_parts(batch: Batch, definition: LayerDefinition) -> tuple[Batch, list[Issue]]:
    """Codes alone in every land-use column, and a warning `land-use-parts` where more stood that
    no other field keeps.
    """
    issues: list[Issue] = []
    register = definition.land.register
    for field in definition.fields:
        if field.type.name == "land_use" and field.name in batch.columns:
            keeper = register.use_areas if register and register.use == field.name else ""
            batch, found = _column(batch, field.name, keeper)
            issues += found
    return batch, issues


def _column(batch: Batch, name: str, keeper: str) -> tuple[Batch, list[Issue]]:
    values = batch.columns[name].tolist()
    known = {value: _read(value) for value in set(values) if isinstance(value, str)}
    read = [known.get(value) if isinstance(value, str) else None for value in values]
    if not any(read):
        return batch, []
    columns = dict(batch.columns)
    columns[name] = object_array(r.codes if r else v for r, v in zip(read, values, strict=True))
    if keeper:
        own = columns[keeper].tolist() if keeper in columns else [None] * len(values)
        columns[keeper] = object_array(
            (r.areas or None) if r and said in (None, "") else said
            for r, said in zip(read, own, strict=True)
        )
    mask = np.array([r is not None and r.loses(bool(keeper)) for r in read], dtype=bool)
    shown = [
        f"{v} → {r.codes}" for v, r, gone in zip(values, read, mask, strict=True) if r and gone
    ]
    issues = issues_at(batch, mask, "land-use-parts", severity="warning", values=shown, field=name)
    return batch.with_columns(columns), issues


def _read(value: str) -> _Read | None:
    """None when the cell is plain, or cannot be read so."""
    text = value.strip()
    if not text or _PLAIN.fullmatch(text):
        return None
    parts = parts_of(text)
    if not parts:
        return None
    codes = "+".join(dict.fromkeys(part.code for part in parts))
    return _Read(codes, written_areas(parts), any(part.is_marked for part in parts))
