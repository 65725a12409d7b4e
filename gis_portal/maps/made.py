"""How a layer's live data was made, as far as a reader may know: the file's form and its grid."""

from dataclasses import dataclass

from gis_portal.maps.grids import grid_name
from layers.crs import by_srid
from layers.errors import PortalError
from layers.models import Layer


@dataclass(frozen=True)
class Made:
    """`is_chosen`: the file did not say its system; whoever imported it did."""

    form: str
    grid: str
    is_chosen: bool


def made_from(layer: Layer) -> Made | None:
    """None without a live version, or for one that was filled by hand."""
    version = layer.live_version
    if version is None or not version.source_format:
        return None
    try:
        grid = grid_name(by_srid(version.source_srid))
    except PortalError:
        grid = f"SRID {version.source_srid}"
    return Made(version.source_format, grid, version.crs_origin == "chosen")
