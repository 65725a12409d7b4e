"""The app `importers`."""

from django.apps import AppConfig


class ImportersConfig(AppConfig):
    """See the package's docstring."""

    name = "importers"
