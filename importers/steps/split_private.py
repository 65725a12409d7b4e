"""Public values stay with the feature; officer and restricted ones go behind row security."""

from dataclasses import dataclass

import numpy as np

from importers.batch import Batch
from layers.definition import LayerDefinition


@dataclass(frozen=True)
class SplitColumns:
    """Columns by who may read them. `private` maps a visibility to its columns."""

    public: dict[str, np.ndarray]
    private: dict[str, dict[str, np.ndarray]]


def split_private(batch: Batch, definition: LayerDefinition) -> SplitColumns:
    """Every declared column of the batch on its side of the wall."""
    public: dict[str, np.ndarray] = {}
    private: dict[str, dict[str, np.ndarray]] = {}
    for field in definition.fields:
        if field.name not in batch.columns:
            continue
        side = private.setdefault(field.visibility, {}) if field.is_private else public
        side[field.name] = batch.columns[field.name]
    return SplitColumns(public, private)
