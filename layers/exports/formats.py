"""The formats, by the ending that addresses have: who writes each, and what it cannot say."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.definition import Text
from layers.exports.about import About
from layers.exports.gdal_files import write_flatgeobuf, write_geopackage
from layers.exports.geojson import write_geojson, write_sequence
from layers.exports.kml import write_kml
from layers.exports.rows import Source
from layers.exports.shapefile import write_shapefile
from layers.exports.tables import LONLAT, WKT, XY, write_csv, write_xlsx
from layers.exports.zipping import zipped

XLSX_ROWS = 1_048_576 - 2
Write = Callable[..., None]


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        key: the ending in addresses and the name of the format.
        any_crs: coordinates may be in every supported system; else in longitude and latitude only.
        coordinates: ways to write a place, where there is a choice; the first one is usual.
        most: features that one file may have.
        per_vertex, per_feature, per_byte: bytes of the file for each vertex, feature, byte of
            values: for the hint of its size.
    """

    key: str
    media_type: str
    title: Text
    write: Write
    any_crs: bool = True
    coordinates: tuple[str, ...] = ()
    most: int | None = None
    per_vertex: float = 16
    per_feature: float = 60
    per_byte: float = 1.0


def beside(write: Write, ending: str) -> Write:
    """The file in a zip with what explains it, for formats that have no place for it."""

    def written(source: Source, about: About, path: Path, **more: Any) -> None:
        with zipped(path) as folder:
            write(source, about, folder / f"{about.layer.slug}.{ending}", **more)
            (folder / "about.json").write_text(about.json(), encoding="utf-8")
            (folder / "fields.csv").write_text(about.dictionary_csv(), encoding="utf-8")
            (folder / "README.txt").write_text(about.as_text(), encoding="utf-8")

    return written


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, Format] = {
    one.key: one
    for one in (
        Format(
            "gpkg",
            "application/geopackage+sqlite3",
            Text("GeoPackage (QGIS, ArcGIS)", "GeoPackage (QGIS, ArcGIS)"),
            write_geopackage,
            per_feature=150,
        ),
        Format(
            "shp.zip",
            "application/zip",
            Text("Shapefile (zip)", "Shapefile (zip)"),
            write_shapefile,
            per_vertex=10,
            per_feature=60,
            per_byte=0.3,
        ),
        Format(
            "geojson",
            "application/geo+json",
            Text("GeoJSON", "GeoJSON"),
            write_geojson,
            per_vertex=25,
            per_feature=150,
            per_byte=1.1,
        ),
        Format(
            "geojsonl",
            "application/geo+json-seq",
            Text("GeoJSON từng dòng (RFC 8142)", "GeoJSON text sequence (RFC 8142)"),
            write_sequence,
            any_crs=False,
            per_vertex=25,
            per_feature=150,
            per_byte=1.1,
        ),
        Format(
            "geojsonl.zip",
            "application/zip",
            Text("GeoJSON từng dòng kèm giải thích (zip)", "GeoJSON sequence with notes (zip)"),
            beside(write_sequence, "geojsonl"),
            any_crs=False,
            per_vertex=10,
            per_feature=60,
            per_byte=0.3,
        ),
        Format(
            "fgb",
            "application/flatgeobuf",
            Text("FlatGeobuf", "FlatGeobuf"),
            write_flatgeobuf,
            per_feature=200,
        ),
        Format(
            "csv",
            "text/csv; charset=utf-8",
            Text("CSV", "CSV"),
            write_csv,
            per_vertex=0,
            per_feature=110,
            per_byte=0.6,
            coordinates=(LONLAT, WKT, XY),
        ),
        Format(
            "csv.zip",
            "application/zip",
            Text("CSV kèm giải thích (zip)", "CSV with notes (zip)"),
            beside(write_csv, "csv"),
            per_vertex=0,
            per_feature=45,
            per_byte=0.2,
            coordinates=(LONLAT, WKT, XY),
        ),
        Format(
            "xlsx",
            _SHEET,
            Text("Excel (XLSX)", "Excel (XLSX)"),
            write_xlsx,
            per_vertex=0,
            per_feature=80,
            per_byte=0.3,
            coordinates=(LONLAT, XY),
            most=XLSX_ROWS,
        ),
        Format(
            "kml",
            "application/vnd.google-earth.kml+xml",
            Text("KML (Google Earth)", "KML (Google Earth)"),
            write_kml,
            any_crs=False,
            per_vertex=25,
            per_feature=400,
            per_byte=3,
        ),
    )
}
