"""Land-use codes against the reference list: unknown and replaced ones are said, not changed."""

import numpy as np

from importers.batch import Batch, Issue, issues_at
from layers.definition import LayerDefinition
from layers.fieldtypes import BadValue
from layers.landuse import SEPARATORS, canonical, land_use, parse_codes


def check_land_use(batch: Batch, definition: LayerDefinition) -> list[Issue]:
    """Warnings `unknown-land-use` and `legacy-land-use` for every public land-use field."""
    issues: list[Issue] = []
    for field in definition.fields:
        if field.type.name == "land_use" and field.name in batch.columns:
            issues += _column(batch, field.name)
    return issues


def _column(batch: Batch, name: str) -> list[Issue]:
    values = batch.columns[name].tolist()
    verdicts = {value: _verdict(value) for value in set(values)}
    issues: list[Issue] = []
    for code in ("unknown-land-use", "legacy-land-use"):
        mask = np.array([verdicts[value][0] == code for value in values], dtype=bool)
        shown = [verdicts[value][1] for value in values if verdicts[value][0] == code]
        issues += issues_at(batch, mask, code, severity="warning", values=shown, field=name)
    return issues


def _verdict(value: str | None) -> tuple[str, str]:
    """(issue code or "", text to show) of one cell."""
    if value is None:
        return "", ""
    unknown = [part for part in SEPARATORS.split(value) if not _is_known(part)]
    if unknown:
        return "unknown-land-use", value if [
            value
        ] == unknown else f"{', '.join(unknown)} ({value})"
    readings = [canonical(code) for code in parse_codes(value)]
    changed = [r for r in readings if r.current is not r.written]
    if not changed:
        return "", value
    return "legacy-land-use", ", ".join(f"{r.written.code} → {r.current.code}" for r in changed)


def _is_known(code: str) -> bool:
    try:
        land_use(code)
    except BadValue:
        return False
    return True
