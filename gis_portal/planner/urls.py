"""Addresses below `/planner/`."""

from django.urls import include, path

urlpatterns = [
    path("", include("gis_portal.planner.areas.urls")),
    path("", include("gis_portal.planner.results.urls")),
    path("", include("gis_portal.planner.workbench.urls")),
]
