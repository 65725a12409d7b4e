"""Open a file by what it is: sniff, unpack when it is an archive, hand over to its reader."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from importers.imagery.refusals import NotAPicture, PictureNeeded
from importers.limits import limits
from importers.readers import archive, refused
from importers.readers.csv_file import is_utf16, open_csv
from importers.readers.drawing import open_dgn, open_dxf
from importers.readers.filegdb import open_filegdb
from importers.readers.flatgeobuf import open_flatgeobuf
from importers.readers.gdal import close_to
from importers.readers.geojson import open_geojson
from importers.readers.geojson_sequence import open_sequence
from importers.readers.geopackage import open_geopackage
from importers.readers.inside import DataSet, data_set, picture
from importers.readers.kml import open_kml
from importers.readers.mif import open_mif
from importers.readers.shapefile import open_shapefile
from importers.readers.sniff import Kind, sniff
from importers.readers.source import CHECK, Source, Wanted
from importers.readers.tab import open_tab
from importers.readers.xlsx import open_xlsx
from importers.refusals import FileMissing, FileTooLarge, NotAnArchive, UnsupportedFormat

# The one GDAL driver that a kind needs; kinds that are not here need none.
DRIVER_OF = {
    Kind.SHAPEFILE: "ESRI Shapefile",
    Kind.GEOPACKAGE: "GPKG",
    Kind.GEOJSON: "GeoJSON",
    Kind.GEOJSON_SEQUENCE: "GeoJSONSeq",
    Kind.FLATGEOBUF: "FlatGeobuf",
    Kind.FILEGDB: "OpenFileGDB",
    Kind.MAPINFO_TAB: "MapInfo File",
    Kind.MAPINFO_MIF: "MapInfo File",
    Kind.DXF: "DXF",
    Kind.DGN: "DGN",
}
_OPEN: dict[Kind, Callable[[Path, Wanted, Path], Source]] = {
    Kind.SHAPEFILE: open_shapefile,
    Kind.GEOPACKAGE: open_geopackage,
    Kind.GEOJSON: open_geojson,
    Kind.GEOJSON_SEQUENCE: open_sequence,
    Kind.FLATGEOBUF: open_flatgeobuf,
    Kind.FILEGDB: open_filegdb,
    Kind.KML: open_kml,
    Kind.MAPINFO_TAB: open_tab,
    Kind.MAPINFO_MIF: open_mif,
    Kind.DXF: open_dxf,
    Kind.DGN: open_dgn,
    Kind.XLSX: open_xlsx,
    Kind.CSV: open_csv,
}


def open_source(
    path: Path, wanted: Wanted, folder: Path, *, only_its_driver: bool = False
) -> Source:
    """The one data set of `path`; `folder` is private, empty, and removed by the caller.

    `only_its_driver`: this process opens nothing else, so every GDAL driver but the one for this
    kind is unloaded for good before the file is opened. Raises a subclass of ImportRefused that
    says why the file cannot be read.
    """
    if path.is_dir() and (path / "a00000001.gdbtable").exists():
        raise refused.refused("FileGDB", refused.ZIP_THE_FOLDER)
    if not path.is_file():
        raise FileMissing(str(path.absolute()))
    if path.stat().st_size > limits().file_bytes:
        raise FileTooLarge(path.name)
    found = DataSet(path, _kind(path, wanted), path.stem)
    if found.kind is Kind.ARCHIVE:
        found, wanted = _unpacked(path, wanted, folder)
    if only_its_driver:
        close_to(frozenset(filter(None, [DRIVER_OF.get(found.kind)])))
    if found.kind is Kind.GEOTIFF:
        return _picture(found.path, wanted, folder, only_its_driver=only_its_driver)
    if wanted.scene:
        raise NotAPicture(path.name)
    return _OPEN[found.kind](found.path, wanted, folder)


def _picture(path: Path, wanted: Wanted, folder: Path, *, only_its_driver: bool) -> Source:
    """A scene, or one of ours that is looked at again. Rasterio is loaded here and not above: no
    other reader needs it, and each would wait a fifth of a second.
    """
    if not wanted.scene:
        raise refused.refuse_picture()
    from importers.readers.geotiff import open_geotiff
    from importers.readers.kept_picture import open_kept
    from importers.readers.raster import close_to_pictures

    if only_its_driver:
        close_to_pictures()
    return (open_kept if wanted.scene == CHECK else open_geotiff)(path, wanted, folder)


def _unpacked(path: Path, wanted: Wanted, folder: Path) -> tuple[DataSet, Wanted]:
    """The data set in a zip: a workbook is one itself, a KMZ holds its KML."""
    names = archive.part_names(path)
    if wanted.scene:
        inside = folder / "zip"
        return picture(inside, archive.unpack(path, inside), wanted.sheet), wanted
    refused.refuse_inside(names, archive.mimetype(path))
    if archive.is_workbook(names):
        return DataSet(path, Kind.XLSX, path.stem), wanted
    inside = folder / "zip"
    files = archive.unpack(path, inside)
    found, layer = data_set(inside, files, wanted.sheet)
    return found, replace(wanted, sheet=layer)


def _kind(path: Path, wanted: Wanted) -> Kind:
    """What `sniff` says, and two things that only name and content together tell."""
    if wanted.scene:
        return _kind_of_picture(path)
    with path.open("rb") as stream:
        head = stream.read(512)
    if path.suffix.lower() == ".zip" and head.strip() and _is_text(head):
        raise NotAnArchive(path.name)
    return Kind.CSV if is_utf16(path) else sniff(path)


def _kind_of_picture(path: Path) -> Kind:
    """As `_kind`, with the way out that fits a picture."""
    try:
        return sniff(path)
    except UnsupportedFormat as error:
        raise PictureNeeded(error.detail) from error


def _is_text(head: bytes) -> bool:
    """No byte that only programs write; RAR, 7-Zip and GZIP have some at once."""
    return not head.startswith(b"PK") and not any(b < 9 for b in head)
