"""What every reader returns: a Source that tells about itself and streams batches.

Metadata are plain values and batches are columns, so that a reader can later run in a child process
with its records over a pipe.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from importers.batch import Batch, Issue
from importers.encoding import ColumnEncoding
from layers.crs import Crs

BATCH_ROWS = 50_000
# Shapes looked at to judge the coordinate system.
FIRST = 2000
# What is done with a picture: made into a scene, or looked at once it is one (`Wanted.scene`).
TAKE, CHECK = "take", "check"
# The picture that was made, in the private folder.
MADE = "scene.tif"
Stream = Iterator[tuple[Batch, list[Issue]]]


@dataclass(frozen=True)
class Wanted:
    """What the layer needs from a table: its geometry kind and the names its key columns may have.

    `key_names` has one tuple a key field, of names folded by `importers.columns.fold_name`.
    `sheet` is the layer or worksheet that the user chose. `levels`: which levels of a drawing are
    what (`importers.readers.drawing`), None for the usual ones. `file_name`: what its owner
    calls the file; a drawing's may name the map sheet. `scene`: TAKE or CHECK where a
    picture is wanted; `acquired`: its day, ISO.
    """

    geometry: str
    key_names: tuple[frozenset[str], ...] = ()
    sheet: str | None = None
    levels: dict[str, list[str]] | None = None
    file_name: str = ""
    scene: str = ""
    acquired: str | None = None


@dataclass(frozen=True)
class Source:
    """One readable layer of a file.

    Attributes:
        format: for people: `Shapefile`, `GeoPackage`, `GeoJSON`, `CSV`, `XLSX`.
        name: the layer's or sheet's name in the file.
        fields: attribute columns, in the file's order.
        feature_count: as the file says; a table counts while it is read (None).
        crs_text: the file's own CRS (authority code, WKT), None when it says nothing.
        read: `read(crs)` streams batches with the row issues that reading itself found.
        first_shapes: `first_shapes(crs)` gives the first few thousand shapes, (n,).
        axes: how x/y columns of a table were understood, for the report.
        axis_names: a table's columns of east and north, as its header calls them.
        notes: remarks for the report.
        encodings: how the text of each column was read.
    """

    format: str
    name: str
    fields: list[str]
    feature_count: int | None
    crs_text: str | None
    read: Callable[[Crs], Stream]
    first_shapes: Callable[[Crs], np.ndarray]
    axes: str = ""
    axis_names: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)
    encodings: list[ColumnEncoding] = field(default_factory=list)


def sample_points(source: Source, crs: Crs) -> np.ndarray:
    """First vertices of the first features, (n, 2), finite, in the file's own numbers."""
    shapes = source.first_shapes(crs)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.unique(owner, return_index=True)[1]
    return np.asarray(points[first][np.isfinite(points[first]).all(axis=1)])


def first_of(read: Callable[[Crs], Stream]) -> Callable[[Crs], np.ndarray]:
    """`first_shapes` of a source whose first batch is cheap: a table."""

    def first_shapes(crs: Crs) -> np.ndarray:
        found = next((b.geometry for b, _issues in read(crs) if len(b)), None)
        return np.empty(0, dtype=object) if found is None else found[:FIRST]

    return first_shapes
