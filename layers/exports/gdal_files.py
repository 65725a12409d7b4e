"""FlatGeobuf and GeoPackage, written by GDAL from Arrow batches."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pyarrow as pa
import pyogrio

from layers.exports import arrow
from layers.exports.about import DICTIONARY_HEAD, About
from layers.exports.columns import Kind
from layers.exports.crs_text import definition
from layers.exports.fgb_index import Boxes, with_index
from layers.exports.rows import Source
from layers.exports.shapes import wkb

FLATGEOBUF = "FlatGeobuf"
MULTI = {"polygon": "MultiPolygon", "line": "MultiLineString", "point": "Point"}
# GDAL sorts the boxes of a GeoPackage's spatial index in a tenth of the machine's memory.
SORTING_BYTES = 10 * 2**20
CACHE_MB = "4"


def write_flatgeobuf(source: Source, about: About, path: Path) -> None:
    """With its index of places; facts and dictionary are in the header as JSON."""
    told = {"TITLE": about.layer.title("vi"), "DESCRIPTION": about.json()}
    plain, sample = (path.with_name(f"{path.name}.{word}.part.fgb") for word in ("plain", "sample"))
    try:
        _write_indexed(source, about, path, plain, sample, told)
    finally:
        plain.unlink(missing_ok=True)
        sample.unlink(missing_ok=True)


def _write_indexed(
    source: Source, about: About, path: Path, plain: Path, sample: Path, told: dict[str, str]
) -> None:
    with TemporaryFile(dir=path.parent) as file:
        boxes = Boxes(file)
        options = {**told, "SPATIAL_INDEX": "NO"}
        write(source, about, plain, driver=FLATGEOBUF, seen=boxes, layer_options=options)
        if boxes.first is None:
            plain.replace(path)
            return
        one = pa.RecordBatchReader.from_batches(boxes.first.schema, [boxes.first])
        _write(one, about, sample, driver=FLATGEOBUF, layer_options=told)
        with_index(plain, sample, boxes, path)


def write_geopackage(source: Source, about: About, path: Path) -> None:
    """Facts are in the metadata tables and, for people, in two of their own: `about`, `fields`."""
    pyogrio.set_gdal_config_options(
        {
            "OGR_GPKG_MAX_RAM_USAGE_RTREE": SORTING_BYTES,
            "OGR_GPKG_ALLOW_THREADED_RTREE": "NO",
            "OGR_SQLITE_CACHE": CACHE_MB,
        }
    )
    facts = dict(about.plain())
    write(
        source,
        about,
        path,
        driver="GPKG",
        # What QGIS 3.22 and its GDAL know.
        dataset_options={"VERSION": "1.3"},
        layer_options={
            "GEOMETRY_NAME": "geom",
            "IDENTIFIER": about.layer.title("vi"),
            "DESCRIPTION": facts.get("description", ""),
        },
        layer_metadata=facts,
        dataset_metadata=facts,
    )
    _add_tables(path, about)


def _add_tables(path: Path, about: About) -> None:
    """Plain tables that QGIS shows beside the layer."""
    columns = ", ".join(f"{name} TEXT" for name in DICTIONARY_HEAD)
    places = ", ".join("?" for _ in DICTIONARY_HEAD)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE about (id INTEGER PRIMARY KEY, name TEXT, value TEXT)")
        database.executemany("INSERT INTO about (name, value) VALUES (?, ?)", about.plain())
        database.execute(f"CREATE TABLE fields (id INTEGER PRIMARY KEY, {columns})")
        database.executemany(
            f"INSERT INTO fields ({', '.join(DICTIONARY_HEAD)}) VALUES ({places})",  # noqa: S608 - names of ours
            about.plain_dictionary(),
        )
        for table in ("about", "fields"):
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES (?, 'attributes', ?)",
                [table, table],
            )


def write(
    source: Source,
    about: About,
    path: Path,
    *,
    driver: str,
    names: dict[str, str] | None = None,
    texts: tuple[Kind, ...] = (),
    widths: dict[str, int] | None = None,
    cut: Callable[[Any], Any] | None = None,
    seen: Callable[[Any], None] = lambda _batch: None,
    **options: Any,
) -> None:
    """One layer by that driver. Raises what reading raised, DataSourceError."""
    names = names or {column.name: column.name for column in source.columns}
    schema = arrow.schema(source.columns, names, texts=texts, widths=widths)
    shape = wkb(about.crs, multi=about.layer.parsed.geometry != "point")
    batches = arrow.Batches(source, shape, schema, texts=texts, cut=cut, seen=seen)
    try:
        _write(batches.reader(), about, path, driver=driver, **options)
    except Exception:
        # GDAL tells only that reading failed.
        if batches.failure is not None:
            raise batches.failure from None
        raise
    if batches.failure is not None:
        raise batches.failure


def _write(reader: Any, about: About, path: Path, **options: Any) -> None:
    pyogrio.write_arrow(
        reader,
        path,
        layer=about.layer.slug,
        geometry_name=arrow.GEOMETRY,
        geometry_type=MULTI[about.layer.parsed.geometry],
        crs=definition(about.crs),
        **options,
    )
