"""The app `gis_portal`: pages and roles."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from gis_portal.routing import OwnerWhileMigrating


class GisPortalConfig(AppConfig):
    """Roles and their permissions in the administration site."""

    name = "gis_portal"

    def ready(self) -> None:
        """Keep groups and permissions true after every migration."""
        # Here, not above: models can be imported only once all apps are loaded.
        from gis_portal.roles import ensure_groups

        pre_migrate.connect(OwnerWhileMigrating.begin, dispatch_uid="gis_portal.routing")
        post_migrate.connect(OwnerWhileMigrating.end, dispatch_uid="gis_portal.routing")
        # Of every app: this one has no tables, and permissions come app by app.
        post_migrate.connect(ensure_groups, dispatch_uid="gis_portal.ensure_groups")
