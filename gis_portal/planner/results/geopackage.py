"""The pieces as a GeoPackage in the grid that their areas were computed in, with what they are."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from gis_portal.planner.results import about
from gis_portal.planner.results.parts import Part, PartColumn, check_size, part_columns, parts
from gis_portal.planner.results.told import Told
from layers.crs import by_code
from layers.exports.crs_text import definition

LAYER, GEOMETRY = "result", "geometry"
BATCH = 5_000
TYPES = {"text": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}


def geopackage(told: Told) -> bytes:
    """The whole file. Raises ResultTooLarge."""
    check_size(told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.gpkg"
        _write(told, path)
        _add_tables(told, path)
        return path.read_bytes()


def _write(told: Told, path: Path) -> None:
    grid = by_code(str(told.summary["grid"]))
    columns = part_columns(told)
    schema = pa.schema(
        [
            pa.field("seq", pa.int64()),
            *(pa.field(c.name, TYPES[c.kind]) for c in columns),
            pa.field(GEOMETRY, pa.binary()),
        ]
    )
    batches = _batches(parts(told, grid.srid), columns, schema)
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches),
        path,
        layer=LAYER,
        driver="GPKG",
        geometry_name=GEOMETRY,
        # Pieces are of several kinds: a parcel cut in two is a multipolygon.
        geometry_type="Unknown",
        crs=definition(grid),
        dataset_options={"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": "geom", "IDENTIFIER": told.title},
        layer_metadata=dict(about.facts(told)),
    )


def _batches(found: Iterator[Part], columns: tuple[PartColumn, ...], schema: Any) -> Iterator[Any]:
    while page := list(islice(found, BATCH)):
        arrays = [pa.array([part.seq for part in page], pa.int64())]
        for number, column in enumerate(columns):
            arrays.append(pa.array([part.values[number] for part in page], TYPES[column.kind]))
        arrays.append(pa.array([part.shape for part in page], pa.binary()))
        yield pa.record_batch(arrays, schema=schema)


def _add_tables(told: Told, path: Path) -> None:
    """Plain tables that QGIS shows beside the layer: about, inputs, fields."""
    tables: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "about": (
            ("name", "value"),
            [*about.facts(told), ("document", about.document_text(told))],
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
