"""The importers app: runs and their issues."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportersConfig(AppConfig):
    """Files become staged versions here."""

    name = "importers"
    verbose_name = _("Nạp dữ liệu")
