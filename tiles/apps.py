"""The app `tiles`."""

from django.apps import AppConfig
from django.db.models.signals import post_save

from layers.signals import layer_published
from tiles.known import forget_all


class TilesConfig(AppConfig):
    """Forgets what it knows of versions when a layer is edited or published."""

    name = "tiles"

    def ready(self) -> None:
        """Listen to what layers announce."""
        post_save.connect(forget_all, sender="layers.Layer", dispatch_uid="tiles.forget")
        layer_published.connect(forget_all, dispatch_uid="tiles.forget")
