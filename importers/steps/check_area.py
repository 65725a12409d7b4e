"""The area that the file states against the area of the shape in the source grid.

Parcels are judged by the accuracy of their map's scale (`importers.area_accuracy`); areas of other
layers are stated roughly, they are judged by a share.
"""

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from importers.area_accuracy import allowed_difference
from importers.batch import Batch, Issue, issues_at
from importers.wording import number
from layers.definition import Field, LayerDefinition

# Layers without a map's scale.
SHARE = 0.05
LEAST_M2 = 5.0
# Of the shape's area: beyond it is another unit or another parcel.
FAR = 0.5
_M2_PER_HECTARE = 10_000.0


def check_area(batch: Batch, definition: LayerDefinition, areas: np.ndarray) -> list[Issue]:
    """Rows whose field of role `area` (m², or ha by its unit) differs beyond what is allowed."""
    field = next((f for f in definition.fields if f.role == "area"), None)
    if field is None or field.name not in batch.columns:
        return []
    factor = _M2_PER_HECTARE if field.type.unit == "ha" else 1.0
    stated = _numbers(batch.columns[field.name]) * factor
    scales = _scales(batch, definition)
    if scales is None:
        allowed = np.maximum(SHARE * areas, LEAST_M2)
    else:
        allowed = allowed_difference(areas, scales) + _rounding(field, factor)
    off = np.abs(stated - areas) > allowed
    far = off & (np.abs(stated - areas) > FAR * areas)
    issues: list[Issue] = []
    for code, mask in (("area-far-off", far), ("area-mismatch", off & ~far)):
        shown = [
            _in_words(stated[i], areas[i], allowed[i], None if scales is None else scales[i])
            for i in np.flatnonzero(mask)
        ]
        issues += issues_at(batch, mask, code, severity="warning", values=shown, field=field.name)
    return issues


def _numbers(values: np.ndarray) -> np.ndarray:
    return np.array([np.nan if value is None else float(value) for value in values.tolist()])


def _scales(batch: Batch, definition: LayerDefinition) -> np.ndarray | None:
    """The denominator of each row's map: its own, else the usual one; None for layers without."""
    field = next((f for f in definition.fields if f.role == "scale" or f.name == "scale"), None)
    if field is None and definition.overlaps == "allowed":
        return None
    if field is None or field.name not in batch.columns:
        return np.full(len(batch), float(settings.PORTAL_MAP_SCALE))
    scales = _numbers(batch.columns[field.name])
    return np.where(np.isfinite(scales), scales, float(settings.PORTAL_MAP_SCALE))


def _rounding(field: Field, factor: float) -> float:
    """Half of the last digit that the field has, in m²."""
    digits = field.type.digits if field.type.digits is not None else 1
    return float(0.5 * 10.0**-digits * factor)


def _in_words(stated: float, area: float, allowed: float, scale: float | None) -> str:
    words = _("tệp %(stated)s m², hình %(area)s m², chênh lệch %(off)s m²") % {
        "stated": number(stated, 1),
        "area": number(area, 1),
        "off": number(abs(stated - area), 1),
    }
    if scale is None:
        return words
    return words + _(" (tỷ lệ 1:%(scale)s: đến %(allowed)s m²)") % {
        "scale": number(scale),
        "allowed": number(allowed, 1),
    }
