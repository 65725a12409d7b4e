"""GeoPackage: one feature table of the file. Views are refused, they could read other tables."""

import sqlite3
from pathlib import Path

from importers.readers.choice import choose_layer
from importers.readers.source import Source, Wanted
from importers.readers.unicode_layer import unicode_layer
from importers.readers.vector import layer_info
from importers.refusals import BrokenFile, UnsafeFile


def open_geopackage(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """The chosen (or only) feature table. Raises NoGeometry, LayerChoiceNeeded, UnsafeFile."""
    table = choose_layer(_feature_tables(path), wanted.sheet)
    info = layer_info(path, "GPKG", table)
    info["crs"] = _real_crs(info["crs"])
    return unicode_layer(path, info, called="GeoPackage", name=table, layer=table)


def _feature_tables(path: Path) -> list[str]:
    """Names of the tables with features, by the file's own contents table."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as database:
            listed = database.execute(
                "SELECT c.table_name, m.type FROM gpkg_contents c "
                "LEFT JOIN sqlite_master m ON m.name = c.table_name "
                "JOIN gpkg_geometry_columns g ON g.table_name = c.table_name "
                "WHERE c.data_type = 'features' ORDER BY c.table_name"
            ).fetchall()
    except sqlite3.Error as error:
        raise BrokenFile(path.name) from error
    if any(kind == "view" for _, kind in listed):
        raise UnsafeFile(path.name)
    # GDAL marks a file without shapes by an empty table of this name.
    return [name for name, kind in listed if kind == "table" and name != "ogr_empty_table"]


def _real_crs(text: str | None) -> str | None:
    """GeoPackage writes `Undefined …` for srs_id −1 and 0: that is no CRS."""
    return None if not text or "Undefined" in text[:60] else text
