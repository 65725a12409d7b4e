"""The app `tiles`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save

from layers.signals import layer_published, version_dropped
from tiles.known import forget_all
from tiles.roles import grant_roles


class TilesConfig(AppConfig):
    """Forgets and throws away what it has of versions when a layer is edited or published."""

    name = "tiles"

    def ready(self) -> None:
        """Listen to what layers announce."""
        post_save.connect(forget_all, sender="layers.Layer", dispatch_uid="tiles.forget")
        layer_published.connect(forget_all, dispatch_uid="tiles.forget")
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="tiles.grant_roles")
        # Here, not above: models can be imported only once all apps are loaded.
        from tiles.packages import queue
        from tiles.preparing_queue import on_layer
        from tiles.store_order import settle_after_commit

        post_save.connect(on_layer, sender="layers.Layer", dispatch_uid="tiles.prepare")
        layer_published.connect(on_layer, dispatch_uid="tiles.prepare")
        post_save.connect(settle_after_commit, sender="layers.Layer", dispatch_uid="tiles.store")
        layer_published.connect(settle_after_commit, dispatch_uid="tiles.store")
        version_dropped.connect(settle_after_commit, dispatch_uid="tiles.store")
        for announced in (layer_published, version_dropped):
            announced.connect(queue.on_layer, dispatch_uid="tiles.packages")
