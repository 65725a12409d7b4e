"""Corner lists: one row a corner, attributes on every row or only on the first of each feature.

A feature begins where a key cell is filled with another value. A ring begins where the ring column
changes, or after a corner that closes the ring before; a ring inside the first is a hole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, object_array
from importers.readers.coordinates import verify
from importers.readers.source import Stream, Wanted
from importers.readers.table import (
    Table,
    attributes,
    bad_coordinate,
    coordinate,
    named_cells,
    position_of,
    table_rows,
)
from importers.refusals import BadTable
from layers.crs import Crs
from layers.values import is_empty

_FEATURES_A_BATCH = 5_000
_GROUP = frozenset({"malo", "mahinh", "mathua", "featureid", "fid", "objectid", "id", "ma", "code"})
_RING = frozenset({"vong", "ring", "part", "phan", "manh"})
_CORNER = frozenset(
    {"diem", "sohieudiem", "dinh", "sttdinh", "corner", "cornerno", "vertex", "moc", "sohieumoc"}
)


@dataclass(frozen=True)
class Grouping:
    """Positions of the columns that tell features and rings apart."""

    keys: tuple[int, ...]
    ring: int | None


@dataclass
class _Feature:
    """The corners of one feature, ring by ring, and its merged attribute cells."""

    row: int
    key: tuple[Any, ...]
    cells: list[Any]
    rings: list[list[tuple[float, float]]] = field(default_factory=list)
    ring_label: Any = None
    bad: Issue | None = None


def grouping(header: list[str], wanted: Wanted) -> Grouping:
    """The columns that tell one feature from the next. Raises BadTable without any."""
    keys = [position_of(header, names) for names in wanted.key_names]
    found = tuple(position for position in keys if position is not None)
    if not found:
        named = position_of(header, _GROUP)
        found = (named,) if named is not None else ()
    if not found:
        raise BadTable(
            _("Bảng liệt kê đỉnh cần cột mã của hình (ví dụ “Mã lô”) để biết đỉnh thuộc hình nào.")
        )
    return Grouping(found, position_of(header, _RING))


def features(table: Table, group: Grouping, geometry: str, crs: Crs) -> Stream:
    """Batches of polygons (or lines) built from corners; a broken feature is an issue."""
    found = _collect(table, group)
    while chunk := list(islice(found, _FEATURES_A_BATCH)):
        yield _batch(table, chunk, geometry, crs)


def _collect(table: Table, group: Grouping) -> Iterator[_Feature]:
    """Features in file order."""
    current: _Feature | None = None
    for row, cells, defect in table_rows(table):
        key = tuple(cells[i] for i in group.keys)
        if current is None or _begins(key, current.key):
            if current is not None:
                yield current
            current = _Feature(row, key, cells)
        current.bad = current.bad or defect
        _add_corner(current, table, group, row, cells)
    if current is not None:
        yield current


def _begins(key: tuple[Any, ...], current: tuple[Any, ...]) -> bool:
    """A filled key cell that differs from the current feature's."""
    return any(
        not is_empty(new) and str(new).strip() != str(old).strip()
        for new, old in zip(key, current, strict=True)
    )


def _add_corner(
    feature: _Feature, table: Table, group: Grouping, row: int, cells: list[Any]
) -> None:
    for index, cell in enumerate(cells):
        if is_empty(feature.cells[index]):
            feature.cells[index] = cell
    east = coordinate(cells[table.columns.east])
    north = coordinate(cells[table.columns.north])
    if not (np.isfinite(east) and np.isfinite(north)):
        feature.bad = feature.bad or bad_coordinate(table, row, cells)
        return
    label = cells[group.ring] if group.ring is not None else None
    if not feature.rings or _starts_ring(feature, label):
        feature.rings.append([])
    feature.ring_label = feature.ring_label if is_empty(label) else label
    feature.rings[-1].append((east, north))


def _starts_ring(feature: _Feature, label: Any) -> bool:
    ring = feature.rings[-1]
    closed = len(ring) > 3 and ring[0] == ring[-1]
    return closed or (not is_empty(label) and label != feature.ring_label)


def _batch(
    table: Table, chunk: list[_Feature], geometry: str, crs: Crs
) -> tuple[Batch, list[Issue]]:
    corners = np.array([xy for f in chunk for ring in f.rings for xy in ring]).reshape(-1, 2)
    east, _north = verify(table.columns, crs, corners[:, 0], corners[:, 1])
    turned = east is not corners[:, 0] and len(corners) > 0 and east[0] != corners[0, 0]
    issues, kept, shapes = [], [], []
    for feature in chunk:
        rings = [np.array(r)[:, ::-1] if turned else np.array(r) for r in feature.rings]
        shape = None if feature.bad else build(rings, geometry)
        if shape is None:
            named = named_cells(table, feature.cells)
            issues.append(feature.bad or Issue(feature.row, "too-few-corners", cells=named))
            continue
        kept.append(feature)
        shapes.append(shape)
    rows = np.array([f.row for f in kept], dtype=np.int64)
    columns = attributes(table, [f.cells for f in kept])
    shown = {n: v for n, v in columns.items() if n not in _corner_columns(table, columns)}
    return Batch(shown, object_array(shapes), rows, crs), issues


def _corner_columns(table: Table, columns: dict[str, np.ndarray]) -> set[str]:
    """Columns that describe the corner, not the feature."""
    found = (position_of(table.header, _CORNER), position_of(table.header, _RING))
    return {table.header[i] for i in found if i is not None} & set(columns)


def build(rings: list[np.ndarray], geometry: str) -> shapely.Geometry | None:
    """Rings (each (n, 2)) → Polygon, MultiPolygon or LineString; None with too few corners."""
    if not rings:
        return None
    if geometry == "line":
        lines = [shapely.LineString(r) for r in rings if len(r) > 1]
        return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines) if lines else None
    if any(len(np.unique(r, axis=0)) < 3 for r in rings):
        return None
    parts: list[tuple[np.ndarray, list[np.ndarray]]] = []
    for ring in rings:
        owner = next((p for p in parts if _inside(ring, p[0])), None)
        if owner:
            owner[1].append(ring)
        else:
            parts.append((ring, []))
    polygons = [shapely.Polygon(shell, holes) for shell, holes in parts]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _inside(ring: np.ndarray, shell: np.ndarray) -> bool:
    return bool(shapely.Polygon(shell).covers(shapely.Point(ring[0])))
