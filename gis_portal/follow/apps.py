"""The app `gis_portal.follow`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from gis_portal.follow.roles import grant_roles


class FollowConfig(AppConfig):
    """Following lots, communes and circles."""

    name = "gis_portal.follow"
    label = "follow"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="follow.grant_roles")
