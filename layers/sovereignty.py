"""Hoàng Sa and Trường Sa stand on every map of the portal, whatever layers are on: names and
places, once.

Read by the map style and by the embedded maps. Outlines are indicative: an ellipse around the
islands, not a boundary.
"""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A name on the map, WGS 84 degrees. `reach` is half the width and height of its outline, or
    None; `unit_vi`, `unit_en` the administrative unit (since 1 July 2025).
    """

    vi: str
    en: str
    lon: float
    lat: float
    kind: str
    reach: tuple[float, float] | None = None
    unit_vi: str = ""
    unit_en: str = ""

    def label(self, language: str) -> str:
        """The name in that language."""
        return self.en if language == "en" else self.vi


ARCHIPELAGOS = (
    Place(
        "Quần đảo Hoàng Sa (Việt Nam)",
        "Hoàng Sa Archipelago (Việt Nam)",
        112.0,
        16.5,
        "archipelago",
        (1.1, 0.85),
        "Đặc khu Hoàng Sa, thành phố Đà Nẵng",
        "Hoàng Sa Special Zone, Da Nang City",
    ),
    Place(
        "Quần đảo Trường Sa (Việt Nam)",
        "Trường Sa Archipelago (Việt Nam)",
        114.0,
        9.5,
        "archipelago",
        (2.9, 2.6),
        "Đặc khu Trường Sa, tỉnh Khánh Hòa",
        "Trường Sa Special Zone, Khanh Hoa Province",
    ),
)
SEA = Place("Biển Đông", "East Sea (Biển Đông)", 112.2, 13.2, "sea")
PLACES = (*ARCHIPELAGOS, SEA)


def sovereignty_geojson(language: str) -> dict[str, Any]:
    """Points with `name` and `kind`, and the outlines (`kind` = "outline"), as a GeoJSON
    collection.
    """
    points = [
        _feature({"type": "Point", "coordinates": [p.lon, p.lat]}, p.label(language), p.kind)
        for p in PLACES
    ]
    outlines = [
        _feature({"type": "Polygon", "coordinates": [_ellipse(p)]}, p.label(language), "outline")
        for p in PLACES
        if p.reach
    ]
    return {"type": "FeatureCollection", "features": [*outlines, *points]}


def _feature(geometry: dict[str, Any], name: str, kind: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name, "kind": kind}}


def _ellipse(place: Place, corners: int = 36) -> list[list[float]]:
    assert place.reach is not None
    wide, high = place.reach
    angles = [2 * math.pi * i / corners for i in range(corners)]
    ring = [
        [round(place.lon + wide * math.cos(a), 4), round(place.lat + high * math.sin(a), 4)]
        for a in angles
    ]
    return [*ring, ring[0]]
