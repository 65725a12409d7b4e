"""Addresses below `/planner/`."""

from django.urls import include, path

from gis_portal.planner.asking.views import schema

urlpatterns = [
    path("schema.json", schema, name="planner-schema"),
    path("", include("gis_portal.planner.areas.urls")),
    path("", include("gis_portal.planner.keys.urls")),
    path("", include("gis_portal.planner.results.urls")),
    path("", include("gis_portal.planner.workbench.urls")),
]
