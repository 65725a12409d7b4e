"""The app `layers`."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    """Catalogue, versions, features, units."""

    name = "layers"
    verbose_name = "Lớp bản đồ"
