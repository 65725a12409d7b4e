"""The app `gis_portal.officer.packs`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _

from gis_portal.officer.packs.roles import grant_roles
from layers.signals import layer_published


class PacksConfig(AppConfig):
    """Packs are made by the worker as soon as what is in them is published."""

    name = "gis_portal.officer.packs"
    label = "officer_packs"
    verbose_name = _("Gói dữ liệu cho cán bộ")

    def ready(self) -> None:
        """Listen to what layers announce; renew the grants whenever tables may have changed."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="officer_packs.grant_roles")
        # Here, not above: models can be imported only once all apps are loaded.
        from gis_portal.officer.packs.making import on_published, on_units_given

        layer_published.connect(on_published, dispatch_uid="officer_packs.make")
        post_save.connect(
            on_units_given, sender="layers.Jurisdiction", dispatch_uid="officer_packs.units"
        )
