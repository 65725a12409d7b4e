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

from importers.batch import Batch, Issue, issues_at, object_array
from importers.distinct import distinct
from layers.definition import LayerDefinition
from layers.identity import join_key

UnitVersion = Callable[[str], str]


class KeyNumbers:
    """Keys seen so far in this import: the second `a` becomes `a#2`, in file order."""

    def __init__(self) -> None:
        self._again: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._marks: list[tuple[np.ndarray, np.ndarray]] = []

    def number(self, key: str, row: int) -> str:
        """The key, made unique within the import; `row` is where it stands."""
        if self._first.setdefault(key, row) == row:
            return key
        self._again[key] += 1
        return f"{key}#{self._again[key] + 1}"

    def number_all(self, keys: list[str], rows: list[int]) -> list[str]:
        """`number` of a batch; keys that are new and all different, the usual case, at once."""
        if len(set(keys)) < len(keys) or not self._first.keys().isdisjoint(keys):
            return [self.number(key, row) for key, row in zip(keys, rows, strict=True)]
        self._first.update(zip(keys, rows, strict=True))
        return keys

    def first_row(self, key: str) -> int:
        """The row where this key stood first."""
        return self._first[key]

    def remember(self, rows: np.ndarray, marks: np.ndarray) -> None:
        """What the shapes of a batch look like: `rows` ascending (n,), `marks` (n,)."""
        self._marks.append((rows, marks))

    def mark(self, row: int) -> int | None:
        """The mark of the shape that stood in this row."""
        for rows, marks in self._marks:
            place = int(np.searchsorted(rows, row))
            if place < len(rows) and rows[place] == row:
                return int(marks[place])
        return None


def keys(
    batch: Batch, definition: LayerDefinition, numbers: KeyNumbers, unit_version: UnitVersion
) -> tuple[list[str], list[Issue]]:
    """Unique keys of the batch in order; a key met before is a listed defect, not a crash.

    `unit_version` writes a commune code with the date from which it means that commune.
    """
    plain = _declared(batch, definition, unit_version) if definition.key else _by_shape(batch)
    unique = numbers.number_all(plain, batch.rows.tolist())
    again = np.array([u is not p for u, p in zip(unique, plain, strict=True)], dtype=bool)
    marks = _marks(batch.geometry)
    numbers.remember(batch.rows, marks)
    shown = []
    for i in np.flatnonzero(again):
        first = numbers.first_row(plain[i])
        same = numbers.mark(first) == int(marks[i])
        shown.append(_double(first, same=same))
    field = ", ".join(definition.key)
    issues = issues_at(batch, again, "duplicate-key", severity="warning", values=shown, field=field)
    return unique, issues


def _double(first: int, *, same: bool) -> str:
    """How a repeated key is shown: the other row, and whether both draw the same shape."""
    words = _("trùng với dòng %(row)d") % {"row": first}
    return words + (_(", hình giống nhau") if same else _(", hình khác nhau"))


def _marks(geometry: np.ndarray) -> np.ndarray:
    """A number a shape, int64 (n,): equal for shapes of the same box, area and length to 1 mm.

    Tells a row that was copied from one that was misnumbered; cheaper than keeping all shapes.
    """
    measures = np.column_stack(
        [shapely.bounds(geometry), shapely.area(geometry), shapely.length(geometry)]
    )
    whole = np.rint(np.nan_to_num(measures) * 1000).astype(np.int64)
    mixed = np.zeros(len(whole), dtype=np.int64)
    for column in whole.T:
        mixed = mixed * np.int64(1_000_003) + column  # wraps round, as a hash may
    return mixed


def _declared(batch: Batch, definition: LayerDefinition, unit_version: UnitVersion) -> list[str]:
    parts = []
    for name in definition.key:
        codes, found = distinct(batch.columns[name])
        if definition.by_name[name].type.name == "unit":
            found = [None if value is None else unit_version(value) for value in found]
        # Written as `join_key` writes them.
        parts.append(object_array(join_key([value]) for value in found)[codes].tolist())
    return list(map("/".join, zip(*parts, strict=True)))


def _by_shape(batch: Batch) -> list[str]:
    return [f"shape:{hashlib.sha1(wkb).hexdigest()}" for wkb in shapely.to_wkb(batch.geometry)]  # noqa: S324 - a name, not a secret
