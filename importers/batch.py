"""What flows through the import: a columnar batch of features, and the issues found in it.

Readers make batches, `importers.steps` turn one into the next, `importers.load` writes them.
Nothing here knows a file format or the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute

import numpy as np
import shapely

from layers.crs import Crs

Place = tuple[float | None, float | None]


@dataclass(frozen=True)
class Batch:
    """Features in columns: every array has one entry a feature.

    Attributes:
        columns: attribute arrays by name, shape (n,): objects (None where empty) or plain numbers.
        geometry: shapely geometries, object array (n,), None where missing; x east, y north.
        rows: the row of each feature in its file, counted from 1, int64 (n,).
        crs: the system of `geometry`.
    """

    columns: dict[str, np.ndarray]
    geometry: np.ndarray
    rows: np.ndarray
    crs: Crs

    def __len__(self) -> int:
        return len(self.rows)

    def keep(self, mask: np.ndarray) -> "Batch":
        """The features where `mask` (bool, (n,)) holds."""
        if bool(mask.all()):
            return self
        columns = {name: values[mask] for name, values in self.columns.items()}
        return Batch(columns, self.geometry[mask], self.rows[mask], self.crs)

    def with_columns(self, columns: dict[str, np.ndarray]) -> "Batch":
        """The same features with other attributes."""
        return replace(self, columns=columns)

    def with_geometry(self, geometry: np.ndarray) -> "Batch":
        """The same features with other shapes in the same system."""
        return replace(self, geometry=geometry)


@dataclass(frozen=True)
class Issue:
    """One defect of one row. `severity` error: the row is left out; warning: it is loaded.

    `x`, `y` are the place in the file's own system (x east, y north). Message and hint come from
    `importers.issue_texts` by `code`; `hint` here overrides it. `cells`: the row as the file has
    it, where no batch holds it; only its key is taken from there, the rest may be personal.
    """

    row: int
    code: str
    field: str = ""
    value: str = ""
    severity: str = "error"
    hint: str = ""
    x: float | None = None
    y: float | None = None
    cells: Mapping[str, object] | None = attribute(default=None, repr=False, compare=False)


def issues_at(
    batch: Batch,
    mask: np.ndarray,
    code: str,
    *,
    severity: str = "error",
    values: Iterable[str] | None = None,
    field: str = "",
) -> list[Issue]:
    """One issue for each feature where `mask` holds, placed at a point of its geometry.

    `values` gives the text shown for each of them, in order.
    """
    found = np.flatnonzero(mask)
    if not len(found):
        return []
    shown = list(values) if values is not None else [""] * len(found)
    places = places_of(batch.geometry[found])
    return [
        Issue(int(row), code, field, value[:200], severity, "", x, y)
        for row, value, (x, y) in zip(batch.rows[found], shown, places, strict=True)
    ]


def places_of(geometry: np.ndarray) -> list[Place]:
    """A position on each shape (its first vertex), (None, None) without one."""
    places: list[Place] = []
    for shape in geometry:
        xy = shapely.get_coordinates(shape)[:1] if shape is not None else np.empty((0, 2))
        finite = len(xy) and bool(np.isfinite(xy).all())
        places.append((float(xy[0, 0]), float(xy[0, 1])) if finite else (None, None))
    return places


def object_array(values: Iterable[object]) -> np.ndarray:
    """A one-dimensional object array, also when the values are lists or shapes."""
    items = list(values)
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
