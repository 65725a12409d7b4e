"""The coordinate systems that readers see: the province's VN-2000 zones, then WGS 84.

One source: `layers/crs.py`. The browser gets the same definitions through the page's configuration.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from layers.crs import WGS84, Crs, by_code, meridian_text, transform_point


@dataclass(frozen=True)
class GridPosition:
    """A position in Vietnamese notation: X is north, Y is east, metres."""

    label: str
    x: float
    y: float


def shown_grids() -> list[Crs]:
    """The zone of the province first, then the other zones its files come in."""
    return [by_code(code) for code in (settings.PORTAL_GRID, *settings.PORTAL_OTHER_GRIDS)]


def grid_label(crs: Crs) -> str:
    """`VN-2000 107°45′`."""
    meridian = crs.central_meridian
    return f"VN-2000 {meridian_text(meridian)}" if meridian is not None else crs.title


def grid_name(crs: Crs) -> str:
    """With its zone in Vietnamese, as titles of systems are; short in English."""
    return grid_label(crs) if get_language() == "en" else crs.title


def positions(lon: float, lat: float, grids: list[Crs] | None = None) -> list[GridPosition]:
    """The place (WGS 84 degrees) in each grid."""
    found = []
    for crs in grids or shown_grids():
        east, north = transform_point(lon, lat, WGS84, crs)
        found.append(GridPosition(grid_label(crs), x=north, y=east))
    return found


def definitions_for_browser() -> list[dict[str, str]]:
    """Code, label and PROJ definition of each shown grid."""
    return [
        {"code": crs.code, "label": grid_label(crs), "proj4": crs.proj4} for crs in shown_grids()
    ]
