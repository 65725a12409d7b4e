"""A table → a Source: points or corner lists, as the layer's geometry asks."""

from importers.encoding import ColumnEncoding
from importers.readers import corners, points, shape_cells
from importers.readers.source import Source, Stream, Wanted, first_of
from importers.readers.table import Table
from importers.refusals import EmptyFile
from layers.crs import Crs


def open_table(
    table: Table, format_name: str, wanted: Wanted, encodings: list[ColumnEncoding]
) -> Source:
    """The sheet as a source of features. Raises BadTable, EmptyFile."""
    if next(iter(table.rows()), None) is None:
        raise EmptyFile(table.name)
    grouped = wanted.geometry != "point" and not table.columns.cell
    group = corners.grouping(table.header, wanted) if grouped else None
    used = {table.columns.east, table.columns.north}

    def read(crs: Crs) -> Stream:
        if table.columns.cell:
            return shape_cells.features(table, wanted.geometry, crs)
        if group is None:
            return points.features(table, crs)
        return corners.features(table, group, wanted.geometry, crs)

    return Source(
        format=format_name,
        name=table.name,
        fields=[n for i, n in enumerate(table.header) if n and i not in used],
        feature_count=None,
        crs_text=table.columns.crs_text(),
        read=read,
        first_shapes=first_of(read),
        axes=table.columns.describe(),
        axis_names=None
        if table.columns.cell
        else (table.columns.east_name, table.columns.north_name),
        encodings=encodings,
    )
