"""GeoJSON texts one after the other: behind RS marks (RFC 8142) or one a line. Always WGS 84.

GDAL passes over a text that it cannot parse and says nothing, so the texts are counted here.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from importers.readers.sniff import json_records, parsed
from importers.readers.source import Source, Wanted
from importers.readers.unicode_layer import unicode_layer
from importers.readers.vector import layer_info
from importers.refusals import BrokenFile


def open_sequence(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """The sequence as one layer. Raises BrokenFile with the line of the first broken text."""
    info = layer_info(path, "GeoJSONSeq", None)
    _require_all(path, int(info["features"]))
    return unicode_layer(path, info, called="GeoJSON (Seq)", name=path.stem)


def _require_all(path: Path, features: int) -> None:
    """Raises BrokenFile unless every text became a feature."""
    if sum(1 for _record in json_records(path)) == features:
        return
    for line, record in json_records(path):
        try:
            parsed(record)
        except BrokenFile as error:
            told = {"line": line, "why": error.detail}
            raise BrokenFile(_("Dòng %(line)d: %(why)s") % told) from error
    raise BrokenFile(_("Có dòng không phải là một đối tượng GeoJSON."))
