"""The app `gis_portal.planner`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from gis_portal.planner.roles import grant_roles
from layers.holding import add_holder


class PlannerConfig(AppConfig):
    """Questions of planners, their runs and their private areas."""

    name = "gis_portal.planner"
    label = "planner"
    verbose_name = _("Bàn làm việc của cán bộ quy hoạch")

    def ready(self) -> None:
        """Renew the grants whenever tables may have changed; hold versions that results need."""
        post_migrate.connect(grant_roles, sender=self, dispatch_uid="planner.grant_roles")
        # Here, not above: models can be imported only once all apps are loaded.
        from gis_portal.planner.asking.versions import held_by_runs

        add_holder("planner", held_by_runs)
