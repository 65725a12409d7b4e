"""Columns of the file → declared fields, by name, alias or label. Other columns are left behind.

What a person said for the whole file fills the cells that say nothing.
"""

import numpy as np

from importers.batch import Batch, object_array
from importers.columns import ColumnMapping
from importers.fixed_values import filled


def rename(batch: Batch, mapping: ColumnMapping) -> Batch:
    """The batch with one column for each mapped field; fields without a column are absent."""
    columns: dict[str, np.ndarray] = {}
    for field, column in mapping.source.items():
        values = batch.columns.get(column)
        columns[field] = values if values is not None else object_array([None] * len(batch))
    for field, value in mapping.given.items():
        columns[field] = filled(columns.get(field), value, len(batch))
    return batch.with_columns(columns)
