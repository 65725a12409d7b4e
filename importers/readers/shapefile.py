"""Shapefile: the set of files of one name, in a folder of our own.

GDAL drops the last letter of CP1258 and knows neither TCVN3 nor VNI, so text is read as ISO-8859-1
(one character a byte) and decoded in `importers.encoding`.
"""

import shutil
from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers.source import Source, Wanted
from importers.readers.text_columns import text_decoder
from importers.readers.vector import first_shapes, layer_info, stream
from importers.refusals import ShapefileIncomplete, WrongGeometryType

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_RAW = "ISO-8859-1"
_HEADER, _TYPE_AT, _MULTIPATCH = 100, 32, b"\x1f\x00\x00\x00"


def open_shapefile(path: Path, _wanted: Wanted, folder: Path) -> Source:
    """The set around `path`, copied under one name into `folder`. Raises ShapefileIncomplete."""
    shp = _collect(path, folder)
    _refuse_multipatch(shp)
    declared = _text_of(shp.with_suffix(".cpg"))
    info = layer_info(shp, "ESRI Shapefile", None, encoding=_RAW)
    encodings, decode = text_decoder(shp, None, info, raw=True, declared=declared, encoding=_RAW)
    return Source(
        format="Shapefile",
        name=path.stem,
        fields=[decode.name(field) for field in info["fields"]],
        feature_count=int(info["features"]),
        crs_text=_text_of(shp.with_suffix(".prj")),
        read=stream(shp, None, decode, _RAW),
        first_shapes=first_shapes(shp, None),
        encodings=encodings,
    )


def _collect(path: Path, folder: Path) -> Path:
    """Copy the parts, whatever the case of their names. The .cpg stays away from GDAL's eyes."""
    target = folder / "set"
    target.mkdir(exist_ok=True)
    found = set()
    for part in path.parent.iterdir():
        suffix = part.suffix.lower()
        if part.stem.lower() == path.stem.lower() and suffix in _PARTS:
            shutil.copyfile(part, target / f"data{suffix}")
            found.add(suffix)
    missing = [suffix for suffix in (".shp", ".dbf") if suffix not in found]
    if missing:
        raise ShapefileIncomplete(_("thiếu tệp %(parts)s") % {"parts": ", ".join(missing)})
    return target / "data.shp"


def _refuse_multipatch(shp: Path) -> None:
    """Solid bodies have no outline on the ground; one type holds for the whole file."""
    with shp.open("rb") as stream:
        header = stream.read(_HEADER)
    if header[_TYPE_AT : _TYPE_AT + 4] == _MULTIPATCH:
        raise WrongGeometryType(_("Shapefile kiểu MultiPatch (khối 3D), cần kiểu Polygon."))


def _text_of(path: Path) -> str | None:
    if not path.exists():
        return None
    text = path.read_bytes()[:20000].decode("utf-8-sig", "replace").strip()
    return text or None
