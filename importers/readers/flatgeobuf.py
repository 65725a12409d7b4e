"""FlatGeobuf: one layer, its CRS in the header, text always UTF-8."""

from pathlib import Path

from importers.readers.source import Source, Wanted
from importers.readers.unicode_layer import unicode_layer
from importers.readers.vector import layer_info


def open_flatgeobuf(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """The file's one layer. Raises BrokenFile, EmptyFile, NoGeometry, UnsafeFile."""
    info = layer_info(path, "FlatGeobuf", None)
    return unicode_layer(path, info, called="FlatGeobuf", name=path.stem)
