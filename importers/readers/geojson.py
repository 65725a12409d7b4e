"""GeoJSON: RFC 7946 (WGS 84) and the older form with a `crs` member.

GDAL passes over members of `features` that are no features; in a file small enough to be parsed
here they are counted and the first one is named.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers.sniff import JSON_PARSED, parsed
from importers.readers.source import Source, Wanted
from importers.readers.unicode_layer import unicode_layer
from importers.readers.vector import layer_info
from importers.refusals import BrokenFile


def open_geojson(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """The file's one layer. Without a `crs` member it is WGS 84, as the standard says."""
    info = layer_info(path, "GeoJSON", None)
    _require_all(path, int(info["features"]))
    return unicode_layer(path, info, called="GeoJSON", name=path.stem)


def _require_all(path: Path, features: int) -> None:
    """Raises BrokenFile unless every member of a small collection became a feature."""
    if path.stat().st_size > JSON_PARSED:
        return
    document = parsed(path.read_bytes())
    is_collection = isinstance(document, dict) and document.get("type") == "FeatureCollection"
    members = document.get("features") if is_collection else None
    if not isinstance(members, list) or len(members) == features:
        return
    bad = (i for i, m in enumerate(members, 1) if not _is_feature(m))
    told = {"bad": next(bad, features + 1), "all": len(members)}
    raise BrokenFile(_("Mục thứ %(bad)d trong %(all)d mục không phải là Feature.") % told)


def _is_feature(member: object) -> bool:
    return isinstance(member, dict) and member.get("type") == "Feature"
