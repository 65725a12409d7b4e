"""How a file says its coordinate system, so that QGIS and GDAL put it where our map has it.

Under the official code of a VN-2000 grid PROJ chooses between two operations 0.80 m apart. A file
therefore carries the official definition bound to EPSG:6960, under a name of its own: with the
official identifiers GDAL takes the bound operation for superfluous and drops it.
"""

from functools import cache
from typing import Any

from pyproj import CRS
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

from layers.crs import TOWGS84, Crs

OPERATION = "EPSG:6960"


@cache
def definition(crs: Crs) -> str:
    """WKT 2 for files that hold their own definition."""
    return str(_bound(crs).to_wkt()) if crs.is_vn2000 else str(crs.pyproj.to_wkt())


@cache
def prj(crs: Crs) -> str:
    """The `.prj` of a shapefile for GDAL and QGIS: WKT 1, with TOWGS84 for VN-2000."""
    return str(_bound(crs).to_wkt("WKT1_GDAL")) if crs.is_vn2000 else esri_prj(crs)


@cache
def esri_prj(crs: Crs) -> str:
    """The official system in Esri's words; its programs refuse TOWGS84."""
    return str(CRS.from_user_input(crs.code).to_wkt("WKT1_ESRI"))


def _bound(crs: Crs) -> BoundCRS:
    """The official system and the pinned way to WGS 84, named for both."""
    official = CRS.from_user_input(crs.code)
    described: dict[str, Any] = official.to_json_dict()
    base = described.get("base_crs", described)
    datum = base["datum"]
    for part in (described, base, datum):
        part.pop("id", None)
    datum["name"] += f" ({OPERATION})"
    base["name"] += f" ({OPERATION})"
    described["name"] = f"{official.name} ({crs.code}, {OPERATION})"
    source = CRS.from_json_dict(described)
    shift = (float(number) for number in TOWGS84.split(","))
    return BoundCRS(
        source_crs=source,
        target_crs=CRS.from_epsg(4326),
        transformation=ToWGS84Transformation(source, *shift),
    )
