"""A layer of a format whose text is Unicode: GeoJSON, its sequences, GeoPackage, FlatGeobuf.

Text may still be legacy bytes that were shown as letters, so its encoding is judged by column.
"""

from pathlib import Path
from typing import Any

from importers.readers.source import Source
from importers.readers.text_columns import text_decoder
from importers.readers.vector import first_shapes, stream


def unicode_layer(
    path: Path, info: dict[str, Any], *, called: str, name: str, layer: str | None = None
) -> Source:
    """The layer that `layer_info` described. `called`: its format, for people.

    Raises BrokenFile.
    """
    encodings, decode = text_decoder(path, layer, info, raw=False)
    return Source(
        format=called,
        name=name,
        fields=list(info["fields"]),
        feature_count=int(info["features"]),
        crs_text=info["crs"],
        read=stream(path, layer, decode),
        first_shapes=first_shapes(path, layer),
        encodings=encodings,
    )
