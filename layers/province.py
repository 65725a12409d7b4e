"""The ground that the portal is of, as the settings frame it."""

from django.conf import settings


def in_province(lon: float, lat: float) -> bool:
    """The point (degrees, WGS 84) lies within `PORTAL_EXTENT`; what is no number does not."""
    west, south, east, north = settings.PORTAL_EXTENT
    return bool(west <= lon <= east and south <= lat <= north)
