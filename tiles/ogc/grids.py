"""The one tile matrix set of the portal, WebMercatorQuad, as morecantile defines it."""

import json
from functools import cache
from typing import Any

import morecantile

from tiles.grid import MAX_ZOOM

NAME = "WebMercatorQuad"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"


@cache
def definition() -> dict[str, Any]:
    """The standard's JSON, down to the last zoom that this portal has tiles at."""
    grid = morecantile.tms.get(NAME)
    found: dict[str, Any] = json.loads(grid.model_dump_json(exclude_none=True, by_alias=True))
    # Registered under this identifier; a version of the library that says otherwise is not asked.
    found.update(id=NAME, uri=URI, crs=CRS, orderedAxes=["X", "Y"])
    found["tileMatrices"] = [m for m in found["tileMatrices"] if int(m["id"]) <= MAX_ZOOM]
    return found
