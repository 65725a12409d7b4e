"""FlatGeobuf and GeoPackage, written by GDAL from Arrow batches."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio

from layers.exports import arrow
from layers.exports.about import DICTIONARY_HEAD, About
from layers.exports.columns import Kind
from layers.exports.crs_text import definition
from layers.exports.rows import Source
from layers.exports.shapes import wkb

MULTI = {"polygon": "MultiPolygon", "line": "MultiLineString", "point": "Point"}
# GDAL sorts the boxes of a GeoPackage's spatial index in a tenth of the machine's memory.
SORTING_BYTES = 48 * 2**20
CACHE_MB = "16"


def write_flatgeobuf(source: Source, about: About, path: Path) -> None:
    """With its index of places; facts and dictionary are in the header as JSON."""
    options = {
        "SPATIAL_INDEX": "YES",
        "TEMPORARY_DIR": str(path.parent),
        "TITLE": about.layer.title("vi"),
        "DESCRIPTION": about.json(),
    }
    write(source, about, path, driver="FlatGeobuf", layer_options=options)


def write_geopackage(source: Source, about: About, path: Path) -> None:
    """Facts are in the metadata tables and, for people, in two of their own: `about`, `fields`."""
    pyogrio.set_gdal_config_options(
        {"OGR_GPKG_MAX_RAM_USAGE_RTREE": SORTING_BYTES, "OGR_SQLITE_CACHE": CACHE_MB}
    )
    facts = dict(about.plain())
    write(
        source,
        about,
        path,
        driver="GPKG",
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
    **options: Any,
) -> None:
    """One layer by that driver. Raises what reading raised, DataSourceError."""
    kind = about.layer.parsed.geometry
    names = names or {column.name: column.name for column in source.columns}
    schema = arrow.schema(source.columns, names, texts=texts, widths=widths)
    shape = wkb(about.crs, multi=kind != "point")
    batches = arrow.Batches(source, shape, schema, texts=texts, cut=cut)
    try:
        pyogrio.write_arrow(
            batches.reader(),
            path,
            layer=about.layer.slug,
            driver=driver,
            geometry_name=arrow.GEOMETRY,
            geometry_type=MULTI[kind],
            crs=definition(about.crs),
            **options,
        )
    except Exception:
        # GDAL tells only that reading failed.
        if batches.failure is not None:
            raise batches.failure from None
        raise
    if batches.failure is not None:
        raise batches.failure
