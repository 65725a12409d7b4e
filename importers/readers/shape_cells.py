"""A whole shape in one cell of a table: a list of corners, or WKT as a GIS writes it.

`1144200.12 426902.5; 1144210.0 426910.0; …`: the header may say the order (“Tọa độ (X, Y)”: X is
north), else the numbers do, since northings and eastings of Viet Nam do not overlap. Where neither
tells, the file is refused. WKT is always x = east. The cells come from `csv_file` and `xlsx`.
"""

from dataclasses import replace
from itertools import islice

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, object_array
from importers.readers.coordinates import CoordinateColumns, axis_of, reading_order, verify
from importers.readers.corners import build
from importers.readers.shape_text import ShapeText, parse
from importers.readers.source import Stream
from importers.readers.table import (
    Table,
    TableRow,
    attributes,
    named_cells,
    table_rows,
)
from importers.refusals import AxisOrderUnclear
from importers.wording import number
from layers.crs import Crs
from layers.values import is_empty

_FEATURES_A_BATCH = 5_000


def features(table: Table, geometry: str, crs: Crs) -> Stream:
    """Batches of shapes, one a row. Raises AxesSwapped, AxisOrderUnclear."""
    rows = table_rows(table)
    while chunk := list(islice(rows, _FEATURES_A_BATCH)):
        yield _batch(table, chunk, geometry, crs)


def _batch(
    table: Table, chunk: list[TableRow], geometry: str, crs: Crs
) -> tuple[Batch, list[Issue]]:
    issues, parsed = [], []
    for row in chunk:
        cell = row.cells[table.columns.east]
        if row.defect or is_empty(cell):
            issues.append(row.defect or _issue(table, row, "no-geometry"))
            continue
        try:
            parsed.append((row, parse(str(cell))))
        except ValueError as error:
            issues.append(_issue(table, row, "bad-coordinate", str(error)))
    turned = _turned(table.columns, crs, [cell for _row, cell in parsed])
    kept, shapes = [], []
    for row, cell in parsed:
        shape = cell.wkt or _built(cell, geometry, turned)
        if shape is None:
            issues.append(_issue(table, row, "too-few-corners"))
            continue
        kept.append(row)
        shapes.append(shape)
    rows = np.array([row.number for row in kept], dtype=np.int64)
    columns = attributes(table, [row.cells for row in kept])
    return Batch(columns, object_array(shapes), rows, crs), issues


def _issue(table: Table, row: TableRow, code: str, value: str = "") -> Issue:
    name = table.columns.east_name
    return Issue(row.number, code, name, value, cells=named_cells(table, row.cells))


def _built(cell: ShapeText, geometry: str, turned: bool) -> shapely.Geometry | None:
    rings = [ring[:, ::-1] if turned else ring for ring in cell.rings]
    if geometry == "point":
        return shapely.MultiPoint(np.concatenate(rings)) if rings else None
    return build(rings, geometry)


def _turned(columns: CoordinateColumns, crs: Crs, cells: list[ShapeText]) -> bool:
    """Whether the first number of a pair is the northing. Raises AxesSwapped, AxisOrderUnclear."""
    drawn = [cell.wkt for cell in cells if cell.wkt is not None]
    if drawn:
        xy = shapely.get_coordinates(drawn)
        verify(_named(columns, "x", "y"), crs, xy[:, 0], xy[:, 1])
    listed = [ring for cell in cells for ring in cell.rings]
    if not listed:
        return False
    first, second = np.concatenate(listed).T
    said = next((axis_of(cell.order) for cell in cells if cell.order), "") or columns.cell_order
    order = said or reading_order(first, second)
    if not order:
        shown = {"a": number(first[0], 3), "b": number(second[0], 3)}
        raise AxisOrderUnclear(_("Dòng đầu: %(a)s; %(b)s.") % shown)
    turned = order == "north-east"
    east, north = (second, first) if turned else (first, second)
    verify(_named(columns, "Y", "X"), crs, east, north)
    return turned


def _named(columns: CoordinateColumns, east: str, north: str) -> CoordinateColumns:
    """For the words of a refusal: the axis within the cell, not the column."""
    name = columns.east_name
    return replace(columns, east_name=f"{name}: {east}", north_name=f"{name}: {north}")
