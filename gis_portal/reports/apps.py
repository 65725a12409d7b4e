"""The app `gis_portal.reports`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from gis_portal.reports.roles import grant_roles


class ReportsConfig(AppConfig):
    """What citizens report, and its handling."""

    name = "gis_portal.reports"
    label = "reports"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="reports.grant_roles")
