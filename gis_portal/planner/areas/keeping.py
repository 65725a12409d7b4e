"""Private areas: from a drawing or a file to rows that one planner sees, for some weeks.

Files are read by `areas.reading`, neighbour of this module.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import shape as geojson_shape

from gis_portal.planner.areas.reading import read_file
from gis_portal.planner.document.shape import check_values
from gis_portal.planner.errors import AreaElsewhere, AreaTooLarge, BadArea, TooManyKept
from gis_portal.planner.models import PlannerArea
from gis_portal.planner.permissions import check_planner
from layers.crs import WGS84, Crs, transform_geometries

# Where the country and its sea may be; grids of VN-2000 mean nothing far from it.
WEST, SOUTH, EAST, NORTH = 100.0, 5.0, 120.0, 25.0
LONGEST_NAME = 120
MOST_SHAPES = 2_000


def drawn(user: Any, name: str, geojson: Any) -> PlannerArea:
    """Of a GeoJSON geometry, Feature or FeatureCollection in degrees.

    Raises BadArea, AreaTooLarge, TooManyKept, SignInToPlan.
    """
    check_planner(user)
    check_values(geojson)
    shapes = [_shape(part) for part in _geometries(geojson)]
    return _keep(user, name, np.array(shapes, dtype=object), WGS84, PlannerArea.DRAWN)


def brought(user: Any, name: str, path: Path, file_name: str, crs: str = "") -> PlannerArea:
    """Of the polygons of a file. `crs`: what its sender chose, in place of what the file says.

    Raises BadArea, AreaTooLarge, TooManyKept, ServiceBusy, and what the readers of importers do.
    """
    check_planner(user)
    if path.stat().st_size > most_bytes():
        raise AreaTooLarge(f"{settings.PORTAL_AREA_MB} MB")
    shapes, system = read_file(path, file_name, crs, MOST_SHAPES)
    return _keep(user, name, shapes, system, PlannerArea.FILE)


def most_bytes() -> int:
    """Of a file."""
    return int(settings.PORTAL_AREA_MB) * 2**20


def _geometries(geojson: Any) -> list[Any]:
    """Of a geometry, a Feature or a collection of them."""
    if not isinstance(geojson, dict):
        raise BadArea
    kind = geojson.get("type")
    if kind == "FeatureCollection":
        parts = geojson.get("features")
        if not isinstance(parts, list) or len(parts) > MOST_SHAPES:
            raise BadArea
        return [part.get("geometry") if isinstance(part, dict) else None for part in parts]
    return [geojson.get("geometry") if kind == "Feature" else geojson]


def _shape(geojson: Any) -> Any:
    if not isinstance(geojson, dict) or geojson.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadArea(_("Cần Polygon hoặc MultiPolygon."))
    try:
        return geojson_shape(geojson)
    except Exception as error:  # whatever shapely makes of what is not GeoJSON
        raise BadArea from error


def _keep(user: Any, name: str, shapes: np.ndarray, system: Crs, origin: str) -> PlannerArea:
    own = PlannerArea.objects.filter(owner=user, expires_at__gt=timezone.now())
    if own.count() >= settings.PORTAL_AREAS_EACH:
        raise TooManyKept(_("Tối đa %(most)d.") % {"most": settings.PORTAL_AREAS_EACH})
    source = _whole(shapes)
    try:
        degrees = transform_geometries(np.array([source], dtype=object), system, WGS84)[0]
    except Exception as error:  # whatever PROJ makes of numbers of another system
        raise BadArea from error
    _check_place(degrees)
    name = " ".join(str(name).replace("\x00", "").split())[:LONGEST_NAME] or _("Vùng riêng")
    area = PlannerArea.objects.create(
        owner=user,
        name=name.encode("utf-8", "replace").decode(),
        geom=_geos(degrees, 4326),
        geom_source=_geos(source, 0),
        source_srid=system.srid,
        origin=origin,
        expires_at=timezone.now() + dt.timedelta(days=settings.PORTAL_AREA_DAYS),
    )
    with connection.cursor() as cursor:
        # The column is of any system, as that of features is; Django would carry it to one.
        cursor.execute(
            "UPDATE planner_plannerarea SET geom_source = ST_SetSRID(geom_source, source_srid) "
            "WHERE id = %s",
            [area.pk],
        )
    return area


def _whole(shapes: np.ndarray) -> Any:
    """One valid multipolygon of all. Raises BadArea, AreaTooLarge."""
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(shapes):
        raise BadArea(_("Không có vùng nào."))
    if int(shapely.get_num_coordinates(shapes).sum()) > settings.PORTAL_AREA_POSITIONS:
        raise AreaTooLarge(_("Tối đa %(most)d đỉnh.") % {"most": settings.PORTAL_AREA_POSITIONS})
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all():
        raise BadArea(_("Cần Polygon hoặc MultiPolygon."))
    shapes = shapely.force_2d(shapes)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise BadArea
    wrong = shapes[~shapely.is_valid(shapes)]
    if len(wrong):
        raise BadArea(_("Đường biên tự cắt."))
    whole: Any = shapely.union_all(shapes)
    if whole.is_empty or whole.area <= 0:
        raise BadArea(_("Không có vùng nào."))
    return shapely.MultiPolygon([whole]) if whole.geom_type == "Polygon" else whole


def _check_place(degrees: Any) -> None:
    """Raises BadArea."""
    west, south, east, north = shapely.bounds(degrees)
    inside = west >= WEST and south >= SOUTH and east <= EAST and north <= NORTH
    if not inside:
        raise AreaElsewhere(_("Vùng nằm ngoài Việt Nam: hệ tọa độ có thể chưa đúng."))


def _geos(shape: Any, srid: int) -> Any:
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=srid)


def as_geojson(area: PlannerArea) -> Any:
    """Its shape in degrees."""
    return json.loads(area.geom.geojson)


def forget_expired() -> None:
    """Areas whose time is over."""
    PlannerArea.objects.filter(expires_at__lt=timezone.now()).delete()
