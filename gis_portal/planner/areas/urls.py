"""Addresses of private areas for pages, below `/planner/`; the API's are in `asking/urls.py`."""

from django.urls import path

from gis_portal.planner.areas.views import AreasOfPages

urlpatterns = [path("areas/", AreasOfPages.as_view(), name="planner-areas")]
