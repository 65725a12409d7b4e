"""Business keys: what makes a feature the same feature in the next import.

Without declared key fields the shape itself is the key, so that the same file twice gives the
same uids.
"""

import hashlib
from collections import Counter
from collections.abc import Callable

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, issues_at
from layers.definition import LayerDefinition
from layers.identity import join_key

UnitVersion = Callable[[str], str]


class KeyNumbers:
    """Keys seen so far in this import: the second `a` becomes `a#2`, in file order."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def number(self, key: str, row: int) -> str:
        """The key, made unique within the import; `row` is where it stands."""
        self._seen[key] += 1
        self._first.setdefault(key, row)
        count = self._seen[key]
        return key if count == 1 else f"{key}#{count}"

    def first_row(self, key: str) -> int:
        """The row where this key stood first."""
        return self._first[key]


def keys(
    batch: Batch, definition: LayerDefinition, numbers: KeyNumbers, unit_version: UnitVersion
) -> tuple[list[str], list[Issue]]:
    """Unique keys of the batch in order; a key met before is a listed defect, not a crash.

    `unit_version` writes a commune code with the date from which it means that commune.
    """
    plain = _declared(batch, definition, unit_version) if definition.key else _by_shape(batch)
    unique = [numbers.number(key, int(row)) for key, row in zip(plain, batch.rows, strict=True)]
    again = np.array([u != p for u, p in zip(unique, plain, strict=True)], dtype=bool)
    shown = [
        _("%(key)strùng với dòng %(row)d")
        % {
            "key": f"{plain[i]}, " if definition.key else "",
            "row": numbers.first_row(plain[i]),
        }
        for i in np.flatnonzero(again)
    ]
    field = ", ".join(definition.key)
    issues = issues_at(batch, again, "duplicate-key", severity="warning", values=shown, field=field)
    return unique, issues


def _declared(batch: Batch, definition: LayerDefinition, unit_version: UnitVersion) -> list[str]:
    parts = []
    for name in definition.key:
        values = batch.columns[name].tolist()
        if definition.by_name[name].type.name == "unit":
            known = {value: unit_version(value) for value in set(values) if value is not None}
            values = [known.get(value) for value in values]
        parts.append(values)
    return [join_key(row) for row in zip(*parts, strict=True)]


def _by_shape(batch: Batch) -> list[str]:
    return [f"shape:{hashlib.sha1(wkb).hexdigest()}" for wkb in shapely.to_wkb(batch.geometry)]  # noqa: S324 - a name, not a secret
