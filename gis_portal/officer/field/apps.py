"""The app `gis_portal.officer.field`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from gis_portal.officer.field.roles import grant_roles


class FieldConfig(AppConfig):
    """Operations of the field, reports, proposals, photos."""

    name = "gis_portal.officer.field"
    label = "officer_field"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="officer_field.grant_roles")
