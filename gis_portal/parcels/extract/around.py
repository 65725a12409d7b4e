"""The parcels that a plan shows around its own, out of the same version of the register.

The facts know the neighbours, cut close to the parcel; the sheet's frame shows more of the ground.
"""

from dataclasses import dataclass
from uuid import UUID

import shapely
from django.db import connection

from gis_portal.parcels.parts import ParcelFacts, Path
from layers.crs import WGS84, Crs, by_code, transform_point
from layers.models import Layer

# The largest that lie in the frame.
MOST = 300
# Served by the spatial index of the version's partition.
_SQL = """
SELECT f.properties ->> %(number)s, ST_AsBinary(ST_ClipByBox2D(s.shape, %(frame)s::box2d))
FROM layers_feature f,
  LATERAL (SELECT ST_SimplifyPreserveTopology(
    ST_Transform(coalesce(f.geom_source, f.geom), %(grid)s), %(fine)s) AS shape) s
WHERE f.version_id = %(version)s AND f.uid <> %(uid)s
  AND f.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
ORDER BY f.area_m2 DESC NULLS LAST, f.uid LIMIT %(most)s
"""


@dataclass(frozen=True)
class Around:
    """A parcel near by: its number in the sheet, its rings in the grid."""

    number: str
    paths: tuple[Path, ...]


def parcels_within(
    facts: ParcelFacts, box: tuple[float, float, float, float], scale: int
) -> list[Around]:
    """Those in a box of the facts' grid, as fine as the scale shows. One query beside the layer."""
    register = Layer.objects.get(slug=facts.layer_slug).parsed.land.register
    grid = by_code(facts.areas.grid_code)
    number = register.number if register else ""
    # A tenth of a millimetre on paper.
    return shapes_within(facts.version_id, facts.uid, number, grid, box, fine=scale / 10_000)


def shapes_within(
    version_id: int,
    uid: UUID,
    number: str,
    grid: Crs,
    box: tuple[float, float, float, float],
    fine: float,
) -> list[Around]:
    """Polygons of a version in a box of that grid but this one, with what the field `number` says.

    `fine`: metres that nobody sees. One query.
    """
    west, south, east, north = box
    corners = [transform_point(x, y, grid, WGS84) for x in (west, east) for y in (south, north)]
    lon, lat = zip(*corners, strict=True)
    values = {
        "number": number,
        "frame": f"BOX({west} {south},{east} {north})",
        "grid": grid.srid,
        "fine": fine,
        "version": version_id,
        "uid": uid,
        "west": min(lon),
        "south": min(lat),
        "east": max(lon),
        "north": max(lat),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [
            Around(number or "", paths_of(shapely.from_wkb(bytes(shape))))
            for number, shape in cursor
            if shape is not None
        ]


def paths_of(shape: shapely.Geometry) -> tuple[Path, ...]:
    """The rings of polygons, x east, y north."""
    parts = shapely.get_parts(shape)
    # Cut by a box, some are left with nothing.
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return tuple(tuple((x, y) for x, y, *_z in ring.coords[:-1]) for ring in rings)
