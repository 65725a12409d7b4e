"""One point a row: the shapes of a table of places."""

from itertools import islice
from typing import Any

import numpy as np
import shapely

from importers.batch import Batch, Issue
from importers.readers.coordinates import verify
from importers.readers.source import BATCH_ROWS, Stream
from importers.readers.table import Table, attributes, bad_coordinate, coordinate, numbered_rows
from layers.crs import Crs


def features(table: Table, crs: Crs) -> Stream:
    """Batches of points; a row without numbers in its coordinate cells is an issue."""
    rows = numbered_rows(table)
    while chunk := list(islice(rows, BATCH_ROWS)):
        yield _batch(table, chunk, crs)


def _batch(table: Table, chunk: list[tuple[int, list[Any]]], crs: Crs) -> tuple[Batch, list[Issue]]:
    columns = table.columns
    east = np.array([coordinate(cells[columns.east]) for _, cells in chunk])
    north = np.array([coordinate(cells[columns.north]) for _, cells in chunk])
    east, north = verify(columns, crs, east, north)
    good = np.isfinite(east) & np.isfinite(north)
    issues = [bad_coordinate(table, *chunk[i]) for i in np.flatnonzero(~good)]
    geometry = np.atleast_1d(shapely.points(east[good], north[good]))
    kept = [cells for (_, cells), is_good in zip(chunk, good, strict=True) if is_good]
    rows = np.array([number for number, _ in chunk], dtype=np.int64)[good]
    return Batch(attributes(table, kept), geometry, rows, crs), issues
