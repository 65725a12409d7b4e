"""The app `layers`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save

from layers.roles import grant_roles
from layers.signals import layer_published


class LayersConfig(AppConfig):
    """Catalogue, versions, features, units."""

    name = "layers"
    verbose_name = "Lớp bản đồ"

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed; write ahead what is published."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="layers.grant_roles")
        # Here, not above: models can be imported only once all apps are loaded.
        from layers.written.queue import on_layer

        post_save.connect(on_layer, sender="layers.Layer", dispatch_uid="layers.write")
        layer_published.connect(on_layer, dispatch_uid="layers.write")
