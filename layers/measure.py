"""What a version amounts to: count, area, extent and the values that occur.

Taken once, when it is sealed.
"""

from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import connection

from layers import partitions
from layers.definition import LayerDefinition
from layers.models import LayerVersion

FACET_TYPES = ("choice", "choices", "land_use", "boolean")


def facet_fields(definition: LayerDefinition) -> list[str]:
    """Public fields whose values are counted: the style's, and every choice or code that is
    filtered by.
    """
    return [
        f.name
        for f in definition.public_fields
        if f.type.name in FACET_TYPES and (f.filterable or f.name == definition.style.by)
    ]


def measure(version: LayerVersion, definition: LayerDefinition) -> None:
    """Fill the version's counts from its staged table and save them."""
    table = partitions.feature_table(version.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(area_m2), sum(length_m), "  # noqa: S608 - table name is ours
            "ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) "
            f"FROM {table}, (SELECT ST_Extent(geom)::geometry AS e FROM {table}) x GROUP BY e"
        )
        row = cursor.fetchone()
        version.facets = {name: _facet(cursor, table, name) for name in facet_fields(definition)}
    if row:
        version.feature_count, version.area_m2, version.length_m = row[:3]
        version.extent = _rectangle(*row[3:])
    version.save(update_fields=["feature_count", "area_m2", "length_m", "extent", "facets"])


def _rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    """The extent as a polygon, at least a hair wide so that a single point has one."""
    hair = 1e-9
    return Polygon.from_bbox((west - hair, south - hair, east + hair, north + hair))


def _facet(cursor: Any, table: str, name: str) -> dict[str, int]:
    """value → count, the 200 most frequent."""
    cursor.execute(
        f"SELECT properties ->> %s AS value, count(*) FROM {table} "  # noqa: S608 - as above
        "WHERE properties ->> %s IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200",
        [name, name],
    )
    return dict(cursor.fetchall())
