"""The app `tiles`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save

from layers.signals import layer_published
from tiles.known import forget_all
from tiles.roles import grant_roles


class TilesConfig(AppConfig):
    """Forgets what it knows of versions when a layer is edited or published."""

    name = "tiles"

    def ready(self) -> None:
        """Listen to what layers announce."""
        post_save.connect(forget_all, sender="layers.Layer", dispatch_uid="tiles.forget")
        layer_published.connect(forget_all, dispatch_uid="tiles.forget")
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="tiles.grant_roles")
        # Here, not above: models can be imported only once all apps are loaded.
        from tiles.preparing_queue import on_layer

        post_save.connect(on_layer, sender="layers.Layer", dispatch_uid="tiles.prepare")
        layer_published.connect(on_layer, dispatch_uid="tiles.prepare")
