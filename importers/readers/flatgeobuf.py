"""FlatGeobuf: one layer, its CRS in the header, text always UTF-8."""

from pathlib import Path

from importers.readers.source import Source, Wanted
from importers.readers.text_columns import text_decoder
from importers.readers.vector import first_shapes, layer_info, stream


def open_flatgeobuf(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """The file's one layer. Raises BrokenFile, EmptyFile, NoGeometry, UnsafeFile."""
    info = layer_info(path, "FlatGeobuf", None)
    encodings, decode = text_decoder(path, None, info, raw=False)
    return Source(
        format="FlatGeobuf",
        name=path.stem,
        fields=list(info["fields"]),
        feature_count=int(info["features"]),
        crs_text=info["crs"],
        read=stream(path, None, decode),
        first_shapes=first_shapes(path, None),
        encodings=encodings,
    )
