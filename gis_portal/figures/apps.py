"""The app `gis_portal.figures`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from layers.signals import layer_published


class FiguresConfig(AppConfig):
    """Indicators are counted by the worker as soon as a version is published."""

    name = "gis_portal.figures"
    label = "figures"
    verbose_name = _("Số liệu")

    def ready(self) -> None:
        """Listen to what layers announce."""
        # Here, not above: models can be imported only once all apps are loaded.
        from gis_portal.figures.remembered import on_published

        layer_published.connect(on_published, dispatch_uid="figures.tally")
