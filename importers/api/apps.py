"""The import API as an app of its own: it keeps the keys that programs sign in with."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportApi(AppConfig):
    """Keys of programs."""

    name = "importers.api"
    label = "import_api"
    verbose_name = _("Giao diện nạp dữ liệu")
    default_auto_field = "django.db.models.BigAutoField"
