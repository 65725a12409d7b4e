"""The app `gis_portal.planner.compositions`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompositionsConfig(AppConfig):
    """Maps that planners put together."""

    name = "gis_portal.planner.compositions"
    label = "planner_compositions"
    verbose_name = _("Bản đồ của cán bộ quy hoạch")
