"""The app `gis_portal.officer.desk`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from gis_portal.officer.desk.roles import grant_roles


class DeskConfig(AppConfig):
    """The office's side of the pocket handbook: what is done with field reports."""

    name = "gis_portal.officer.desk"
    label = "officer_desk"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="officer_desk.grant_roles")
