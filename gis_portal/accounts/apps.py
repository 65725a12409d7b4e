"""The app `gis_portal.accounts`."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from gis_portal.accounts.checks import provider_is_private


class AccountsConfig(AppConfig):
    """Signing in."""

    name = "gis_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Settings that would be unsafe are named by `manage.py check`."""
        register(Tags.security)(provider_is_private)
