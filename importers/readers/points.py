"""One point a row: the shapes of a table of places."""

from itertools import islice

import numpy as np
import shapely

from importers.batch import Batch, Issue
from importers.readers.coordinates import verify
from importers.readers.source import BATCH_ROWS, Stream
from importers.readers.table import (
    Table,
    TableRow,
    attributes,
    bad_coordinate,
    coordinate,
    table_rows,
)
from layers.crs import Crs


def features(table: Table, crs: Crs) -> Stream:
    """Batches of points; a row without numbers in its coordinate cells is an issue."""
    rows = table_rows(table)
    while chunk := list(islice(rows, BATCH_ROWS)):
        yield _batch(table, chunk, crs)


def _batch(table: Table, chunk: list[TableRow], crs: Crs) -> tuple[Batch, list[Issue]]:
    columns = table.columns
    issues = [row.defect for row in chunk if row.defect]
    whole = [row for row in chunk if not row.defect]
    east = np.array([coordinate(row.cells[columns.east]) for row in whole], dtype=np.float64)
    north = np.array([coordinate(row.cells[columns.north]) for row in whole], dtype=np.float64)
    east, north = verify(columns, crs, east, north)
    good = np.isfinite(east) & np.isfinite(north)
    issues += [
        bad_coordinate(table, whole[i].number, whole[i].cells) for i in np.flatnonzero(~good)
    ]
    geometry = np.asarray(shapely.points(np.column_stack([east[good], north[good]])))
    kept = [row.cells for row, is_good in zip(whole, good, strict=True) if is_good]
    rows = np.array([row.number for row in whole], dtype=np.int64)[good]
    return Batch(attributes(table, kept), geometry, rows, crs), issues
