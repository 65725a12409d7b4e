"""The app `gis_portal`: pages and roles."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GisPortalConfig(AppConfig):
    """Last in the list of apps, so that every permission exists when the groups are made."""

    name = "gis_portal"

    def ready(self) -> None:
        """Keep groups and permissions true after every migration."""
        # Here, not above: models can be imported only once all apps are loaded.
        from gis_portal.roles import ensure_groups

        post_migrate.connect(ensure_groups, sender=self, dispatch_uid="gis_portal.ensure_groups")
