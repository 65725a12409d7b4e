"""The app `gis_portal.officer.devices`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from gis_portal.officer.devices.roles import grant_roles


class DevicesConfig(AppConfig):
    """Devices and readings."""

    name = "gis_portal.officer.devices"
    label = "officer_devices"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="officer_devices.grant_roles")
