"""One file is written: the selection, what goes with it, and the format that takes both."""

from collections.abc import Callable
from pathlib import Path

from layers.exports.about import About
from layers.exports.errors import ExportImpossible
from layers.exports.rows import Source
from layers.exports.tables import place_columns
from layers.exports.wish import Wish
from layers.models import Layer, LayerVersion


def write_file(
    wish: Wish,
    layer: Layer,
    version: LayerVersion,
    path: Path,
    *,
    address: str = "",
    beat: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write the file at `path`, whose folder is private. Raises ExportImpossible, and what `beat`
    raises.
    """
    most = wish.format.most

    def counted(done: int) -> None:
        if most is not None and done > most:
            raise ExportImpossible(f"{wish.format.key}: > {most}")
        beat(done)

    source = Source(wish.asked.of_version(version.pk), wish.columns, counted)
    coordinates = {"coordinates": wish.coordinates} if wish.coordinates else {}
    extra = place_columns(wish.coordinates, wish.columns) if wish.coordinates else ()
    about = About(
        layer=layer,
        version=version,
        columns=(*wish.columns, *extra),
        crs=wish.crs,
        address=address,
        filter=wish.given,
    )
    wish.format.write(source, about, path, **coordinates)
