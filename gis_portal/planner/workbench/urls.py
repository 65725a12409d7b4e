"""Addresses of `gis_portal.planner.workbench`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
