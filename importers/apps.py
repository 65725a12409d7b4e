"""The importers app: runs and their issues."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportersConfig(AppConfig):
    """Files become staged versions here."""

    name = "importers"
    verbose_name = _("Nạp dữ liệu")

    def ready(self) -> None:
        """Register the checks of this host."""
        import_module("importers.checks")
