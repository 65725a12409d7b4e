"""Values that a person gives for the whole file, where its rows say nothing.

A drawing holds boundaries, numbers and land codes, never a status or a managing organisation; the
steward says those once. Used by the steward's form, the API and the command line, and by `rename`.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from importers.batch import object_array
from importers.columns import fold_name, names_of
from importers.refusals import ImportRefused
from layers.definition import LayerDefinition
from layers.values import is_empty


class BadFixedValue(ImportRefused):
    """A value for the whole file names no field, or is not written `field = value`."""

    code = "bad-fixed-value"
    title = gettext_lazy("Giá trị dùng chung cho cả tệp chưa đúng")
    hint = gettext_lazy("Viết mỗi dòng một trường: TÊN TRƯỜNG = GIÁ TRỊ.")


def parse_values(lines: Iterable[str]) -> dict[str, str]:
    """`Tình trạng = Trống` → `{"Tình trạng": "Trống"}`, one a line. Raises BadFixedValue."""
    found: dict[str, str] = {}
    for line in lines:
        name, equals, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not (name and equals and value):
            raise BadFixedValue(_("Dòng “%(line)s” không có dấu =.") % {"line": line[:80]})
        found[name] = value
    return found


def by_field(definition: LayerDefinition, values: Mapping[str, str]) -> dict[str, str]:
    """The same by declared field names; labels and aliases are understood. Raises BadFixedValue."""
    found: dict[str, str] = {}
    for name, value in values.items():
        field = next((f for f in definition.fields if fold_name(name) in names_of(f)), None)
        if field is None:
            labels = ", ".join(f.label.vi for f in definition.fields)
            raise BadFixedValue(
                _("Lớp không có trường “%(name)s”. Các trường: %(labels)s.")
                % {"name": name[:80], "labels": labels}
            )
        found[field.name] = value
    return found


def filled(column: np.ndarray | None, value: str, count: int) -> np.ndarray:
    """The column (n,) with its empty cells filled; a new one where the file has none."""
    if column is None:
        return object_array([value] * count)
    if column.dtype != object:
        return column
    return object_array(value if is_empty(cell) else cell for cell in column)
