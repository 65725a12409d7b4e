"""Raw cells → values of the declared types. A cell that cannot be read refuses its row.

A row with one wrong value is not half right: it is left out and listed, the others go on.
"""

from typing import Any

import numpy as np

from importers.batch import Batch, Issue, Place, object_array, places_of
from importers.distinct import distinct
from importers.settled import settled
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
            found = [i for i, _error in bad]
            places = places_of(batch.geometry[found])
            issues += [
                _issue(int(batch.rows[i]), field, raw[i], error, place)
                for (i, error), place in zip(bad, places, strict=True)
            ]
            good[found] = False
    return batch.with_columns(columns).keep(good), issues


def _column(raw: np.ndarray, field: Field) -> tuple[np.ndarray, list[tuple[int, BadValue]]]:
    """Coerced values, and (position, error) of failures; each distinct cell is read once."""
    if (as_they_are := settled(raw, field.type)) is not None:
        return as_they_are, []
    codes, cells = distinct(raw)
    read = [_read(cell, field.type, field) for cell in cells]
    wrong = np.array([isinstance(value, BadValue) for value in read], dtype=bool)
    if raw.dtype.kind == "O" and all(map(_is_as_it_was, cells, read)):
        return raw, []
    values = object_array(None if isinstance(value, BadValue) else value for value in read)
    bad = [(int(i), read[codes[i]]) for i in np.flatnonzero(wrong[codes])] if wrong.any() else []
    return values[codes], bad


def _read(cell: Any, kind: FieldType, field: Field) -> Any:
    """The value, or the BadValue itself: errors are cached like values."""
    try:
        value = kind.coerce(cell)
    except BadValue as error:
        return error
    if field.required and is_empty(value):
        return BadValue("required-missing", "")
    return value


def _is_as_it_was(cell: Any, value: Any) -> bool:
    return cell is value or (type(cell) is str and type(value) is str and cell == value)


def _issue(row: int, field: Field, cell: Any, error: BadValue, place: Place) -> Issue:
    shown = "" if cell is None else str(cell)
    x, y = place
    return Issue(row, error.code, field.name, shown[:200], hint=error.hint, x=x, y=y)
