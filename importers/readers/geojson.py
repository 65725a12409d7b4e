"""GeoJSON: RFC 7946 (WGS 84) and the older form with a `crs` member."""

from pathlib import Path

from importers.readers.source import Source, Wanted
from importers.readers.text_columns import text_decoder
from importers.readers.vector import first_shapes, layer_info, stream


def open_geojson(path: Path, _wanted: Wanted, _folder: Path) -> Source:
    """The file's one layer. Without a `crs` member it is WGS 84, as the standard says."""
    info = layer_info(path, "GeoJSON", None)
    encodings, decode = text_decoder(path, None, info, raw=False)
    return Source(
        format="GeoJSON",
        name=path.stem,
        fields=list(info["fields"]),
        feature_count=int(info["features"]),
        crs_text=info["crs"],
        read=stream(path, None, decode),
        first_shapes=first_shapes(path, None),
        encodings=encodings,
    )
