"""Which data set of an unpacked archive is meant: by what each file is, not what it is called.

`archive` has unpacked within the limits; `sniff` says what each file is. Files that only accompany
another (an index, a style, metadata, a scan of the decision) are passed over.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from importers.imagery.refusals import PictureNeeded
from importers.readers.refused import refuse_picture
from importers.readers.sniff import Kind, is_geodatabase, is_tiff, sniff
from importers.refusals import (
    ImportRefused,
    LayerChoiceNeeded,
    ShapefileIncomplete,
    UnsafeArchive,
    UnsafeFile,
    UnsupportedFormat,
)

# Parts of a set that are found by the name of its main file.
_SHAPEFILE_PARTS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".fix"})
_MAPINFO_PARTS = frozenset({".dat", ".map", ".id", ".ind", ".mid"})
# What people and programs lay beside their data. Never opened.
_BESIDE = frozenset(
    {".xml", ".qml", ".sld", ".lyr", ".lyrx", ".qmd", ".qpj", ".txt", ".md", ".pdf", ".doc"}
    | {".docx", ".html", ".htm", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".csvt", ".ini", ".lock"}
    | {".atx", ".spx", ".aux", ".db", ".mxd", ".qgs", ".qgz", ".wor", ".tfw", ".jgw", ".gfs"}
)


@dataclass(frozen=True)
class DataSet:
    """A file (or the folder of a geodatabase) that can be read, and its name among the others."""

    path: Path
    kind: Kind
    name: str


def picture(root: Path, files: list[Path], wanted: str | None) -> DataSet:
    """The one GeoTIFF under `root`. Raises LayerChoiceNeeded, PictureNeeded."""
    shown = [f for f in files if not f.name.startswith(".") and "__MACOSX" not in f.parts]
    named = _named(root, [(f, Kind.GEOTIFF) for f in shown if is_tiff(f)])
    if not named:
        raise PictureNeeded(", ".join(f.name for f in shown[:3]))
    chosen = [d for d in named if wanted in (d.name, d.path.name)]
    if len(chosen or named) > 1:
        raise LayerChoiceNeeded(", ".join(d.name for d in named), layers=[d.name for d in named])
    return (chosen or named)[0]


def data_set(root: Path, files: list[Path], wanted: str | None) -> tuple[DataSet, str | None]:
    """The one data set under `root`, and what is left of `wanted` for the layer inside it.

    `wanted` is the data set's name, a layer of the only data set, or `name/layer`. Raises
    LayerChoiceNeeded, UnsupportedFormat, UnsafeFile, UnsafeArchive, ShapefileIncomplete.
    """
    shown = [f for f in files if not f.name.startswith(".") and "__MACOSX" not in f.parts]
    found, refusals = _look(shown)
    named = _named(root, found)
    if not named:
        raise _why_nothing(shown, refusals)
    if wanted is not None:
        exact = [d for d in named if wanted in (d.name, d.path.name)]
        if len(exact) == 1:
            return exact[0], None
        inside = [d for d in named if wanted.startswith(f"{d.name}/")]
        if len(inside) == 1:
            return inside[0], wanted.removeprefix(f"{inside[0].name}/")
    if len(named) > 1:
        raise LayerChoiceNeeded(", ".join(d.name for d in named), layers=[d.name for d in named])
    return named[0], wanted


def _look(files: list[Path]) -> tuple[list[tuple[Path, Kind]], list[ImportRefused]]:
    """What can be read, and why the rest cannot. Raises UnsafeArchive for an archive inside."""
    found: list[tuple[Path, Kind]] = []
    notes: list[tuple[Path, Kind]] = []
    refusals: list[ImportRefused] = []
    databases = {f.parent for f in files if is_geodatabase(f.parent)}
    found += [(folder, Kind.FILEGDB) for folder in sorted(databases)]
    mains = {f.suffix.lower() for f in files}
    for file in sorted(files):
        if file.parent in databases or _is_part(file, mains):
            continue
        try:
            kind = sniff(file)
            if kind is Kind.GEOTIFF:
                raise refuse_picture()
        except ImportRefused as refusal:
            if file.name not in str(refusal.detail):
                refusal.detail = f"“{file.name}”: {refusal.detail}"
            refusals.append(refusal)
            continue
        if kind is Kind.ARCHIVE and file.suffix.lower() in _BESIDE:
            continue  # a text document is a zip too
        if kind is Kind.ARCHIVE:
            raise UnsafeArchive(_("tệp nén nằm trong tệp nén: “%(name)s”") % {"name": file.name})
        # A note beside the data may look like a table; a GeoPackage named .txt is no note.
        if kind is Kind.CSV and file.suffix.lower() in _BESIDE:
            notes.append((file, kind))
        else:
            found.append((file, kind))
    return found or notes, refusals


def _is_part(file: Path, suffixes: set[str]) -> bool:
    """Belongs to a main file that is there; alone it is looked at like any other."""
    suffix = file.suffix.lower()
    if suffix in _SHAPEFILE_PARTS:
        return ".shp" in suffixes
    return suffix in _MAPINFO_PARTS and bool({".tab", ".mif"} & suffixes)


def _named(root: Path, found: list[tuple[Path, Kind]]) -> list[DataSet]:
    """Names without folders where they tell the sets apart, with them where not."""
    times = Counter(path.stem for path, _kind in found)
    named = []
    for path, kind in found:
        inside = path.relative_to(root).with_suffix("").as_posix()
        named.append(DataSet(path, kind, path.stem if times[path.stem] == 1 else inside))
    return sorted(named, key=lambda d: d.name)


def _why_nothing(files: list[Path], refusals: list[ImportRefused]) -> ImportRefused:
    """The most telling of the reasons."""
    if any(f.suffix.lower() in _SHAPEFILE_PARTS for f in files):
        return ShapefileIncomplete(_("thiếu tệp .shp"))
    for kind in (UnsafeFile, UnsupportedFormat):
        for refusal in refusals:
            if isinstance(refusal, kind):
                return refusal
    if refusals:
        return refusals[0]
    return UnsupportedFormat(", ".join(f.name for f in files[:3]) or str(Kind.ARCHIVE))
