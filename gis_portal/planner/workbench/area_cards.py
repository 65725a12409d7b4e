"""Private areas as their page shows them: size, parts, the commune, a small map."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import Point

from gis_portal.cards.picture import unit_name
from gis_portal.planner.models import PlannerArea
from gis_portal.planner.results.words import system_words
from gis_portal.planner.workbench.shown_numbers import shown
from gis_portal.steward.candidate_maps import Outline, outlines_around
from layers.crs import WGS84, Crs, by_code, by_srid, transform_geometries
from layers.units import unit_at


@dataclass(frozen=True)
class AreaCard:
    """One area. `size` is on `grid`; `place`: the commune of a point in it, empty outside all."""

    area: PlannerArea
    size: str
    grid: str
    parts: int
    place: str
    outlines: tuple[Outline, ...]


def area_cards(areas: Iterable[PlannerArea], language: str) -> list[AreaCard]:
    """In the same order; two queries each, for the communes around and the one it lies in."""
    return [_card(area, language) for area in areas]


def _card(area: PlannerArea, language: str) -> AreaCard:
    degrees = shapely.from_wkb(bytes(area.geom.wkb))
    grid = _grid(area)
    metres = transform_geometries(np.array([degrees], dtype=object), WGS84, grid)[0]
    inside = shapely.point_on_surface(degrees)
    unit = unit_at(Point(inside.x, inside.y, srid=4326))
    return AreaCard(
        area,
        shown("area_m2", float(metres.area)),
        system_words(grid, language),
        int(shapely.get_num_geometries(degrees)),
        unit_name(unit, language) if unit else "",
        outlines_around(degrees, None),
    )


def _grid(area: PlannerArea) -> Crs:
    """The one that it came in where that is of VN-2000 in metres, else the province's."""
    own = by_srid(area.source_srid)
    return own if own.is_vn2000 and not own.is_geographic else by_code(settings.PORTAL_GRID)
