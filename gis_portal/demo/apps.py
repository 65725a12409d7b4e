"""Makes the demo an app, so that Django finds its commands."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """`make_demo` and `load_demo`; no models."""

    name = "gis_portal.demo"
    label = "demo"
    verbose_name = "Dữ liệu minh họa"
