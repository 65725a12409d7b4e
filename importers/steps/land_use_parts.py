"""`ONT-C 100; CLN 200,5` → `ONT+CLN`: a register's cell holds marks and areas beside the codes.

Comes before `coerce`, which takes codes only. What is dropped is said; whether the codes exist is
`check_land_use`'s matter. Marks: -C main, -P auxiliary purpose, * rural residential (Circular
25/2014).
"""

import re

import numpy as np

from importers.batch import Batch, Issue, issues_at, object_array
from layers.definition import LayerDefinition

# A comma between digits is a decimal one.
_BETWEEN = re.compile(r"\s*(?:[+;/&\n]|,(?!\d)|(?<!\d),)\s*|(?<=[A-Za-z*)\d])\s+(?=[A-Za-z]{3}\b)")
_AREA = r"[\d.,]+(?:\s*(?:m2|m²))?"
_PART = re.compile(
    rf"(?P<code>[A-Za-z]{{3}})(?:\*|-[CPcp])*(?:\s*[:=]?\s*{_AREA}|\s*\(\s*{_AREA}\s*\))?(?:\*|-[CPcp])*"
)
_PLAIN = re.compile(r"[A-Za-z]{3}(?:\s*[+;,/]\s*[A-Za-z]{3})*")


def land_use_parts(batch: Batch, definition: LayerDefinition) -> tuple[Batch, list[Issue]]:
    """Codes alone in every land-use column, and a warning `land-use-parts` where more stood."""
    issues: list[Issue] = []
    columns = dict(batch.columns)
    for field in definition.fields:
        if field.type.name == "land_use" and field.name in columns:
            columns[field.name], found = _column(batch, field.name)
            issues += found
    return batch.with_columns(columns), issues


def _column(batch: Batch, name: str) -> tuple[np.ndarray, list[Issue]]:
    values = batch.columns[name].tolist()
    known = {value: _codes(value) for value in set(values) if isinstance(value, str)}
    changed = {value for value, codes in known.items() if codes is not None}
    if not changed:
        return batch.columns[name], []
    mask = np.array([value in changed for value in values], dtype=bool)
    shown = [f"{value} → {known[value]}" for value in values if value in changed]
    issues = issues_at(batch, mask, "land-use-parts", severity="warning", values=shown, field=name)
    return object_array(known.get(v) or v if isinstance(v, str) else v for v in values), issues


def _codes(value: str) -> str | None:
    """The codes of a cell with marks or areas; None when it is plain, or cannot be read so."""
    text = value.strip()
    if not text or _PLAIN.fullmatch(text):
        return None
    parts = [_PART.fullmatch(part) for part in _BETWEEN.split(text) if part]
    if not parts or not all(parts):
        return None
    return "+".join(dict.fromkeys(part["code"].upper() for part in parts if part))
