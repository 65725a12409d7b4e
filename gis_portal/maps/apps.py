"""The app `gis_portal.maps`."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """Pages with a map."""

    name = "gis_portal.maps"
    label = "maps"
