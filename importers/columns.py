"""Names of columns as people write them, and which declared field each one fills.

Used by the rename step, by the readers of tables (which need the key columns) and by the report.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from django.utils.translation import gettext as _

from importers.refusals import AmbiguousColumns, MissingColumns
from importers.wording import names_in_brief
from layers.definition import Field, LayerDefinition
from layers.fieldtypes import fold

# A DBF cuts names after ten bytes.
_DBF_LENGTH = 10


def fold_name(name: str) -> str:
    """`Số hiệu tờ bản đồ` → `sohieutobando`: lower case, no accents, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


def names_of(field: Field) -> frozenset[str]:
    """Every folded name that a file may use for this field."""
    names = (field.name, *field.aliases, field.label.vi, field.label.en)
    return frozenset(fold_name(name) for name in names) - {""}


@dataclass(frozen=True)
class ColumnMapping:
    """`source`: declared field name → the file's column. `unused`: columns that fill no field.

    `given`: field → value for rows that say nothing (`importers.fixed_values`).
    """

    source: dict[str, str]
    unused: list[str]
    given: Mapping[str, str] = attribute(default_factory=dict)


def map_columns(
    definition: LayerDefinition, columns: list[str], given: Mapping[str, str] | None = None
) -> ColumnMapping:
    """Which column fills which field. Raises MissingColumns, AmbiguousColumns.

    `given`: fields that a person has given a value for, which need no column.

    An exact field name wins over an alias or label to the letter, that over one written otherwise;
    names cut to ten bytes are recognised when only one field fits.
    """
    source: dict[str, str] = {}
    taken: set[str] = set()
    for match in (_exactly, _to_the_letter, _by_alias, _cut):
        for field in definition.fields:
            if field.name in source:
                continue
            found = [c for c in columns if c not in taken and match(field, c, definition)]
            if len(found) > 1:
                raise AmbiguousColumns(f"{field.label.vi}: {', '.join(found)}")
            if found:
                source[field.name] = found[0]
                taken.add(found[0])
    given = given or {}
    _require(definition, {*source, *given}, columns)
    return ColumnMapping(source, [c for c in columns if c not in taken], given)


def _exactly(field: Field, column: str, _definition: LayerDefinition) -> bool:
    return column.lower() == field.name


def _to_the_letter(field: Field, column: str, _definition: LayerDefinition) -> bool:
    names = (*field.aliases, field.label.vi, field.label.en)
    return column.casefold() in {name.casefold() for name in names}


def _by_alias(field: Field, column: str, _definition: LayerDefinition) -> bool:
    return fold_name(column) in names_of(field)


def _cut(field: Field, column: str, definition: LayerDefinition) -> bool:
    """A ten-letter DBF name that begins exactly one field's name."""
    if len(column.encode()) != _DBF_LENGTH:
        return False
    folded = fold_name(column)
    fits = [f for f in definition.fields if any(n.startswith(folded) for n in names_of(f))]
    return fits == [field]


def _require(definition: LayerDefinition, source: set[str], columns: list[str]) -> None:
    """Required fields and key fields need a column."""
    needed = [f for f in definition.fields if f.required or f.name in definition.key]
    missing = [f for f in needed if f.name not in source]
    if missing:
        accepted = {f.label.vi: list(f.aliases[:4] or (f.name,)) for f in missing}
        wanted = "; ".join(f"{label} ({', '.join(names)})" for label, names in accepted.items())
        raise MissingColumns(
            _("%(wanted)s. Các cột có trong tệp: %(names)s")
            % {"wanted": wanted, "names": names_in_brief(columns) or "—"},
            missing=[{"label": label, "names": names} for label, names in accepted.items()],
            columns=columns[:50],
        )
