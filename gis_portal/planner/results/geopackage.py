"""The pieces as a GeoPackage in the grid that their areas were computed in, with what they are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from gis_portal.planner.results import about
from gis_portal.planner.results.parts import Beat, Part, counted, part_columns, parts
from gis_portal.planner.results.told import Told
from layers.crs import by_code
from layers.exports.crs_text import definition

LAYER, GEOMETRY = "result", "geometry"
BATCH = 5_000
TYPES = {"text": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}


def write_geopackage(told: Told, path: Path, address: str, beat: Beat) -> None:
    """The whole file. Raises what `beat` raises."""
    reading = _Reading(told, beat)
    try:
        _write(told, path, reading)
    except Exception:
        # GDAL tells only that reading failed.
        if reading.failure is not None:
            raise reading.failure from None
        raise
    if reading.failure is not None:
        raise reading.failure
    _add_tables(told, path, address)


class _Reading:
    """What GDAL reads from; what goes wrong on the way is kept, for GDAL tells only its text."""

    def __init__(self, told: Told, beat: Beat) -> None:
        self.grid = by_code(str(told.summary["grid"]))
        self.columns = part_columns(told)
        self.failure: BaseException | None = None
        self._parts = counted(parts(told, self.grid.srid), beat)
        self._schema = pa.schema(
            [
                pa.field("seq", pa.int64()),
                *(pa.field(c.name, TYPES[c.kind]) for c in self.columns),
                pa.field(GEOMETRY, pa.binary()),
            ]
        )

    def reader(self) -> Any:
        """Asks the database as it is read."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches())

    def _batches(self) -> Iterator[Any]:
        try:
            while page := list(islice(self._parts, BATCH)):
                yield self._batch(page)
        except BaseException as failure:
            self.failure = failure
            raise

    def _batch(self, page: list[Part]) -> Any:
        arrays = [pa.array([part.seq for part in page], pa.int64())]
        for number, column in enumerate(self.columns):
            arrays.append(pa.array([part.values[number] for part in page], TYPES[column.kind]))
        arrays.append(pa.array([part.shape for part in page], pa.binary()))
        return pa.record_batch(arrays, schema=self._schema)


def _write(told: Told, path: Path, reading: _Reading) -> None:
    pyogrio.write_arrow(
        reading.reader(),
        path,
        layer=LAYER,
        driver="GPKG",
        geometry_name=GEOMETRY,
        # Pieces are of several kinds: a parcel cut in two is a multipolygon.
        geometry_type="Unknown",
        crs=definition(reading.grid),
        dataset_options={"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": "geom", "IDENTIFIER": told.title},
        layer_metadata=dict(about.facts(told)),
    )


def _add_tables(told: Told, path: Path, address: str) -> None:
    """Plain tables that QGIS shows beside the layer: about, inputs, fields."""
    tables: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "about": (
            ("name", "value"),
            [*about.facts(told, address), ("document", about.document_text(told))],
        ),
        "inputs": (about.INPUT_HEADS, about.inputs(told)),
        "fields": (("name", "label"), [(c.name, c.label) for c in part_columns(told)]),
    }
    with closing(sqlite3.connect(path)) as database, database:
        for name, (heads, rows) in tables.items():
            columns = ", ".join(f'"{head}" TEXT' for head in heads)
            places = ", ".join("?" for _head in heads)
            database.execute(f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY, {columns})')
            named = ", ".join(f'"{head}"' for head in heads)
            database.executemany(f'INSERT INTO "{name}" ({named}) VALUES ({places})', rows)  # noqa: S608 - names of ours
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES (?, 'attributes', ?)",
                [name, name],
            )
