"""Raw cells → values of the declared types. A cell that cannot be read refuses its row.

A row with one wrong value is not half right: it is left out and listed, the others go on.
"""

from typing import Any

import numpy as np

from importers.batch import Batch, Issue, object_array
from layers.definition import Field, LayerDefinition
from layers.fieldtypes import BadValue, FieldType
from layers.values import is_empty


def coerce(batch: Batch, definition: LayerDefinition) -> tuple[Batch, list[Issue]]:
    """Stored values in every declared column; rows with an unreadable or missing value refused."""
    good = np.ones(len(batch), dtype=bool)
    columns: dict[str, np.ndarray] = {}
    issues: list[Issue] = []
    for field in definition.fields:
        raw = batch.columns.get(field.name)
        if raw is None:
            continue
        columns[field.name], bad = _column(raw, field)
        if bad:
            issues += [_issue(int(batch.rows[i]), field, raw[i], error) for i, error in bad]
            good[[i for i, _error in bad]] = False
    return batch.with_columns(columns).keep(good), issues


def _column(raw: np.ndarray, field: Field) -> tuple[np.ndarray, list[tuple[int, BadValue]]]:
    """Coerced values, and (position, error) of failures; each distinct cell is read once."""
    known: dict[Any, Any] = {}
    values: list[Any] = []
    bad: list[tuple[int, BadValue]] = []
    for position, cell in enumerate(raw.tolist()):
        try:
            value = known[cell]
        except KeyError:
            value = known[cell] = _read(cell, field.type, field)
        except TypeError:  # a list cannot be a dictionary's key
            value = _read(cell, field.type, field)
        if isinstance(value, BadValue):
            bad.append((position, value))
            value = None
        values.append(value)
    return object_array(values), bad


def _read(cell: Any, kind: FieldType, field: Field) -> Any:
    """The value, or the BadValue itself: errors are cached like values."""
    try:
        value = kind.coerce(cell)
    except BadValue as error:
        return error
    if field.required and is_empty(value):
        return BadValue("required-missing", "")
    return value


def _issue(row: int, field: Field, cell: Any, error: BadValue) -> Issue:
    shown = "" if cell is None else str(cell)
    return Issue(row, error.code, field.name, shown[:200], hint=error.hint)
