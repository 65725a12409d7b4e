"""The area that the file states against the area of the shape in the source grid."""

import numpy as np

from importers.batch import Batch, Issue, issues_at
from layers.definition import LayerDefinition

# Beyond what drawing at 1:2000 explains; the tolerance by scale comes with the surveyors' tables.
SHARE = 0.05
LEAST_M2 = 5.0


def check_area(batch: Batch, definition: LayerDefinition, areas: np.ndarray) -> list[Issue]:
    """Rows whose field of role `area` (m², or ha by its unit) is off by more than SHARE."""
    field = next((f for f in definition.fields if f.role == "area"), None)
    if field is None or field.name not in batch.columns:
        return []
    factor = 10_000.0 if field.type.unit == "ha" else 1.0
    stated = np.array(
        [np.nan if value is None else float(value) for value in batch.columns[field.name]]
    )
    off = np.abs(stated * factor - areas) > np.maximum(SHARE * areas, LEAST_M2)
    shown = [f"{stated[i] * factor:.1f} m² ≠ {areas[i]:.1f} m²" for i in np.flatnonzero(off)]
    return issues_at(
        batch, off, "area-mismatch", severity="warning", values=shown, field=field.name
    )
