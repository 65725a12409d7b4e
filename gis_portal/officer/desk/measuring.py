"""What an officer drew, on the VN-2000 grid: metres and m², never degrees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry

from gis_portal.maps.grids import grid_label
from gis_portal.parcels.facts import rings_of
from layers.crs import WGS84, Crs, by_code, transform_geometries


@dataclass(frozen=True)
class Drawn:
    """A sketch on the grid. `area` of polygons, `length` of lines and outlines; None: not so."""

    shape: Any
    area: float | None
    length: float | None
    grid: str

    @property
    def paths(self) -> list[tuple[bool, list[tuple[float, float]]]]:
        """(closed, positions x east, y north) of each ring or line."""
        return list(_paths(self.shape))


def grid_or_province(code: str = "") -> Crs:
    """The named grid, else the province's own."""
    return by_code(code or settings.PORTAL_GRID)


def drawn(sketch: GEOSGeometry, grid: Crs | None = None) -> Drawn:
    """Of a geometry in degrees."""
    grid = grid or grid_or_province()
    read = np.array([shapely.from_wkb(bytes(sketch.wkb))])
    shape = transform_geometries(read, WGS84, grid)[0]
    is_area, is_line = "Polygon" in shape.geom_type, "Line" in shape.geom_type
    return Drawn(
        shape=shape,
        area=float(shape.area) if is_area else None,
        length=float(shape.length) if is_area or is_line else None,
        grid=grid_label(grid),
    )


def _paths(shape: Any) -> Iterator[tuple[bool, list[tuple[float, float]]]]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield True, [(x, y) for x, y, *_z in ring.coords[:-1]]
        elif part.geom_type == "LineString":
            yield False, [(x, y) for x, y, *_z in part.coords]


def corner_rows(shape: Any) -> list[tuple[str, float, float, float | None]]:
    """(corner, X north, Y east, edge to the next) of a sketch; the last of a line has no edge."""
    if "Polygon" in shape.geom_type:
        rings = rings_of(shape)
        return [(str(c.number), c.x_north, c.y_east, c.edge) for r in rings for c in r.corners]
    rows: list[tuple[str, float, float, float | None]] = []
    for _closed, path in _paths(shape):
        for place, (x, y) in enumerate(path):
            last = place + 1 == len(path)
            edge = None if last else float(np.hypot(path[place + 1][0] - x, path[place + 1][1] - y))
            rows.append((str(len(rows) + 1), y, x, edge))
    return rows
