"""Hostile files that are binary: GeoPackage, Shapefile, FlatGeobuf, DGN, and others' formats."""

import gzip
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from tests.importers.canaries import Bait
from tests.importers.hostile_texts import Maker, text, vrt
from tests.importers.made import prj, squares

Change = Callable[[sqlite3.Connection, Bait], object]


def _geopackage(change: Change, writable_schema: bool = False) -> Maker:
    """A good GeoPackage of twenty squares, and what was then done to it."""

    def make(folder: Path, bait: Bait) -> Path:
        path = folder / "a.gpkg"
        shapes = squares(20)
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            field_data=[np.array([f"{i:05d}" for i in range(20)], dtype=object)],
            fields=["code"],
            geometry_type="Polygon",
            crs="EPSG:5899",
            driver="GPKG",
            layer="plots",
        )
        with sqlite3.connect(path) as database:
            # The file's own triggers need functions that only GDAL has.
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            if writable_schema:
                database.execute("PRAGMA writable_schema = ON")
            change(database, bait)
        database.close()
        return path

    return make


def _view(database: sqlite3.Connection, _bait: Bait) -> None:
    database.executescript(
        "ALTER TABLE plots RENAME TO hidden;"
        "CREATE VIEW plots AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS fid, (SELECT geom FROM hidden) AS geom, 'x' AS code FROM n;"
    )


def _table_sql(sql: str) -> Change:
    """The feature table becomes what this statement says, without SQLite being asked."""

    def change(database: sqlite3.Connection, bait: Bait) -> None:
        told = sql.format(file=bait.file)
        database.execute(
            "UPDATE sqlite_master SET sql = ?, rootpage = 0 WHERE name = 'plots'", [told]
        )

    return change


def _triggers(database: sqlite3.Connection, bait: Bait) -> None:
    database.executescript(
        "CREATE TABLE log(x);"
        "CREATE TRIGGER grow AFTER INSERT ON log BEGIN INSERT INTO log SELECT * FROM log; END;"
        f"CREATE TRIGGER out AFTER UPDATE ON plots BEGIN SELECT readfile('{bait.file}'); END;"
    )


def _lying_count(database: sqlite3.Connection, _bait: Bait) -> None:
    database.execute("UPDATE gpkg_ogr_contents SET feature_count = 1000000000000")


def _huge_blob(database: sqlite3.Connection, _bait: Bait) -> None:
    database.execute("UPDATE plots SET geom = zeroblob(450000000) WHERE fid = 1")


def _extensions(database: sqlite3.Connection, bait: Bait) -> None:
    database.executescript(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT, definition TEXT, scope TEXT);"
        "INSERT INTO gpkg_extensions VALUES ('plots', 'geom', 'vendor_shell', "
        f"'{bait.address}', 'read-write');"
        "INSERT INTO gpkg_extensions VALUES ('plots', 'code', 'gpkg_zoom_other', "
        f"'{bait.file}', 'read-write');"
    )


def _system(definition: str) -> Change:
    def change(database: sqlite3.Connection, bait: Bait) -> None:
        database.execute(
            "UPDATE gpkg_spatial_ref_sys SET definition = ?, organization = 'NONE', "
            "organization_coordsys_id = 0 WHERE srs_id = (SELECT srs_id FROM gpkg_contents)",
            [definition.format(file=bait.file, address=bait.address)],
        )

    return change


def _injection(database: sqlite3.Connection, bait: Bait) -> None:
    name = f"x\"; ATTACH DATABASE '{bait.file}' AS b; --"
    database.execute("UPDATE gpkg_contents SET table_name = ?", [name])
    database.execute("UPDATE gpkg_geometry_columns SET table_name = ?", [name])


def _shapefile(damage: Callable[[dict[str, bytearray]], object], projection: str = "") -> Maker:
    """A zipped Shapefile whose parts were damaged."""

    def make(folder: Path, bait: Bait) -> Path:
        made = folder / "made"
        made.mkdir()
        pyogrio.raw.write(
            made / "a.shp",
            shapely.to_wkb(squares(20)),
            field_data=[np.array([f"{i:05d}" for i in range(20)], dtype=object)],
            fields=["code"],
            geometry_type="Polygon",
            crs=None,
            driver="ESRI Shapefile",
        )
        parts = {part.suffix: bytearray(part.read_bytes()) for part in made.iterdir()}
        told = projection.format(file=bait.file, address=bait.address) or prj(5899)
        parts[".prj"] = bytearray(told.encode())
        damage(parts)
        path = folder / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for suffix, content in parts.items():
                archive.writestr(f"a{suffix}", bytes(content))
        return path

    return make


def _put(
    part: str, layout: str, place: int, *values: int
) -> Callable[[dict[str, bytearray]], object]:
    return lambda parts: struct.pack_into(layout, parts[part], place, *values)


def _all_records_lie(parts: dict[str, bytearray]) -> None:
    """Every record of the index is said to be a gigabyte."""
    for place in range(100, len(parts[".shx"]), 8):
        struct.pack_into(">L", parts[".shx"], place + 4, 2**29)


def binary(name: str, content: bytes) -> Maker:
    """A maker of these bytes."""

    def make(folder: Path, _bait: Bait) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _flatgeobuf(damage: Callable[[bytearray], object]) -> Maker:
    def make(folder: Path, _bait: Bait) -> Path:
        path = folder / "a.fgb"
        pyogrio.raw.write(
            path,
            shapely.to_wkb(squares(20)),
            field_data=[np.array([f"{i:05d}" for i in range(20)], dtype=object)],
            fields=["code"],
            geometry_type="Polygon",
            crs="EPSG:5899",
            driver="FlatGeobuf",
        )
        data = bytearray(path.read_bytes())
        damage(data)
        path.write_bytes(data)
        return path

    return make


def _nothing(_parts: dict[str, bytearray]) -> None:
    """The projection alone is hostile."""


BINARIES: dict[str, Maker] = {
    "GeoPackage with an endless view": _geopackage(_view),
    "GeoPackage with a virtual table": _geopackage(
        _table_sql("CREATE VIRTUAL TABLE plots USING VirtualOGR('{file}')"), True
    ),
    "GeoPackage with a broken schema": _geopackage(_table_sql("CREATE TABLE plots("), True),
    "GeoPackage with triggers": _geopackage(_triggers),
    "GeoPackage that lies about its count": _geopackage(_lying_count),
    "GeoPackage with a huge shape": _geopackage(_huge_blob),
    "GeoPackage with extensions": _geopackage(_extensions),
    "GeoPackage whose table is a statement": _geopackage(_injection),
    "GeoPackage whose system is a file": _geopackage(_system("+init={file}:1")),
    "GeoPackage whose system is an address": _geopackage(_system("{address}")),
    "GeoPackage that ends early": binary("a.gpkg", b"SQLite format 3\0" + b"\x10\0" * 42),
    "Shapefile whose system is a file": _shapefile(_nothing, "+init={file}:1"),
    "Shapefile whose system needs a file": _shapefile(
        _nothing, "+proj=tmerc +lon_0=107.75 +k=0.9999 +x_0=500000 +ellps=WGS84 +nadgrids={file}"
    ),
    "Shapefile whose system is an address": _shapefile(_nothing, "{address}"),
    "Shapefile that lies about its length": _shapefile(_put(".shp", ">L", 24, 2**30)),
    "Shapefile of two billion rings": _shapefile(_put(".shp", "<L", 144, 2**31 - 1)),
    "Shapefile of two billion corners": _shapefile(_put(".shp", "<L", 148, 2**31 - 1)),
    "Shapefile with records of a gigabyte": _shapefile(_all_records_lie),
    "DBF of two billion rows": _shapefile(_put(".dbf", "<L", 4, 2**31 - 1)),
    "DBF with a header of 64 KB": _shapefile(_put(".dbf", "<H", 8, 65535)),
    "DBF with rows of no length": _shapefile(_put(".dbf", "<H", 10, 0)),
    "FlatGeobuf with a header of 4 GB": _flatgeobuf(
        lambda d: struct.pack_into("<L", d, 8, 2**32 - 1)
    ),
    "FlatGeobuf with a header of 9 MB": _flatgeobuf(
        lambda d: struct.pack_into("<L", d, 8, 9 * 2**20)
    ),
    "FlatGeobuf of garbage": binary("a.fgb", b"fgb\x03fgb\x01" + b"\xff" * 4096),
    "DGN of garbage": binary("a.dgn", b"\x08\x09\xfe\x02" + bytes(range(256)) * 64),
    "DGN that never ends": binary("a.dgn", b"\x08\x09\xfe\x02" + b"\0" * (4 * 2**20)),
    "DWG": binary("a.dxf", b"AC1032" + b"\0" * 4096),
    "gzip": binary("a.geojson", gzip.compress(vrt("x").encode() * 1000)),
    "GeoTIFF": binary("a.shp", b"II*\0" + b"\xff" * 4096),
    "nothing but zeros": binary("a.csv", b"\0" * 2**20),
    "random bytes": binary("a.gpkg", np.random.default_rng(3).bytes(2**20)),
    "SQLite without GeoPackage": text("a.gpkg", lambda _b: "SQLite format 3\0" + "\0" * 84),
}
