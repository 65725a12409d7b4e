"""Addresses of `gis_portal.planner.asking`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
