"""Names of the communes in force as points: one name a commune, wherever tiles are cut.

Tiles repeat a polygon's label in every tile that holds a piece of it, so the ground's names do not
come from tiles but stand in the style.
"""

from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface

from layers.models import AdminUnit


def unit_names(language: str) -> dict[str, Any]:
    """GeoJSON points (WGS 84) with `name` and `code`, one query."""
    units = (
        AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to__isnull=True, geom__isnull=False)
        .annotate(place=PointOnSurface("geom"))
        .values_list("code", "name", "name_en", "place")
    )
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name_en if language == "en" else name},
            "geometry": {
                "type": "Point",
                "coordinates": [round(place.x, 5), round(place.y, 5)],
            },
        }
        for code, name, name_en, place in units
    ]
    return {"type": "FeatureCollection", "features": features}
