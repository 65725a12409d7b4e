"""The app `layers`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from layers.roles import grant_roles


class LayersConfig(AppConfig):
    """Catalogue, versions, features, units."""

    name = "layers"
    verbose_name = "Lớp bản đồ"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="layers.grant_roles")
